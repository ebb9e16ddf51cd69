"""Recovery codes: ten on a piece of paper, shown once, each of them good for one sign-in."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import by_oneself
from accounts.models import Session, User
from accounts.services import mailed, sudo
from audit import services as audit
from core import mail
from core.errors import Conflict
from mfa.events import RecoveryCodesMade
from mfa.models import RecoveryCode

COUNT = 10
GROUP = 5
LENGTH = 2 * GROUP  # 50 bits: five in each letter
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: nothing that looks like something else


def replace(user: User, *, now: datetime) -> tuple[str, ...]:
    """A new set as people read it, in place of the old one. The person's row is locked, a transaction open."""
    made = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=RecoveryCode.hash_of(user.id, code), created_at=now)
        for code in made
    )
    return tuple(f"{code[:GROUP]}-{code[GROUP:]}" for code in made)


def make_new(*, session: Session, now: datetime) -> tuple[str, ...]:
    """A new set on demand; the ones before work no more. Raises `ReauthenticationRequired`, `Conflict`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        if not user.has_mfa:
            sentence = _("Recovery codes come with two-step sign-in. Turn that on first.")
            raise Conflict(sentence, reason="mfa_not_enabled")
        codes = replace(user, now=now)
        facts = {"security_url": mailed.url("/account/security"), **mailed.circumstances(now)}
        mail.send("recovery_codes_made", user.email, facts, locale=user.locale)
        audit.record(RecoveryCodesMade(**by_oneself(user.id), count=len(codes)))
    return codes


def count_left(user: User) -> int:
    """How many of the person's codes are still good."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()
