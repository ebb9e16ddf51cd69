"""Where people came in (`Session.door`), in words for them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "password": _("Password"),
    "sign_up": _("Sign-up"),
    "magic_link": _("Link by email"),
    "magic_code": _("Code by email"),
    "passkey": _("Passkey"),
    "github": "GitHub",
    "gitlab": "GitLab",
    "linkedin": "LinkedIn",
}


def in_words(door: str) -> str:
    """Other doors are named after whoever stands behind them."""
    return str(WORDS.get(door) or door.replace("_", " ").replace("-", " ").title())
