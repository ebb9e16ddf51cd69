"""Claims of a client's own making: which name is filled from where.

    {"department": "metadata.department", "preferred_username": "email", "tenant": {"value": "acme"}}

A source is a field of the person, a path into the person's metadata, or a constant.
"""

import re
from collections.abc import Mapping
from typing import Any

from accounts.models import User

MAX_CLAIMS = 30
NAME = re.compile(r"[A-Za-z0-9_.:/#-]{1,128}")
PATH = re.compile(r"metadata(\.[A-Za-z0-9_-]{1,64}){1,5}")
FIELDS = ("email", "name", "given_name", "middle_name", "family_name", "nickname", "locale", "timezone")
# What tokens and sessions stand on, and what says that something was verified, has one source only.
RESERVED = frozenset(
    {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "sid", "fid", "nonce", "acr", "amr", "azp", "auth_time"}
    | {
        "at_hash",
        "c_hash",
        "s_hash",
        "typ",
        "act",
        "may_act",
        "cnf",
        "scope",
        "client_id",
        "active",
        "events",
    }
    | {"email", "email_verified", "phone_number", "phone_number_verified"}
    | {"org_id", "org_role", "org_slug", "permissions", "role", "roles"}
)


def check(mapping: Mapping[str, Any]) -> None:
    """Raises `ValueError` with one sentence."""
    if len(mapping) > MAX_CLAIMS:
        raise ValueError(f"at most {MAX_CLAIMS} claims")
    for name, source in mapping.items():
        if not NAME.fullmatch(name) or name in RESERVED:
            raise ValueError(f"{name[:128]!r} is not a free claim name")
        if isinstance(source, dict):
            if source.keys() != {"value"} or len(str(source["value"])) > 1000:
                raise ValueError(f'{name}: a constant is written {{"value": …}}, at most 1000 characters')
        elif not isinstance(source, str) or (source not in FIELDS and not PATH.fullmatch(source)):
            raise ValueError(f"{name}: the source must be metadata.<path> or one of {', '.join(FIELDS)}")


def claims_of(user: User, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """The mapped claims of this person; those without a value are left out."""
    found = {name: _value(user, source) for name, source in mapping.items()}
    return {name: value for name, value in found.items() if value not in (None, "")}


def _value(user: User, source: str | dict[str, Any]) -> Any:
    if isinstance(source, dict):
        return source["value"]
    if source in FIELDS:
        return getattr(user, source)
    value: Any = user.metadata
    for step in source.split(".")[1:]:
        value = value.get(step) if isinstance(value, dict) else None
    return value
