"""/oauth/logout (OpenID Connect RP-Initiated Logout 1.0).

A hint of this very session signs out at once; anybody else's wish is put to the person first. The browser
leaves for a registered address only, and only for a client that a hint proves or the person said yes to.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.http import forget_session_cookie, session_of
from accounts.models import Session
from core import clock, context, languages
from login.destinations import Destination
from login.pages import brands
from login.pages.flow import allow_form_origin
from oauth import redirect_uris
from oauth.errors import OAuthError
from oauth.models import Client
from oauth.parameters import Parameters, from_query
from oauth.services import clients, id_tokens
from oauth.services import logout as logouts
from organizations.services import branding

SALT = "janua.logout"
CONFIRM_WITHIN_SECONDS = 600
MAX_STATE_LENGTH = 2048


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A checked request.

    `session_id`: the session that a hint of a living client is about. `return_to`: a registered address of
    the client, or nothing. `may_return`: a hint or the person's yes vouches for the client.
    """

    client_id: str
    session_id: str
    return_to: str
    state: str
    may_return: bool

    @property
    def address(self) -> str:
        """Where the browser goes afterwards, `state` handed back (section 2)."""
        if not (self.return_to and self.state):
            return self.return_to
        joint = "&" if urlsplit(self.return_to).query else "?"
        return f"{self.return_to}{joint}{urlencode({'state': self.state})}"

    def proves(self, session: Session) -> bool:
        """Compared by `sid`, as the client knows it: a pairwise `sub` says nothing to other clients, nor to us."""
        client = clients.find_enabled(self.client_id) if self.session_id else None
        return client is not None and self.session_id == id_tokens.session_id_of(session, client)


@csrf_exempt  # clients may POST here; without a valid hint the person is asked on a page of ours
@require_http_methods(["GET", "HEAD", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """What a client asks: GET or POST, `ui_locales` chooses the language, `logout_hint` may come and changes nothing."""
    try:
        asked = _read(from_query(request.POST if request.method == "POST" else request.GET), now=clock.now())
    except OAuthError as error:
        return _error_page(request, error)
    session = session_of(request)
    if session and asked.proves(session):
        return _end(request, session, asked)
    if session is None and request.method != "POST":
        return _gone(request, asked)
    # To the question; a cross-site POST, which brings no session cookie (SameSite=Lax), goes round by it.
    signed = signing.dumps(asdict(asked), salt=SALT, compress=True)
    response = HttpResponseRedirect(f"/oauth/logout/confirm?{urlencode({'request': signed})}", status=303)
    languages.carry(response, request.GET.get("ui_locales") or request.POST.get("ui_locales", ""))
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask the person; a page of another site alone must not sign anybody out (section 6)."""
    try:
        signed = signing.loads(request.GET.get("request", ""), salt=SALT, max_age=CONFIRM_WITHIN_SECONDS)
    except signing.BadSignature:
        return _error_page(
            request, OAuthError("invalid_request", "This sign-out has expired. Go back to the app.")
        )
    asked = LogoutRequest(**signed)
    session = session_of(request)
    said_yes = request.method == "POST"
    if said_yes:
        asked = replace(asked, may_return=True)
    if session is None:
        return _gone(request, asked)
    if said_yes or asked.proves(session):
        return _end(request, session, asked)
    return _question(request, session, asked)


def _question(request: HttpRequest, session: Session, asked: LogoutRequest) -> HttpResponse:
    client = clients.find_enabled(asked.client_id)
    name = client.display_name if client else ""
    others = [each for each in logouts.clients_of(session, now=clock.now()) if each != client]
    facts = {
        "client_name": name,
        "user_email": session.user.email,
        "other_apps": [each.display_name for each in others],
    }
    brands.show(request, branding.of_organization(client.organization_id if client else None))
    response = render(request, "oauth/logout_confirm.html", facts)
    origin = redirect_uris.origin_of(asked.return_to) if asked.return_to else ""
    return allow_form_origin(response, Destination(name, form_origin=origin))


def _read(parameters: Parameters, *, now: datetime) -> LogoutRequest:
    """Sections 2 and 3: a return address must be registered for the client that the hint or client_id names."""
    parameters.refuse_malformed()
    raw_hint, state = parameters.get("id_token_hint"), parameters.get("state")
    hint = id_tokens.read_hint(raw_hint, now=now) if raw_hint else None
    if raw_hint and hint is None:
        raise OAuthError("invalid_request", "The id_token_hint is not an ID token of ours.")
    client_id = parameters.get("client_id") or (str(hint["aud"]) if hint else "")
    if hint and client_id != hint["aud"]:
        raise OAuthError("invalid_request", "The id_token_hint was issued to another client.")
    if len(state) > MAX_STATE_LENGTH:
        raise OAuthError("invalid_request", f"state is longer than {MAX_STATE_LENGTH} characters.")
    client = clients.find_enabled(client_id)
    return_to = parameters.get("post_logout_redirect_uri")
    if return_to and not _is_registered(return_to, client):
        raise OAuthError("invalid_request", "The post_logout_redirect_uri is not registered for this client.")
    # What a client that is gone once held proves nothing any more: the person is asked.
    session_id = str(hint.get("sid", "")) if hint and client else ""
    return LogoutRequest(client.client_id if client else "", session_id, return_to, state, bool(session_id))


def _is_registered(uri: str, client: Client | None) -> bool:
    """Section 3: an exact match."""
    return client is not None and uri in client.post_logout_redirect_uri_list


def _end(request: HttpRequest, session: Session, asked: LogoutRequest) -> HttpResponse:
    logouts.sign_out(session, asked_by=clients.find_enabled(asked.client_id), now=clock.now())
    response = _gone(request, asked)
    forget_session_cookie(response)
    return response


def _gone(request: HttpRequest, asked: LogoutRequest) -> HttpResponse:
    """Nobody is signed in any more: back to the client, or a page that offers the way there."""
    if asked.return_to and asked.may_return:
        return HttpResponse(status=303, headers={"Location": asked.address})
    client = clients.find_enabled(asked.client_id) if asked.return_to else None
    facts = {"app_name": client.display_name, "app_url": asked.address} if client else {}
    brands.show(request, branding.of_organization(client.organization_id if client else None))
    return render(request, "login/signed_out.html", {"signin_url": "/login", **facts})


def _error_page(request: HttpRequest, error: OAuthError) -> HttpResponse:
    facts = {"error": error.error, "detail": error.description, "request_id": context.current().request_id}
    return render(request, "oauth/error.html", facts, status=400)
