"""The `claims` parameter of an authorization request (OpenID Connect Core section 5.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.strict_json import parse_object
from oauth import claims
from oauth.errors import OAuthError
from oauth.scopes import ORGANIZATION


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedClaims:
    """What is asked for by name. Claims that we do not know are ignored, as section 5.5 says.

    `subject`: the one person that the client means. `acr`: levels asked for, the preferred first; if they
    are essential one of them must be reached. `asks_for_organization`: tokens without one would not do; the one of
    this slug or id, if the values of `org_slug` or `org_id` say which. As a mere wish the three claims ask for
    nothing: tokens for an organization have them anyway.
    """

    userinfo: tuple[str, ...] = ()
    id_token: tuple[str, ...] = ()
    subject: str = ""
    acr: tuple[str, ...] = ()
    acr_is_essential: bool = False
    asks_for_organization: bool = False
    organization: str = ""

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the person has to allow before these claims may be told."""
        return frozenset(claims.SCOPE_OF[name] for name in (*self.userinfo, *self.id_token))

    def within(self, scopes: frozenset[str]) -> "RequestedClaims":
        """Only what these scopes cover: a client is told nothing that it is not registered for."""
        is_registered = ORGANIZATION in scopes
        return replace(
            self,
            asks_for_organization=self.asks_for_organization and is_registered,
            organization=self.organization if is_registered else "",
            userinfo=tuple(name for name in self.userinfo if claims.SCOPE_OF[name] in scopes),
            id_token=tuple(name for name in self.id_token if claims.SCOPE_OF[name] in scopes),
        )


def parse(text: str) -> RequestedClaims:
    """Read the parameter; raises `OAuthError`."""
    if not text:
        return RequestedClaims()
    try:
        asked = parse_object(text.encode())
    except ValueError as error:
        raise OAuthError("invalid_request", f"The claims parameter is malformed: {error}"[:300]) from None
    userinfo, id_token = _members(asked, "userinfo"), _members(asked, "id_token")
    wishes = [
        place[name] for place in (userinfo, id_token) for name in claims.OF_ORGANIZATION if place.get(name)
    ]
    organization = _organization(userinfo, id_token)
    levels, wish = _levels(id_token.get("acr")), id_token.get("acr") or {}
    return RequestedClaims(
        userinfo=tuple(name for name in userinfo if name in claims.SCOPE_OF),
        id_token=tuple(name for name in id_token if name in claims.SCOPE_OF),
        subject=_subject(id_token.get("sub"), userinfo.get("sub")),
        acr=levels,
        acr_is_essential=bool(levels) and wish.get("essential") is True,
        asks_for_organization=bool(organization) or any(wish.get("essential") is True for wish in wishes),
        organization=organization,
    )


def _members(asked: Mapping[str, Any], place: str) -> dict[str, Any]:
    members = asked.get(place)
    if members is None:
        return {}
    if not isinstance(members, dict) or not all(
        wish is None or isinstance(wish, dict) for wish in members.values()
    ):
        raise OAuthError("invalid_request", f"claims.{place} must hold null or an object for each claim.")
    return members


def _subject(*wishes: Any) -> str:
    values = {str(wish["value"]) for wish in wishes if wish and wish.get("value")}
    if len(values) > 1:
        raise OAuthError("invalid_request", "The claims parameter asks for two different people.")
    return min(values, default="")


def _organization(*places: Mapping[str, Any]) -> str:
    wishes = [place.get(name) for place in places for name in ("org_id", "org_slug")]
    values = {str(wish["value"]) for wish in wishes if wish and wish.get("value")}
    if len(values) > 1:
        raise OAuthError("invalid_request", "The claims parameter asks for two different organizations.")
    return min(values, default="")


def _levels(wish: Any) -> tuple[str, ...]:
    """The values of `acr` (section 5.5.1.1); without any the claim is asked for as such, and there anyway."""
    if not wish:
        return ()
    values = wish["values"] if "values" in wish else [wish["value"]] if "value" in wish else []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise OAuthError("invalid_request", "claims.id_token.acr must ask for strings.")
    return tuple(dict.fromkeys(values))
