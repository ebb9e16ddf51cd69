"""Tokens for an organization: how a client asks for one, which of the person's it becomes, what the tokens say.

A client that is registered for the scope `organization` asks by that scope (the person chooses), by the scope
`organization:<slug>`, or by the parameter `organization` (slug or id). What is granted is always the scope
`organization`; which one stands beside it, and `organization` at a refresh changes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Session
from core.errors import TokenInvalid
from oauth.errors import OAuthError
from oauth.scopes import ORGANIZATION
from organizations import slugs
from organizations.errors import EntryRefused, Lack
from organizations.services import places
from organizations.services.places import Place
from tokens.models import TokenFamily

PREFIX = f"{ORGANIZATION}:"
SEVERAL = OAuthError("interaction_required", "The person has to choose an organization.")
NONE = OAuthError("access_denied", "There is no such organization for this person.")
LEFT = "organization_left"
LACKING = {
    Lack.NETWORK: OAuthError("access_denied", "The organization does not let the person in from there."),
    Lack.METHOD: OAuthError("login_required", "The organization asks for another way to sign in."),
    Lack.AGE: OAuthError("login_required", "The organization asks the person to sign in again."),
    Lack.FACTOR: OAuthError("interaction_required", "The organization asks for a second factor."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether tokens shall be for an organization, and for which. `among`: what there is to choose from; `lack`: what
    the session lacks of what the taken one asks of sign-ins."""

    is_wanted: bool = False
    taken: Place | None = None
    among: tuple[Place, ...] = ()
    lack: Lack | None = None

    @property
    def is_made(self) -> bool:
        return not self.is_wanted or (self.taken is not None and self.lack is None)

    @property
    def refusal(self) -> EntryRefused | None:
        """For the person, who may mend what is lacking."""
        return self.taken.refusal(self.lack) if self.taken and self.lack else None

    @property
    def organization_id(self) -> UUID | None:
        return self.taken.organization_id if self.taken else None

    @property
    def missing(self) -> OAuthError:
        """What a client is told that asked in silence, or that the person goes back to without a choice.

        One answer for organizations that are not the person's, that are closed, and that do not exist.
        """
        if self.lack:
            return LACKING[self.lack]
        return SEVERAL if self.among else NONE


def without_name(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes as they are granted: `organization` for `organization:<slug>`."""
    return tuple(dict.fromkeys(ORGANIZATION if scope.startswith(PREFIX) else scope for scope in scopes))


def named(scopes: Iterable[str], *names: str) -> str:
    """The one slug or id that a request names, by scope or otherwise; empty if none. Raises `OAuthError`."""
    by_scope = [scope.removeprefix(PREFIX) for scope in scopes if scope.startswith(PREFIX)]
    if "" in by_scope:
        raise OAuthError("invalid_scope", "The scope organization: lacks the organization.")
    found = {name for name in (*by_scope, *names) if name}
    if len(found) > 1:
        raise OAuthError("invalid_request", "The request asks for two organizations.")
    name = min(found, default="")
    if name and not slugs.may_name(name):
        raise OAuthError("invalid_request", "The organization is no slug and no id.")
    return name


def choose(
    session: Session, scope: Iterable[str], *, name: str = "", picked: str = "", ip: str, now: datetime
) -> Choice:
    """`name`: what the client asks for; `picked`: the id of what the person took, where they had the choice; `ip`:
    where the person is."""
    if ORGANIZATION not in scope:
        return Choice()
    among = () if name else tuple(places.of_person(session.user))
    if name:
        taken = places.find_named(session.user, name)
    elif len(among) == 1:
        taken = among[0]
    else:
        taken = next((place for place in among if str(place.organization_id) == picked), None)
    lack = taken.lack_of(session, ip=ip, now=now) if taken else None
    return Choice(is_wanted=True, taken=taken, among=among, lack=lack)


def identity(place: Place | None) -> dict[str, Any]:
    """What ID tokens and userinfo say of the organization; nothing without one."""
    if place is None:
        return {}
    return {"org_id": str(place.organization_id), "org_slug": place.slug, "org_role": place.role}


def claims_of(place: Place | None) -> dict[str, Any]:
    """What access tokens and introspection say: besides, what the person may do in the client's own app."""
    return {**identity(place), "permissions": places.permissions_in(place)} if place else {}


@dataclass(slots=True)
class Renewal:
    """What a refresh says of the organization: the grant's stays, or the client names another of the person's."""

    client_id: str
    name: str
    now: datetime
    place: Place | None = None

    def __call__(self, family: TokenFamily) -> str:
        """Judge a rotation (`tokens.services.refresh.Judge`); raises `invalid_target` (RFC 8707 section 2), which
        leaves the grant as it was, for a name that is none of the person's, whatever the reason."""
        if self.name:
            self._change(family)
        elif family.organization_id:
            self.place = places.find(family.user_id, family.organization_id, client_id=self.client_id)
            return why_closed(self.place, family, now=self.now)
        return ""

    def _change(self, family: TokenFamily) -> None:
        if ORGANIZATION not in family.scope.split():
            raise OAuthError("invalid_target", "This grant is for no organization.")
        self.place = places.find_named(family.user, self.name, client_id=self.client_id)
        if self.place is None:
            raise OAuthError("invalid_target", NONE.description)
        if _is_younger(self.place, family):
            raise OAuthError("invalid_target", "The person joined it after this grant. Ask for it anew.")
        if lack := self.place.lack_of(family.session, ip=None, now=self.now):
            raise OAuthError("invalid_target", LACKING[lack].description)
        family.organization_id = self.place.organization_id


def why_closed(place: Place | None, family: TokenFamily, *, now: datetime) -> str:
    """Why a grant gets no tokens for its organization now, in a word; empty if it does. The person is not there: what
    counts is how and when they signed in, not from which network the app asks."""
    if place is None or _is_younger(place, family):
        return LEFT
    return place.lack_of(family.session, ip=None, now=now) or ""


def place_of(family: TokenFamily, claims: Mapping[str, Any], *, now: datetime) -> Place | None:
    """The person's place in the organization that this living access token speaks of, as it is now.

    Raises `TokenInvalid` where the person has none any more, or the session it came from does not meet what the
    organization asks. The token's own word counts, for the family may have gone on to another; one that says nothing
    (its scope was narrowed at a refresh) speaks of none, and lives and dies with the family's.
    """
    organization_id = claims.get("org_id") or family.organization_id
    if organization_id is None:
        return None
    place = places.find(family.user_id, UUID(str(organization_id)), client_id=family.client_id)
    if reason := why_closed(place, family, now=now):
        raise TokenInvalid("The token was refused: its organization is closed to the person.", reason=reason)
    return place if "org_id" in claims else None


def _is_younger(place: Place, family: TokenFamily) -> bool:
    """Whether the membership began after the grant: whoever left and came back begins anew, as with API keys.

    Also where the grant would only go on to it: else naming it would bring the old tokens back.
    """
    return place.membership.joined_at > family.created_at
