"""The claims about a person (OpenID Connect Core section 5): which there are, and which scope stands for which."""

from collections.abc import Callable, Iterable
from typing import Any

from accounts.models import User

Read = Callable[[User], Any]

OF_SCOPE: dict[str, dict[str, Read]] = {
    "profile": {
        "name": lambda user: user.name,
        "given_name": lambda user: user.given_name,
        "middle_name": lambda user: user.middle_name,
        "family_name": lambda user: user.family_name,
        "nickname": lambda user: user.nickname,
        "profile": lambda user: user.profile_url,
        "picture": lambda user: user.picture,
        "website": lambda user: user.website,
        "gender": lambda user: user.gender,
        "birthdate": lambda user: user.birthdate,
        "zoneinfo": lambda user: user.timezone,
        "locale": lambda user: user.locale,
        "updated_at": lambda user: int(user.updated_at.timestamp()),
    },
    "email": {
        "email": lambda user: user.email,
        "email_verified": lambda user: user.email_verified,
    },
    "address": {"address": lambda user: user.address},
    "phone": {
        "phone_number": lambda user: user.phone_number,
        "phone_number_verified": lambda user: user.phone_number_verified if user.phone_number else None,
    },
}
_READ = {name: read for claims in OF_SCOPE.values() for name, read in claims.items()}
SCOPE_OF = {name: scope for scope, claims in OF_SCOPE.items() for name in claims}
OF_TOKENS = ("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr", "acr", "azp", "sid", "at_hash")
OF_ORGANIZATION = ("org_id", "org_slug", "org_role")
SUPPORTED = (*OF_TOKENS, *_READ, *OF_ORGANIZATION)


def of_scopes(user: User, scopes: Iterable[str]) -> dict[str, Any]:
    """The claims that these scopes stand for (section 5.4); those without a value are left out."""
    return by_name(user, [name for scope in scopes for name in OF_SCOPE.get(scope, ())])


def by_name(user: User, names: Iterable[str]) -> dict[str, Any]:
    """The claims of these names, as far as we know them and they have a value."""
    found = {name: _READ[name](user) for name in names if name in _READ}
    return {name: value for name, value in found.items() if value not in ("", {}, None)}
