"""What a permission may be called, and which names are Janua's own."""

import re

from organizations.permissions import Permission

MAX_LENGTH = 100
PATTERN = r"^[a-z][a-z0-9_.-]*:[a-z][a-z0-9_.-]*$"
_NAME = re.compile(PATTERN.strip("^$"))
JANUA_RESOURCES = frozenset(
    {*(permission.split(":")[0] for permission in Permission), "janua", "user", "session", "client"}
    | {"connection", "directory", "invitation", "operator", "rule", "service_account", "token", "webhook"}
)
"""What stands before the colon of Janua's own permissions, now and foreseeably: no app defines one there."""


def is_well_formed(name: str) -> bool:
    """`resource:action` in small letters, digits, `_`, `.` and `-`."""
    return len(name) <= MAX_LENGTH and _NAME.fullmatch(name) is not None


def is_reserved(name: str) -> bool:
    return name.split(":")[0] in JANUA_RESOURCES
