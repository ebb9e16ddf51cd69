"""/oauth/authorize and its continuation: where the person signs in, consents, and goes back to the client."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.http import session_of
from accounts.models import Session
from core import clock, context
from login.destinations import Destination, describes_itself
from login.pages.flow import allow_form_origin
from oauth import redirect_uris, scopes
from oauth.authorize import REQUEST, TRUST, Authorization, needs_consent, needs_login
from oauth.errors import OAuthError
from oauth.models import AuthorizationRequest
from oauth.parameters import Parameters, from_query
from oauth.services import codes, consents

WAITS_FOR = timedelta(minutes=30)
NO_SUCH_REQUEST = OAuthError(
    "invalid_request", "This sign-in has expired. Go back to the app and start again."
)


@csrf_exempt  # a client may POST its request (OpenID Connect Core section 3.1.2.1); nothing is done by it alone
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """An authorization request as the client sends it."""
    parameters = from_query(request.POST if request.method == "POST" else request.GET)
    authorization = Authorization(parameters, asked_at=clock.now())
    if (refused := _check(request, authorization)) is not None:
        return refused
    session = session_of(request)
    # A cross-site POST carries no session cookie (SameSite=Lax): go round by a GET of our own, which does.
    if request.method == "POST" or needs_login(authorization, session):
        if authorization.is_silent and request.method != "POST":
            return back_with_error(authorization, OAuthError("login_required", "The person has to sign in."))
        return _wait(authorization)
    assert session is not None
    if needs_consent(authorization, session):
        if authorization.is_silent:
            return back_with_error(
                authorization, OAuthError("consent_required", "The person has to consent.")
            )
        return _wait(authorization)
    return _back_with_code(authorization, session)


def describe(request_id: UUID) -> Destination | None:
    """What the sign-in page says while this request waits."""
    authorization = _restore(request_id)
    if authorization is None:
        return None
    client = authorization.client
    origin = redirect_uris.origin_of(authorization.redirect_uri)
    return Destination(
        name=client.display_name,
        form_origin=origin,
        login_hint=authorization.parameters.get("login_hint")[:254],
        needs_proof_since=authorization.needs_proof_since,
    )


@describes_itself(describe)
@require_http_methods(["GET", "HEAD", "POST"])
def authorize_continue(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The same request, once more after each thing the person did; everything is checked again."""
    authorization = _restore(request_id)
    if authorization is None:
        return _error_page(request, NO_SUCH_REQUEST)
    session = session_of(request)
    if needs_login(authorization, session):
        if authorization.is_silent:
            return back_with_error(authorization, OAuthError("login_required", "The person has to sign in."))
        return HttpResponseRedirect(f"/login?{urlencode({'next': request.path})}")
    assert session is not None
    if request.method == "POST":
        return _decide(request, authorization, session)
    if not needs_consent(authorization, session):
        return _back_with_code(authorization, session)
    if authorization.is_silent:
        return back_with_error(authorization, OAuthError("consent_required", "The person has to consent."))
    return _consent_page(request, authorization, session)


def back_with_error(authorization: Authorization, error: OAuthError) -> HttpResponse:
    """RFC 6749 section 4.1.2.1."""
    return _back(authorization, {"error": error.error, "error_description": error.description})


def _check(request: HttpRequest, authorization: Authorization) -> HttpResponse | None:
    try:
        for check in TRUST:
            check(authorization)
    except OAuthError as error:
        return _error_page(request, error)
    try:
        for check in REQUEST:
            check(authorization)
    except OAuthError as error:
        return back_with_error(authorization, error)
    return None


def _restore(request_id: UUID) -> Authorization | None:
    """A waiting request, if its client may still ask it."""
    now = clock.now()
    row = AuthorizationRequest.objects.filter(id=request_id, expires_at__gt=now).first()
    if row is None:
        return None
    authorization = Authorization(Parameters(row.parameters), asked_at=row.created_at)
    try:
        for check in (*TRUST, *REQUEST):
            check(authorization)
    except OAuthError:
        return None  # the client was disabled or changed while the person was away
    return authorization


def _wait(authorization: Authorization) -> HttpResponse:
    now = authorization.asked_at
    row = AuthorizationRequest.objects.create(
        client=authorization.client,
        parameters=authorization.known_parameters,
        created_at=now,
        expires_at=now + WAITS_FOR,
    )
    return HttpResponseRedirect(f"/oauth/authorize/{row.id}", status=303)


def _decide(request: HttpRequest, authorization: Authorization, session: Session) -> HttpResponse:
    if request.POST.get("decision") != "allow":
        consents.deny(session.user, authorization.client, authorization.scope)
        return back_with_error(authorization, OAuthError("access_denied", "The person said no."))
    return _back_with_code(authorization, session, has_consented=True)


def _back_with_code(
    authorization: Authorization, session: Session, *, has_consented: bool = False
) -> HttpResponse:
    now = clock.now()
    with transaction.atomic():
        if has_consented:
            consents.grant(session.user, authorization.client, authorization.scope, now=now)
        code = codes.issue(authorization, session, now=now)
    return _back(authorization, {"code": code})


def _back(authorization: Authorization, answer: dict[str, str]) -> HttpResponse:
    """To the client's redirect URI, with `state` and `iss` (RFC 9207)."""
    state = authorization.parameters.get("state")
    answer |= {"state": state} if state else {}
    answer["iss"] = settings.JANUA.base_url
    joint = "&" if urlsplit(authorization.redirect_uri).query else "?"
    # Not HttpResponseRedirect: it refuses the private-use schemes of native clients (RFC 8252 section 7.1).
    location = f"{authorization.redirect_uri.removesuffix('?')}{joint}{urlencode(answer)}"
    return HttpResponse(status=303, headers={"Location": location})


def _consent_page(request: HttpRequest, authorization: Authorization, session: Session) -> HttpResponse:
    client = authorization.client
    facts: dict[str, Any] = {
        "client": {"name": client.display_name, "is_verified": client.is_verified},
        "user_email": session.user.email,
        "scopes": scopes.in_words(authorization.scope),
        "redirect_host": urlsplit(authorization.redirect_uri).netloc
        or authorization.redirect_uri.partition(":")[0],
        "switch_url": f"/logout?{urlencode({'next': request.path})}",
    }
    response = render(request, "oauth/consent.html", facts)
    return allow_form_origin(
        response,
        Destination(client.display_name, form_origin=redirect_uris.origin_of(authorization.redirect_uri)),
    )


def _error_page(request: HttpRequest, error: OAuthError) -> HttpResponse:
    facts = {"error": error.error, "detail": error.description, "request_id": context.current().request_id}
    return render(request, "oauth/error.html", facts, status=400)
