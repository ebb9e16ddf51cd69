"""GET and POST /oauth/authorize, read from top to bottom: trust, the request, and what the person still has to do.

Which tuple a check stands in decides where its error goes: until TRUST holds we do not know where it is
safe to redirect, and show a page of ours (RFC 6749 section 4.1.2.1).
"""

import re
from collections.abc import Callable

from accounts.levels import ACR_VALUES
from accounts.models import Session
from accounts.services import detours
from core import clock, context
from oauth import organizations, redirect_uris, requested_claims, scopes, step_up
from oauth.authorization import Authorization
from oauth.errors import OAuthError
from oauth.organizations import Choice
from oauth.services import clients, consents, id_tokens, request_objects
from oauth.step_up import StepUp
from tokens.services.access import provider_audience

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
RESPONSE_MODES = ("query", "form_post")
STATE_PARAMETERS = ("state", "nonce")

Check = Callable[[Authorization], None]


def trusted_parameters_come_once(authorization: Authorization) -> None:
    """RFC 6749 section 3.1: doubled, they may mean two things to two readers."""
    if authorization.parameters.doubled & {"client_id", "redirect_uri", "request", "request_uri"}:
        raise OAuthError("invalid_request", "client_id, redirect_uri and request objects must come once.")


def client_is_known(authorization: Authorization) -> None:
    """RFC 6749 section 4.1.2.1."""
    client = clients.find_enabled(authorization.parameters.get("client_id"))
    if client is None:
        raise OAuthError("invalid_client", "The client_id is missing, or no such client is registered here.")
    authorization.client = client


def request_object_is_read(authorization: Authorization) -> None:
    """RFC 9101 section 6.3: where there is a request object, its parameters are the request."""
    if authorization.is_resumed:
        return
    client, plain = authorization.client, authorization.parameters
    if not request_objects.is_used(plain):
        if client.require_signed_request_object:
            authorization.request_object_error = OAuthError(
                "invalid_request", "This client is registered to send signed request objects only."
            )
        return
    try:
        asked = request_objects.read(plain, client, now=clock.now())
    except OAuthError as error:
        authorization.request_object_error = error
        authorization.parameters = request_objects.where_to_answer(plain)
    else:
        asked.values["client_id"] = client.client_id
        authorization.parameters = asked


def redirect_uri_is_registered(authorization: Authorization) -> None:
    """RFC 9700 section 2.1: equality of the raw string; it may be left out only if one is registered and
    the request is plain OAuth (OpenID Connect Core section 3.1.2.1 always asks for it)."""
    registered = authorization.client.redirect_uri_list
    asked = authorization.parameters.get("redirect_uri")
    if not asked and len(registered) == 1 and "openid" not in authorization.scope:
        asked = registered[0]
    if not asked or not redirect_uris.is_registered(asked, registered):
        raise OAuthError(
            "invalid_request", "The redirect_uri is missing, or is not registered for this client."
        )
    authorization.redirect_uri = asked


def parameters_are_well_formed(authorization: Authorization) -> None:
    """RFC 6749 section 3.1: each once; and none so long that we would have to drop it."""
    authorization.parameters.refuse_malformed()


def request_object_is_good(authorization: Authorization) -> None:
    """RFC 9101 section 6; what was wrong is told once we know where the answer may go."""
    if authorization.request_object_error is not None:
        raise authorization.request_object_error
    if authorization.parameters.get("registration"):
        raise OAuthError("registration_not_supported", "The registration parameter is not supported.")


def response_type_is_code(authorization: Authorization) -> None:
    """RFC 9700 section 2.1.2: only the code."""
    if authorization.parameters.need("response_type") != "code":
        raise OAuthError("unsupported_response_type", "Only response_type=code is supported.")


def response_mode_is_known(authorization: Authorization) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices section 2.1, Form Post Response Mode section 2."""
    if authorization.parameters.get("response_mode") not in {"", *RESPONSE_MODES}:
        raise OAuthError("invalid_request", f"response_mode must be one of: {' '.join(RESPONSE_MODES)}.")


def client_may_use_the_code_grant(authorization: Authorization) -> None:
    """RFC 6749 section 4.1.2.1."""
    if "authorization_code" not in authorization.client.grant_types:
        raise OAuthError(
            "unauthorized_client", "This client is not registered for the authorization code grant."
        )


def scope_is_allowed(authorization: Authorization) -> None:
    """RFC 6749 section 3.3."""
    if beyond := [scope for scope in authorization.scope if scope not in authorization.client.scopes]:
        raise OAuthError("invalid_scope", f"This client may not ask for: {' '.join(beyond)}"[:200])


def pkce_is_s256(authorization: Authorization) -> None:
    """RFC 7636, RFC 9700 section 2.1.1: S256 only; a challenge without its method would mean `plain`."""
    challenge = authorization.parameters.get("code_challenge")
    method = authorization.parameters.get("code_challenge_method")
    needs_pkce = authorization.client.is_public or authorization.client.require_pkce
    if not challenge and not method and not needs_pkce:
        return
    if method != "S256" or not S256_CHALLENGE.fullmatch(challenge):
        raise OAuthError(
            "invalid_request", "PKCE is required: code_challenge with code_challenge_method=S256."
        )


def prompt_is_sane(authorization: Authorization) -> None:
    """OpenID Connect Core section 3.1.2.1: `none` stands alone."""
    prompts = authorization.prompts
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise OAuthError("invalid_request", "prompt must be none, or any of: login consent select_account.")


def max_age_is_a_number(authorization: Authorization) -> None:
    """OpenID Connect Core section 3.1.2.1: seconds."""
    max_age = authorization.parameters.get("max_age")
    if max_age and not re.fullmatch(r"[0-9]{1,9}", max_age):
        raise OAuthError("invalid_request", "max_age must be a number of seconds.")


def claims_are_well_formed(authorization: Authorization) -> None:
    """OpenID Connect Core section 5.5; only claims of scopes that the client is registered for are told."""
    asked = requested_claims.parse(authorization.parameters.get("claims"))
    authorization.claims = asked.within(authorization.client.scopes)


def essential_acr_can_be_reached(authorization: Authorization) -> None:
    """OpenID Connect Core Unmet Authentication Requirements 1.0; `acr_values` alone is only a wish."""
    if authorization.claims.acr_is_essential and not authorization.levels.values:
        raise OAuthError("unmet_authentication_requirements", f"acr must be one of: {' '.join(ACR_VALUES)}.")


def organization_is_one(authorization: Authorization) -> None:
    """By parameter, scope or claim the request names one organization; whether it is the person's shows later."""
    asked = scopes.parse(authorization.parameters.get("scope"))
    named = authorization.parameters.get("organization"), authorization.claims.organization
    authorization.organization = organizations.named(asked, *named)


def id_token_hint_is_ours(authorization: Authorization) -> None:
    """OpenID Connect Core section 3.1.2.1: an ID token, expired or not, that we issued to this client."""
    token = authorization.parameters.get("id_token_hint")
    if not token:
        return
    hint = id_tokens.read_hint(token, now=clock.now())
    if hint is None or hint["aud"] != authorization.client.client_id:
        raise OAuthError("invalid_request", "The id_token_hint is not an ID token that we gave this client.")
    authorization.hinted_subject = str(hint["sub"])
    if authorization.claims.subject not in ("", authorization.hinted_subject):  # section 3.1.2.2
        raise OAuthError("invalid_request", "id_token_hint and the claims parameter ask for two people.")


def resources_are_registered(authorization: Authorization) -> None:
    """RFC 8707 section 2.1: each is an audience that the client may ask for; the provider itself always is."""
    known = {*authorization.client.resources, provider_audience()}
    if beyond := [resource for resource in authorization.resources if resource not in known]:
        raise OAuthError("invalid_target", f"This client may not ask for the resource {beyond[0]}"[:200])


def opaque_values_are_short(authorization: Authorization) -> None:
    """What we only hand through or store is bounded."""
    for name in STATE_PARAMETERS:
        if len(authorization.parameters.get(name)) > MAX_OPAQUE_LENGTH[name]:
            raise OAuthError(
                "invalid_request", f"{name} is longer than {MAX_OPAQUE_LENGTH[name]} characters."
            )


MAX_OPAQUE_LENGTH = {"state": 2048, "nonce": 255}

TRUST: tuple[Check, ...] = (
    trusted_parameters_come_once,
    client_is_known,
    request_object_is_read,
    redirect_uri_is_registered,
)
REQUEST: tuple[Check, ...] = (
    parameters_are_well_formed,
    request_object_is_good,
    response_type_is_code,
    response_mode_is_known,
    client_may_use_the_code_grant,
    scope_is_allowed,
    pkce_is_s256,
    prompt_is_sane,
    max_age_is_a_number,
    claims_are_well_formed,
    essential_acr_can_be_reached,
    organization_is_one,
    id_token_hint_is_ours,
    resources_are_registered,
    opaque_values_are_short,
)


def needs_login(authorization: Authorization, session: Session | None) -> bool:
    """Nobody is signed in, or not the right person, or the proof is older than the client accepts."""
    since = authorization.needs_proof_since
    if session is None or (since is not None and session.auth_time < since):
        return True
    return is_somebody_else(authorization, session)


def needs_choice(authorization: Authorization, session: Session) -> bool:
    """OpenID Connect Core section 3.1.2.1: with `select_account` the person chooses; to sign in is a choice too."""
    return authorization.needs_choice and session.picked_at < authorization.asked_at


def is_somebody_else(authorization: Authorization, session: Session) -> bool:
    """The client means one person (`id_token_hint`, `sub` in claims), and another one is signed in."""
    wanted = authorization.wanted_subject
    return bool(wanted) and id_tokens.subject_of(session.user, authorization.client) != wanted


def needs_step_up(authorization: Authorization, session: Session) -> StepUp | None:
    """The level that the client asks for and the session is below. Nobody is asked for a mere wish in silence."""
    wanted = authorization.levels
    if authorization.is_silent and (wanted.are_met(session) or not wanted.is_essential):
        return None
    return step_up.find(wanted, session, now=clock.now())


def needs_detour(session: Session) -> str:
    """The page of ours that the person has to see first: new terms, or that the account is about to be erased."""
    return detours.find(session, now=clock.now())


def needs_organization(authorization: Authorization, session: Session, *, picked: str = "") -> Choice:
    """Which of the person's organizations it is, or what there is to choose from; `picked`: what they took."""
    return organizations.choose(
        session,
        authorization.scope,
        name=authorization.organization,
        picked=picked,
        ip=context.current().ip,
        now=clock.now(),
    )


def needs_consent(authorization: Authorization, session: Session) -> bool:
    """The person has not allowed this yet, or the client cannot prove that it is the one that was allowed.

    RFC 8252 section 8.6: anybody may claim a public client's loopback or private-use redirect URI.
    """
    if "consent" in authorization.prompts:
        return True
    if authorization.client.skip_authorization:
        return False
    if authorization.client.is_public and not redirect_uris.is_claimed_https(authorization.redirect_uri):
        return True
    return not consents.covers(session.user, authorization.client, authorization.consent_scope)
