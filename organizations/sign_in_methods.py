"""The ways to sign in that a policy may name: a session's door (`Session.door`) tells which one it was."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from accounts import doors

PASSWORD, MAIL, PASSKEY = "password", "magic_code", "passkey"
# One way with two doors: whoever signed up had just chosen the password; code and link come in one mail.
_SAME = {"sign_up": PASSWORD, "magic_link": MAIL}

_others: dict[str, Callable[[], Mapping[str, str]]] = {}


def enter(name: str, methods: Callable[[], Mapping[str, str]]) -> None:
    """Called by the AppConfig of a floor above that has doors of its own: their names, and what people call them."""
    _others[name] = methods


def known() -> dict[str, str]:
    """Every way there is here, in words."""
    found = {
        PASSWORD: doors.in_words(PASSWORD),
        MAIL: _("Code or link by email"),
        PASSKEY: doors.in_words(PASSKEY),
    }
    for methods in _others.values():
        found.update(methods())
    return found


def of_door(door: str) -> str:
    return _SAME.get(door, door)


def in_words(methods: Iterable[str]) -> str:
    """For a sentence. A provider that is switched off is named after its door."""
    words = known()
    return ", ".join(words.get(method) or doors.in_words(method) for method in sorted(methods))
