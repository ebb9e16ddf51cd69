"""/oauth/logout (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.http import forget_session_cookie, session_of
from accounts.models import Session
from accounts.services import sessions
from core import clock, context
from login.destinations import Destination
from login.pages.flow import allow_form_origin
from oauth import redirect_uris
from oauth.errors import OAuthError
from oauth.models import Client
from oauth.parameters import Parameters, from_query
from oauth.services import clients, id_tokens

SALT = "janua.logout"
CONFIRM_WITHIN_SECONDS = 600


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A checked request. `return_to` is a registered address, or nothing."""

    client: Client | None
    hint: dict[str, Any] | None
    return_to: str


@csrf_exempt  # clients may POST here; without a valid hint the person is asked on a page of ours
@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out at once if the client proves it speaks of this very session, otherwise ask."""
    parameters = from_query(request.POST if request.method == "POST" else request.GET)
    try:
        asked = _read(parameters, now=clock.now())
    except OAuthError as error:
        return _error_page(request, error)
    session = session_of(request)
    if session is None and request.method == "POST":
        # A cross-site POST carries no session cookie (SameSite=Lax): go round by a GET of our own.
        return HttpResponseRedirect(f"/oauth/logout?{urlencode(parameters.values)}", status=303)
    if session is None:
        return _gone(request, asked)
    if asked.hint and asked.hint.get("sid") == str(session.id):
        return _end(request, session, asked)
    signed = signing.dumps(
        {"return_to": asked.return_to, "client_id": asked.client.client_id if asked.client else ""}, salt=SALT
    )
    return HttpResponseRedirect(f"/oauth/logout/confirm?{urlencode({'request': signed})}", status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask the person; a page of another site alone must not sign anybody out (section 6)."""
    try:
        signed = signing.loads(request.GET.get("request", ""), salt=SALT, max_age=CONFIRM_WITHIN_SECONDS)
    except signing.BadSignature:
        return _error_page(
            request, OAuthError("invalid_request", "This sign-out has expired. Go back to the app.")
        )
    asked = LogoutRequest(clients.find_enabled(signed["client_id"]), None, signed["return_to"])
    session = session_of(request)
    if session is None:
        return _gone(request, asked)
    if request.method == "POST":
        return _end(request, session, asked)
    facts = {
        "client_name": asked.client.display_name if asked.client else "",
        "user_email": session.user.email,
    }
    response = render(request, "oauth/logout_confirm.html", {**facts, "cancel_url": "/account"})
    origin = redirect_uris.origin_of(asked.return_to) if asked.return_to else ""
    return allow_form_origin(response, Destination(facts["client_name"], form_origin=origin))


def _read(parameters: Parameters, *, now: datetime) -> LogoutRequest:
    """Sections 2 and 3: a return address must be registered for the client that the hint or client_id names."""
    parameters.refuse_malformed()
    raw_hint = parameters.get("id_token_hint")
    hint = id_tokens.read_hint(raw_hint, now=now) if raw_hint else None
    if raw_hint and hint is None:
        raise OAuthError("invalid_request", "The id_token_hint is not an ID token of ours.")
    client_id = parameters.get("client_id") or (str(hint["aud"]) if hint else "")
    if hint and client_id != hint["aud"]:
        raise OAuthError("invalid_request", "The id_token_hint was issued to another client.")
    client = clients.find_enabled(client_id)
    return_to = parameters.get("post_logout_redirect_uri")
    if return_to:
        if client is None or return_to not in client.post_logout_redirect_uri_list:
            raise OAuthError(
                "invalid_request", "The post_logout_redirect_uri is not registered for this client."
            )
        return_to = _with_state(return_to, parameters.get("state"))
    return LogoutRequest(client, hint, return_to)


def _with_state(uri: str, state: str) -> str:
    if not state:
        return uri
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode({'state': state})}"


def _end(request: HttpRequest, session: Session, asked: LogoutRequest) -> HttpResponse:
    sessions.end_session(user=session.user, session_id=session.id, reason="client_logout", now=clock.now())
    response = _gone(request, asked)
    forget_session_cookie(response)
    return response


def _gone(request: HttpRequest, asked: LogoutRequest) -> HttpResponse:
    if asked.return_to:
        return HttpResponse(status=303, headers={"Location": asked.return_to})
    return render(request, "login/signed_out.html", {"signin_url": "/login"})


def _error_page(request: HttpRequest, error: OAuthError) -> HttpResponse:
    facts = {"error": error.error, "detail": error.description, "request_id": context.current().request_id}
    return render(request, "oauth/error.html", facts, status=400)
