"""One authorization request on its way through the checks of `oauth.authorize`."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oauth import organizations, scopes, step_up
from oauth.errors import OAuthError
from oauth.models import Client
from oauth.parameters import Parameters
from oauth.requested_claims import RequestedClaims
from oauth.step_up import WantedLevels

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
    "id_token_hint",
    "claims",
    "acr_values",
    "resource",
    "organization",
)


@dataclass(slots=True)
class Authorization:
    """What a client asks for. `asked_at`: when it sent the person.

    `organization`: the slug or id of the one that the client names; empty: the person chooses.
    `is_resumed`: the request was checked before, and waited for the person; its request object is read.
    """

    parameters: Parameters
    asked_at: datetime
    is_resumed: bool = False
    client: Client = field(init=False)
    redirect_uri: str = field(init=False)
    request_object_error: OAuthError | None = None
    claims: RequestedClaims = field(default_factory=RequestedClaims)
    hinted_subject: str = ""
    organization: str = ""

    @property
    def known_parameters(self) -> dict[str, str]:
        """What this request means to us; the rest is ignored (RFC 6749 section 3.1) and not kept."""
        values = self.parameters.values
        return {name: values[name] for name in KNOWN_PARAMETERS if name in values}

    @property
    def scope(self) -> tuple[str, ...]:
        """With `organization` in its one form, whichever way the request asks for one."""
        asked = organizations.without_name(scopes.parse(self.parameters.get("scope")))
        if self.parameters.get("organization") or self.claims.asks_for_organization:
            return tuple(dict.fromkeys((*asked, scopes.ORGANIZATION)))
        return asked

    @property
    def consent_scope(self) -> tuple[str, ...]:
        """What the person has to allow: the scopes, and those that claims asked for by name belong to."""
        return tuple(dict.fromkeys((*self.scope, *sorted(self.claims.scopes))))

    @property
    def resources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.parameters.get("resource").split()))

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
        if "login" in self.prompts:
            since.append(self.asked_at)
        max_age = self.parameters.get("max_age") or self.client.default_max_age
        if max_age is not None and max_age != "":
            since.append(self.asked_at - timedelta(seconds=int(max_age)))
        return max(since, default=None)

    @property
    def levels(self) -> WantedLevels:
        """OpenID Connect Registration 1.0 section 2: what the client is registered for counts where the request is mute."""
        asked = self.claims.acr or self.parameters.get("acr_values").split()
        return step_up.wanted(
            asked or self.client.default_acr_values, is_essential=self.claims.acr_is_essential
        )

    @property
    def needs_choice(self) -> bool:
        """The person shall say which account it is, although one is signed in."""
        return "select_account" in self.prompts

    @property
    def wanted_subject(self) -> str:
        """The one person who may answer, by `id_token_hint` or the claims parameter; empty: anybody."""
        return self.hinted_subject or self.claims.subject
