"""Making and sending a mailed secret: one way for sign-up, verification and recovery."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings

from accounts.devices import describe
from accounts.models import MailedSecret
from core import context, crypto, mail

S = TypeVar("S", bound=MailedSecret)


@dataclass(frozen=True, slots=True)
class Letter:
    """Which mail carries the secret, and where its link leads."""

    kind: str
    path: str
    locale: str
    facts: Mapping[str, object] = field(default_factory=dict)


def issue(row: S, letter: Letter, *, now: datetime) -> S:
    """Give the row a fresh code and link, save it, and queue the mail in the same transaction.

    A row that is issued again gets new secrets and new guesses: what was mailed before is void.
    """
    code = "".join(secrets.choice("0123456789") for _ in range(row.CODE_DIGITS))
    token = crypto.new_secret("jnu_ml_")
    row.created_at = now
    row.expires_at = now + row.LIFETIME
    row.code_hash, row.link_hash, row.guesses = row.hash_of_code(row.id, code), row.hash_of_link(token), 0
    row.save()
    base = settings.JANUA.base_url
    links = {
        "link": f"{base}{letter.path}?token={token}",
        "signin_url": f"{base}/login",
        "forgot_url": f"{base}/password/forgot",
    }
    minutes = int(row.LIFETIME.total_seconds() // 60)
    mail.send(
        letter.kind,
        row.email,
        {"code": code, "minutes": minutes, **links, **circumstances(now), **letter.facts},
        locale=letter.locale,
    )
    return row


def circumstances(now: datetime) -> dict[str, Any]:
    """Who asked, from where, when: what every mail tells."""
    request = context.current()
    return {"when": now, "place": request.ip, "device": describe(request.user_agent)}
