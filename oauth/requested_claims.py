"""The `claims` parameter of an authorization request (OpenID Connect Core section 5.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.strict_json import parse_object
from oauth import claims
from oauth.errors import OAuthError


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedClaims:
    """What is asked for by name. Claims that we do not know are ignored, as section 5.5 says.

    `subject`: the one person that the client means. `essential_acr`: levels of which one must be reached.
    """

    userinfo: tuple[str, ...] = ()
    id_token: tuple[str, ...] = ()
    subject: str = ""
    essential_acr: tuple[str, ...] = ()

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the person has to allow before these claims may be told."""
        return frozenset(claims.SCOPE_OF[name] for name in (*self.userinfo, *self.id_token))

    def within(self, scopes: frozenset[str]) -> "RequestedClaims":
        """Only what these scopes cover: a client is told nothing that it is not registered for."""
        return RequestedClaims(
            userinfo=tuple(name for name in self.userinfo if claims.SCOPE_OF[name] in scopes),
            id_token=tuple(name for name in self.id_token if claims.SCOPE_OF[name] in scopes),
            subject=self.subject,
            essential_acr=self.essential_acr,
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
    return RequestedClaims(
        userinfo=tuple(name for name in userinfo if name in claims.SCOPE_OF),
        id_token=tuple(name for name in id_token if name in claims.SCOPE_OF),
        subject=_subject(id_token.get("sub"), userinfo.get("sub")),
        essential_acr=_essential_values(id_token.get("acr")),
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


def _essential_values(wish: Any) -> tuple[str, ...]:
    """Section 5.5.1.1: a voluntary `acr` is only a wish."""
    if not wish or wish.get("essential") is not True:
        return ()
    values = wish.get("values") or [wish.get("value")]
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
