"""Tokens for an organization: how a client asks for one, which of the person's it becomes, what the tokens say.

A client that is registered for the scope `organization` asks by that scope (the person chooses), by the scope
`organization:<slug>`, or by the parameter `organization` (slug or id). What is granted is always the scope
`organization`; which one stands beside it, and `organization` at a refresh changes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import User
from core.errors import TokenInvalid
from oauth.errors import OAuthError
from oauth.scopes import ORGANIZATION
from organizations.services import places
from organizations.services.places import Place
from tokens.models import TokenFamily

PREFIX = f"{ORGANIZATION}:"
MAX_NAME_LENGTH = 63
SEVERAL = OAuthError("interaction_required", "The person has to choose an organization.")
NONE = OAuthError("access_denied", "There is no such organization for this person.")
LEFT = "organization_left"


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether tokens shall be for an organization, and for which. `among`: what there is to choose from."""

    is_wanted: bool = False
    taken: Place | None = None
    among: tuple[Place, ...] = ()

    @property
    def is_made(self) -> bool:
        return not self.is_wanted or self.taken is not None

    @property
    def organization_id(self) -> UUID | None:
        return self.taken.organization_id if self.taken else None

    @property
    def missing(self) -> OAuthError:
        """What a client is told that asked in silence, or that the person goes back to without a choice.

        One answer for organizations that are not the person's, that are closed, and that do not exist.
        """
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
    if len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise OAuthError("invalid_request", "The organization is no slug and no id.")
    return name


def choose(user: User, scope: Iterable[str], *, name: str = "", picked: str = "") -> Choice:
    """`name`: what the client asks for; `picked`: the id of what the person took, where they had the choice."""
    if ORGANIZATION not in scope:
        return Choice()
    if name:
        return Choice(is_wanted=True, taken=places.find_named(user, name))
    among = tuple(places.of_person(user))
    if len(among) == 1:
        return Choice(is_wanted=True, taken=among[0], among=among)
    taken = next((place for place in among if str(place.organization_id) == picked), None)
    return Choice(is_wanted=True, taken=taken, among=among)


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
    place: Place | None = None

    def __call__(self, family: TokenFamily) -> str:
        """Judge a rotation (`tokens.services.refresh.Judge`); raises `invalid_target` (RFC 8707 section 2), which
        leaves the grant as it was, for a name that is none of the person's, whatever the reason."""
        if self.name:
            self._change(family)
        elif family.organization_id:
            found = places.find(family.user_id, family.organization_id, client_id=self.client_id)
            self.place = _reached_by(family, found)
            return "" if self.place else LEFT
        return ""

    def _change(self, family: TokenFamily) -> None:
        if ORGANIZATION not in family.scope.split():
            raise OAuthError("invalid_target", "This grant is for no organization.")
        self.place = _reached_by(family, places.find_named(family.user, self.name, client_id=self.client_id))
        if self.place is None:
            raise OAuthError("invalid_target", NONE.description)
        family.organization_id = self.place.organization_id


def place_of(family: TokenFamily, claims: Mapping[str, Any]) -> Place | None:
    """The person's place in the organization that this living access token speaks of, as it is now.

    Raises `TokenInvalid` where the person has none any more. The token's own word counts, for the family may have
    gone on to another; one that says nothing (its scope was narrowed at a refresh) speaks of none, and lives and
    dies with the family's.
    """
    organization_id = claims.get("org_id") or family.organization_id
    if organization_id is None:
        return None
    found = places.find(family.user_id, UUID(str(organization_id)), client_id=family.client_id)
    place = _reached_by(family, found)
    if place is None:
        raise TokenInvalid("The token was refused: its organization is closed to the person.", reason=LEFT)
    return place if "org_id" in claims else None


def _reached_by(family: TokenFamily, place: Place | None) -> Place | None:
    """The place, unless the membership began after the grant: whoever left and came back begins anew, as with API keys.

    Also of an organization that the grant would only go on to: else naming it would bring the old tokens back.
    """
    return place if place and place.membership.joined_at <= family.created_at else None
