"""Reading the outbox: what a person finds in the mailbox."""

import re
from dataclasses import dataclass

from core.models import Mail


@dataclass(frozen=True, slots=True)
class Letter:
    """The last mail to an address: its kind, code and link token."""

    kind: str
    code: str
    token: str
    text: str


def letters_to(email: str) -> list[Letter]:
    """Every mail to the address, the oldest first."""
    return [_read(mail) for mail in Mail.objects.filter(recipient=email).order_by("created_at", "id")]


def last_letter(email: str) -> Letter:
    return letters_to(email)[-1]


def _read(mail: Mail) -> Letter:
    code = re.search(r"\b[0-9]{6,8}\b", mail.subject)
    token = re.search(r"token=([A-Za-z0-9_-]+)", mail.text)
    return Letter(mail.kind, code[0] if code else "", token[1] if token else "", mail.text)


def wrong(code: str) -> str:
    """A code of the same length that is not this one."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)
