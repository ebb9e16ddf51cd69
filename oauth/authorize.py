"""GET and POST /oauth/authorize, read from top to bottom: trust, the request, and what the person still has to do.

Which tuple a check stands in decides where its error goes: until TRUST holds we do not know where it is
safe to redirect, and show a page of ours (RFC 6749 section 4.1.2.1).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Session
from oauth import redirect_uris, scopes
from oauth.errors import OAuthError
from oauth.models import Client
from oauth.parameters import Parameters
from oauth.services import clients, consents

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
STATE_PARAMETERS = ("state", "nonce")
KNOWN_PARAMETERS = (
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
)


@dataclass(slots=True)
class Authorization:
    """One authorization request on its way through the checks. `asked_at`: when the client sent the person."""

    parameters: Parameters
    asked_at: datetime
    client: Client = field(init=False)
    redirect_uri: str = field(init=False)

    @property
    def known_parameters(self) -> dict[str, str]:
        """What this request means to us; the rest is ignored (RFC 6749 section 3.1) and not kept."""
        values = self.parameters.values
        return {name: values[name] for name in KNOWN_PARAMETERS if name in values}

    @property
    def scope(self) -> tuple[str, ...]:
        return scopes.parse(self.parameters.get("scope"))

    @property
    def prompts(self) -> frozenset[str]:
        return frozenset(self.parameters.get("prompt").split())

    @property
    def is_silent(self) -> bool:
        return "none" in self.prompts

    @property
    def needs_proof_since(self) -> datetime | None:
        """How fresh the person's proof must be; None if any living session will do."""
        since = []
        if self.prompts & {"login", "select_account"}:
            since.append(self.asked_at)
        if max_age := self.parameters.get("max_age"):
            since.append(self.asked_at - timedelta(seconds=int(max_age)))
        return max(since, default=None)


Check = Callable[[Authorization], None]


def trusted_parameters_come_once(authorization: Authorization) -> None:
    """RFC 6749 section 3.1: a doubled client_id or redirect_uri may mean two things to two readers."""
    if authorization.parameters.doubled & {"client_id", "redirect_uri"}:
        raise OAuthError("invalid_request", "client_id and redirect_uri must come exactly once.")


def client_is_known(authorization: Authorization) -> None:
    """RFC 6749 section 4.1.2.1."""
    client = clients.find_enabled(authorization.parameters.get("client_id"))
    if client is None:
        raise OAuthError("invalid_client", "The client_id is missing, or no such client is registered here.")
    authorization.client = client


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


def request_object_is_absent(authorization: Authorization) -> None:
    """OpenID Connect Core section 3.1.2.6: we do not take request objects."""
    if authorization.parameters.get("request"):
        raise OAuthError("request_not_supported", "Request objects are not supported.")
    if authorization.parameters.get("request_uri"):
        raise OAuthError("request_uri_not_supported", "Request objects are not supported.")
    if authorization.parameters.get("registration"):
        raise OAuthError("registration_not_supported", "The registration parameter is not supported.")


def response_type_is_code(authorization: Authorization) -> None:
    """RFC 9700 section 2.1.2: only the code."""
    if authorization.parameters.need("response_type") != "code":
        raise OAuthError("unsupported_response_type", "Only response_type=code is supported.")


def response_mode_is_query(authorization: Authorization) -> None:
    """OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1."""
    if authorization.parameters.get("response_mode") not in {"", "query"}:
        raise OAuthError("invalid_request", "Only response_mode=query is supported.")


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


def opaque_values_are_short(authorization: Authorization) -> None:
    """What we only hand through or store is bounded."""
    for name in STATE_PARAMETERS:
        if len(authorization.parameters.get(name)) > MAX_OPAQUE_LENGTH[name]:
            raise OAuthError(
                "invalid_request", f"{name} is longer than {MAX_OPAQUE_LENGTH[name]} characters."
            )


MAX_OPAQUE_LENGTH = {"state": 2048, "nonce": 255}

TRUST: tuple[Check, ...] = (trusted_parameters_come_once, client_is_known, redirect_uri_is_registered)
REQUEST: tuple[Check, ...] = (
    parameters_are_well_formed,
    request_object_is_absent,
    response_type_is_code,
    response_mode_is_query,
    client_may_use_the_code_grant,
    scope_is_allowed,
    pkce_is_s256,
    prompt_is_sane,
    max_age_is_a_number,
    opaque_values_are_short,
)


def needs_login(authorization: Authorization, session: Session | None) -> bool:
    """Nobody is signed in, or the proof is older than the client accepts."""
    since = authorization.needs_proof_since
    return session is None or (since is not None and session.auth_time < since)


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
    return not consents.covers(session.user, authorization.client, authorization.scope)
