"""A Django site in one file that signs people in with django-allauth's generic OpenID provider, with PKCE."""

import os
import secrets
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.contrib.auth import logout
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.http import require_POST

from tests.support.relying_parties.page import page

BASE_URL, CLIENT_ID = os.environ["BASE_URL"], os.environ["CLIENT_ID"]
PROVIDER_URL = f"{os.environ['ISSUER']}/.well-known/openid-configuration"
APPLICATION = {
    "provider_id": "janua",
    "name": "Janua",
    "client_id": CLIENT_ID,
    "secret": os.environ["CLIENT_SECRET"],
    "settings": {"server_url": PROVIDER_URL, "oauth_pkce_enabled": True},
}
settings.configure(
    SECRET_KEY=secrets.token_hex(32),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{os.environ['HOME']}/db.sqlite3"}
    },
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    SESSION_COOKIE_NAME="allauth_session",
    LOGIN_REDIRECT_URL="/",
    ACCOUNT_EMAIL_VERIFICATION="none",
    SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [APPLICATION]}},
)
application = get_wsgi_application()
call_command("migrate", verbosity=0)


def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return page("Nobody is signed in", actions={"/accounts/oidc/janua/login/": "Sign in"})
    account = request.user.socialaccount_set.get()
    facts = {"sub": account.uid, "name": request.user.get_full_name(), "email": request.user.email}
    return page("Signed in", facts, {"/logout": "Sign out"})


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """Allauth keeps no ID token: without `id_token_hint` the provider asks the person."""
    logout(request)
    request.session["sign_out_state"] = state = secrets.token_hex(16)
    provider = requests.get(PROVIDER_URL, timeout=20).json()
    sent = {"client_id": CLIENT_ID, "post_logout_redirect_uri": f"{BASE_URL}/signed-out", "state": state}
    return redirect(f"{provider['end_session_endpoint']}?{urlencode(sent)}")


def signed_out(request: HttpRequest) -> HttpResponse:
    if request.GET.get("state", "") != request.session.pop("sign_out_state", None):
        return page("Not a sign-out of ours")
    return page("Signed out")


urlpatterns = [
    path("", home),
    path("logout", log_out),
    path("signed-out", signed_out),
    path("accounts/", include("allauth.urls")),
]
