"""A Django site in one file that signs people in with Authlib: discovery, PKCE, nonce, refresh, sign-out."""

import json
import os
import secrets
from base64 import urlsafe_b64decode
from typing import Any

from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from tests.support.relying_parties.page import page

BASE_URL = os.environ["BASE_URL"]
settings.configure(
    SECRET_KEY=secrets.token_hex(32),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    SESSION_ENGINE="django.contrib.sessions.backends.file",
    SESSION_FILE_PATH=os.environ["HOME"],
    SESSION_COOKIE_NAME="authlib_session",
)
application = get_wsgi_application()
janua = OAuth().register(
    "janua",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{os.environ['ISSUER']}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)


def home(request: HttpRequest) -> HttpResponse:
    person = request.session.get("person")
    if person is None:
        return page("Nobody is signed in", actions={"/login": "Sign in"})
    return page("Signed in", person, {"/refresh": "Refresh", "/logout": "Sign out"})


@require_POST
def log_in(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = janua.authorize_redirect(request, f"{BASE_URL}/callback")
    return answer


def callback(request: HttpRequest) -> HttpResponse:
    """Authlib checks state, nonce, signature and claims of the ID token; it stands in `userinfo`."""
    token = janua.authorize_access_token(request)
    remember(request, token, token["userinfo"]["sub"])
    return redirect("/")


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    token = janua.fetch_access_token(
        grant_type="refresh_token", refresh_token=request.session["token"]["refresh_token"]
    )
    remember(request, token, request.session["person"]["sub"])
    return redirect("/")


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    id_token = request.session["token"]["id_token"]
    request.session.flush()
    answer: HttpResponse = janua.logout_redirect(
        request, post_logout_redirect_uri=f"{BASE_URL}/signed-out", id_token_hint=id_token
    )
    return answer


def signed_out(request: HttpRequest) -> HttpResponse:
    janua.validate_logout_response(request)  # raises if the state is not ours
    return page("Signed out")


def remember(request: HttpRequest, token: dict[str, Any], subject: str) -> None:
    person = janua.userinfo(token=token)
    if person["sub"] != subject:  # OpenID Connect Core section 5.3.2
        raise ValueError("userinfo speaks of somebody else")
    shown = {name: person[name] for name in ("sub", "name", "email")}
    request.session["token"] = dict(token)
    request.session["person"] = {**shown, "token": id_of(token["access_token"])}


def id_of(access_token: str) -> str:
    """Which access token it is (RFC 9068 section 2.2: `jti`), without showing it."""
    payload = access_token.split(".")[1]
    claims: dict[str, str] = json.loads(urlsafe_b64decode(payload + "=="))
    return claims["jti"]


urlpatterns = [
    path("", home),
    path("login", log_in),
    path("callback", callback),
    path("refresh", refresh),
    path("logout", log_out),
    path("signed-out", signed_out),
]
