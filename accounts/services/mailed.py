"""Making and sending a mailed secret: one way for sign-up, verification and recovery."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.utils.functional import lazy

from accounts.devices import describe
from accounts.models import MailedSecret
from accounts.places import place_and_address
from core import context, crypto, mail

_describe = lazy(describe, str)  # in the language of the mail, not of the page
S = TypeVar("S", bound=MailedSecret)


@dataclass(frozen=True, slots=True)
class Letter:
    """Which mail carries the secret, where its link leads, and what else it tells."""

    kind: str
    path: str
    locale: str
    facts: Mapping[str, object] = field(default_factory=dict)


def issue(row: S, letter: Letter, *, now: datetime) -> S:
    """Give the row a fresh code and link, save it, and queue the mail in the same transaction.

    A row that is issued again gets new secrets and new guesses: what was mailed before is void.
    """
    code, token = row.renew_code(now=now), crypto.new_secret("jnu_ml_")
    row.link_hash = row.hash_of_link(token)
    row.save()
    links = {
        "link": url(f"{letter.path}?token={token}"),
        "signin_url": url("/login"),
        "forgot_url": url("/password/forgot"),
    }
    minutes = int(row.LIFETIME.total_seconds() // 60)
    mail.send(
        letter.kind,
        row.email,
        {"code": code, "minutes": minutes, **links, **circumstances(now), **letter.facts},
        locale=letter.locale,
    )
    return row


def url(path: str) -> str:
    """A page of ours as a mail names it."""
    return f"{settings.JANUA.base_url}{path}"


def circumstances(now: datetime) -> dict[str, Any]:
    """Who asked, from where, when: what every mail tells."""
    request = context.current()
    return {"when": now, "place": place_and_address(request.ip), "device": _describe(request.user_agent)}
