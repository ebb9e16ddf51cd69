"""/oauth/authorize and its continuation: where the person signs in, consents, and goes back to the client."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.http import session_of
from accounts.models import Session
from core import clock, languages, limits, pages, throttle
from login.destinations import Destination, describes_itself
from login.pages import brands
from login.pages.flow import allow_form_origin
from oauth import redirect_uris, scopes
from oauth.authorization import Authorization
from oauth.authorize import (
    REQUEST,
    TRUST,
    Check,
    is_somebody_else,
    needs_choice,
    needs_consent,
    needs_detour,
    needs_login,
    needs_organization,
    needs_step_up,
    redirect_uri_is_registered,
)
from oauth.errors import OAuthError
from oauth.models import AuthorizationRequest
from oauth.organizations import Choice
from oauth.pages.answers import back, back_with_error, error_page
from oauth.pages.errors import DeveloperDetails, developer_details
from oauth.pages.organization import entry_refused, which_organization
from oauth.pages.step_up import out_of_reach, to_step_up
from oauth.parameters import Parameters, from_query
from oauth.services import codes, consents, logos
from oauth.step_up import StepUp
from organizations.services import branding

WAITS_FOR = timedelta(minutes=30)
NO_SUCH_REQUEST = OAuthError(
    "invalid_request", "This sign-in has expired. Go back to the app and start again."
)
LOGIN_REQUIRED = OAuthError("login_required", "The person has to sign in.")
INTERACTION_REQUIRED = OAuthError("interaction_required", "The person has to see a page of ours first.")
CONSENT_REQUIRED = OAuthError("consent_required", "The person has to consent.")
UNMET = OAuthError(
    "unmet_authentication_requirements", "The person cannot sign in as safely as is asked for."
)
SOMEBODY_ELSE = OAuthError("login_required", "Somebody else signed in than the app asked for.")


@csrf_exempt  # a client may POST its request (OpenID Connect Core section 3.1.2.1); nothing is done by it alone
@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """An authorization request as the client sends it."""
    parameters = from_query(request.POST if request.method == "POST" else request.GET)
    authorization = Authorization(parameters, asked_at=clock.now())
    if (refused := _check(request, authorization)) is not None:
        return refused
    if request.method == "POST":
        # A cross-site POST carries no session cookie (SameSite=Lax): go round by a GET of our own, which does.
        return _wait(request, authorization)
    session = session_of(request)
    if needs_login(authorization, session):
        return _ask_or_say(request, authorization, LOGIN_REQUIRED)
    assert session is not None
    if needs_choice(authorization, session):  # never silent: `none` stands alone
        return _wait(request, authorization)
    if step := needs_step_up(authorization, session):
        return _ask_or_say(request, authorization, LOGIN_REQUIRED if step.is_within_reach else UNMET)
    if needs_detour(session):
        return _ask_or_say(request, authorization, INTERACTION_REQUIRED)
    if needs_consent(authorization, session):
        # Before the organization: who is not allowed to know of it does not learn it from an error either.
        return _ask_or_say(request, authorization, CONSENT_REQUIRED)
    choice = needs_organization(authorization, session)
    if not choice.is_made:
        return _ask_or_say(request, authorization, choice.missing)
    return _back_with_code(request, authorization, session, choice)


def _ask_or_say(request: HttpRequest, authorization: Authorization, error: OAuthError) -> HttpResponse:
    """The person has something to do; a client that asked in silence is told so instead."""
    if authorization.is_silent:
        return back_with_error(request, authorization, error)
    return _wait(request, authorization)


def describe(request_id: UUID) -> Destination | None:
    """What the sign-in page says while this request waits."""
    authorization = _restore(request_id)
    if authorization is None:
        return None
    since = authorization.needs_proof_since
    if authorization.wanted_subject:
        since = authorization.asked_at  # whoever comes by has another session than the one that is wanted
    return Destination(
        name=authorization.client.display_name,
        logo_url=logos.path_of(authorization.client),
        form_origin=redirect_uris.origin_of(authorization.redirect_uri),
        login_hint=authorization.parameters.get("login_hint")[:254],
        needs_proof_since=since,
        level=authorization.levels.preferred,
        brand=branding.of_organization(authorization.client.organization_id),
    )


@describes_itself(describe)
@require_http_methods(["GET", "HEAD", "POST"])
def authorize_continue(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The same request, once more after each thing the person did; everything is checked again."""
    authorization = _restore(request_id)
    if authorization is None:
        return error_page(request, NO_SUCH_REQUEST)
    session = session_of(request)
    if session and session.picked_at >= authorization.asked_at and is_somebody_else(authorization, session):
        return back_with_error(request, authorization, SOMEBODY_ELSE)
    if needs_login(authorization, session):
        if authorization.is_silent:
            return back_with_error(request, authorization, LOGIN_REQUIRED)
        return HttpResponseRedirect(f"/login?{urlencode({'next': request.path})}")
    assert session is not None
    if needs_choice(authorization, session):
        return HttpResponseRedirect(f"/login/choose?{urlencode({'next': request.path})}")
    if step := needs_step_up(authorization, session):
        if authorization.is_silent:
            return back_with_error(request, authorization, LOGIN_REQUIRED if step.is_within_reach else UNMET)
        return _step_up(request, authorization, step)
    if detour := needs_detour(session):
        if authorization.is_silent:
            return back_with_error(request, authorization, INTERACTION_REQUIRED)
        return HttpResponseRedirect(f"{detour}?{urlencode({'next': request.path})}", status=303)
    choice = needs_organization(authorization, session, picked=request.GET.get("organization", ""))
    if request.method == "POST":
        return _decide(request, authorization, session, choice)
    if not choice.is_made and not authorization.is_silent:
        if refusal := choice.refusal:
            return entry_refused(request, authorization, session, choice, refusal)
        return which_organization(request, authorization, session, choice)
    if needs_consent(authorization, session):
        if authorization.is_silent:
            return back_with_error(request, authorization, CONSENT_REQUIRED)
        return _consent_page(request, authorization, session, choice)
    if not choice.is_made:
        return back_with_error(request, authorization, choice.missing)
    return _back_with_code(request, authorization, session, choice)


def _check(request: HttpRequest, authorization: Authorization) -> HttpResponse | None:
    try:
        for check in TRUST:
            check(authorization)
    except OAuthError as error:
        return error_page(request, error, developer=_for_developer(request, authorization, check))
    try:
        for check in REQUEST:
            check(authorization)
    except OAuthError as error:
        return back_with_error(request, authorization, error)
    return None


def _for_developer(
    request: HttpRequest, authorization: Authorization, failed: Check
) -> DeveloperDetails | None:
    if failed is not redirect_uri_is_registered:
        return None
    got = authorization.parameters.get("redirect_uri")
    return developer_details(authorization.client, session_of(request), got)


def _restore(request_id: UUID) -> Authorization | None:
    """A waiting request, if its client may still ask it."""
    now = clock.now()
    row = AuthorizationRequest.objects.filter(id=request_id, expires_at__gt=now).first()
    if row is None:
        return None
    authorization = Authorization(Parameters(row.parameters), asked_at=row.created_at, is_resumed=True)
    try:
        for check in (*TRUST, *REQUEST):
            check(authorization)
    except OAuthError:
        return None  # the client was disabled or changed while the person was away
    return authorization


def _wait(request: HttpRequest, authorization: Authorization) -> HttpResponse:
    now = authorization.asked_at
    verdict = throttle.hit(limits.AUTHORIZE_IP, throttle.visitor(), now=now)
    if not verdict.allowed:
        wait = verdict.retry_after_seconds
        return pages.refusal(
            request, 429, _("Too many sign-ins were begun from your network."), retry_after=wait
        )
    row = AuthorizationRequest.objects.create(
        client=authorization.client,
        parameters=authorization.known_parameters,
        created_at=now,
        expires_at=now + WAITS_FOR,
    )
    response = HttpResponseRedirect(f"/oauth/authorize/{row.id}", status=303)
    languages.carry(response, authorization.parameters.get("ui_locales"))
    return response


def _step_up(request: HttpRequest, authorization: Authorization, step: StepUp) -> HttpResponse:
    """Off to prove what is missing; who has nothing to prove it with may set it up, or go back."""
    if step.is_within_reach:
        return to_step_up(request, step)
    if request.method == "POST":
        return back_with_error(request, authorization, UNMET)
    return out_of_reach(request, authorization, step)


def _decide(
    request: HttpRequest, authorization: Authorization, session: Session, choice: Choice
) -> HttpResponse:
    if request.POST.get("decision") != "allow":
        consents.deny(session.user, authorization.client, authorization.consent_scope)
        return back_with_error(request, authorization, OAuthError("access_denied", "The person said no."))
    if not choice.is_made:  # it closed, or the person was removed, while the question stood there
        return HttpResponseRedirect(request.path, status=303)
    return _back_with_code(request, authorization, session, choice, has_consented=True)


def _back_with_code(
    request: HttpRequest,
    authorization: Authorization,
    session: Session,
    choice: Choice,
    *,
    has_consented: bool = False,
) -> HttpResponse:
    now = clock.now()
    with transaction.atomic():
        if has_consented:
            consents.grant(session.user, authorization.client, authorization.consent_scope, now=now)
        code = codes.issue(authorization, session, organization_id=choice.organization_id, now=now)
    return back(request, authorization, {"code": code})


def _consent_page(
    request: HttpRequest, authorization: Authorization, session: Session, choice: Choice
) -> HttpResponse:
    client = authorization.client
    facts: dict[str, Any] = {
        "client": {
            "name": client.display_name,
            "publisher": client.publisher,
            "is_verified": client.is_verified,
            "logo_url": logos.path_of(client),
        },
        "user_email": session.user.email,
        "scopes": scopes.in_words(authorization.consent_scope),
        "organization": choice.taken.name if choice.taken else "",
        "other_url": request.path if len(choice.among) > 1 else "",
        "redirect_host": urlsplit(authorization.redirect_uri).netloc
        or authorization.redirect_uri.partition(":")[0],
        "switch_url": f"/login/choose?{urlencode({'next': request.path})}",
    }
    brands.show(request, branding.of_organization(client.organization_id))
    response = render(request, "oauth/consent.html", facts)
    return allow_form_origin(
        response,
        Destination(client.display_name, form_origin=redirect_uris.origin_of(authorization.redirect_uri)),
    )
