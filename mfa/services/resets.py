"""When every second factor is lost: a code out of the mailbox begins a reset, and days later a sign-in removes them.

The days are there for the owner: every channel tells of it, with a link that cancels it, and so does any factor that is
used meanwhile. All but `send_code` and `find` run with the person's row locked, so that of a factor and a due reset
exactly one counts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import MailedSecretRefused, by_oneself
from accounts.models import EmailAddress, User
from accounts.services import mailed, sessions
from audit import services as audit
from core import limits, mail, sms, throttle
from core.consume import update_returning
from core.errors import ValidationFailed
from mfa.models import Factor, FactorReset, FactorResetCode
from mfa.reset_events import FactorResetApplied, FactorResetBegun, FactorResetCancelled, FactorResetCodeSent
from mfa.services import factors

CANCEL_PATH = "/login/recover/cancel"
Outcome = FactorReset.Outcome


def send_code(user: User, *, holder: str, now: datetime) -> None:
    """Mail the code that begins a reset; those before, of the same sign-in, are void. Raises `RateLimited`."""
    throttle.require(limits.FACTOR_RESET_ACCOUNT, str(user.id), now=now)
    throttle.require(limits.MAIL_ADDRESS, user.email, now=now)
    row = FactorResetCode(user=user, email=user.email, holder=holder)
    code = row.renew_code(now=now)
    minutes = int(row.LIFETIME.total_seconds() // 60)
    with transaction.atomic():
        FactorResetCode.objects.live(now).filter(holder=holder).update(used_at=now)
        row.save()
        facts = {"code": code, "minutes": minutes, **mailed.circumstances(now)}
        mail.send("factor_reset_code", user.email, facts, locale=user.locale)
        audit.record(FactorResetCodeSent(**_of(user), email=user.email))


def begin(user: User, code: str, *, holder: str, now: datetime) -> FactorReset | None:
    """The reset that the mailed code begins, or the one that waits already; None for a wrong code.

    A code for an address that is not the primary one any more is wrong.
    """
    rows = FactorResetCode.objects.filter(user=user, holder=holder, email=user.email)
    if FactorResetCode.redeem_code(rows, code, now=now) is None:
        audit.record(MailedSecretRefused(**_of(user), result="failure", kind="factor_reset"))
        return None
    return waiting_of(user, now=now) or _begin(user, now=now)


def waiting_of(user: User, *, now: datetime) -> FactorReset | None:
    found: FactorReset | None = FactorReset.objects.waiting(now).filter(user=user).first()
    return found


def _begin(user: User, *, now: datetime) -> FactorReset:
    FactorReset.objects.filter(user=user, ended_at=None).update(ended_at=now, outcome=Outcome.EXPIRED)
    due_at = now + timedelta(days=settings.JANUA.factor_reset_days)
    reset = FactorReset(user=user, asked_at=now, due_at=due_at, expires_at=due_at + FactorReset.WINDOW)
    reset.link_hash = reset.hash_of_link(reset.link_token)
    reset.save()
    tell(user, "factor_reset", {"cancel_url": cancel_url(reset), "due_at": due_at}, now=now)
    audit.record(FactorResetBegun(**_of(user), reset_id=str(reset.id), due_at=due_at.isoformat()))
    return reset


def cancel_url(reset: FactorReset) -> str:
    return mailed.url(f"{CANCEL_PATH}?token={reset.link_token}")


def find(token: str, *, now: datetime) -> FactorReset | None:
    """The reset that this link cancels, while it can be."""
    rows = FactorReset.objects.waiting(now).filter(link_hash=FactorReset.hash_of_link(token))
    found: FactorReset | None = rows.select_related("user").first()
    return found


def cancel(token: str, *, now: datetime) -> None:
    """By the link of a notice; raises `ValidationFailed`."""
    seen = find(token, now=now)
    with transaction.atomic():
        if seen is not None:
            user = User.objects.select_for_update(no_key=True).get(id=seen.user_id)
            rows = FactorReset.objects.waiting(now).filter(id=seen.id)
            if update_returning(rows, ended_at=now, outcome=Outcome.CANCELLED):
                audit.record(FactorResetCancelled(**_of(user), reset_id=str(seen.id), by="link"))
                return
        audit.record(MailedSecretRefused(actor_type="anonymous", result="failure", kind="factor_reset"))
    raise ValidationFailed(_("This link is wrong, was used before, or has expired."), reason="invalid_token")


def end_by_factor(user: User, *, now: datetime) -> None:
    """The person proved a factor: nothing is lost."""
    rows = FactorReset.objects.waiting(now).filter(user=user)
    for reset in update_returning(rows, ended_at=now, outcome=Outcome.FACTOR_USED):
        audit.record(FactorResetCancelled(**by_oneself(user.id), reset_id=str(reset.id), by="factor"))


def apply_if_due(user: User, *, now: datetime) -> None:
    """Remove the factors of the person who signs in, if a reset of theirs is due."""
    rows = FactorReset.objects.waiting(now).filter(user=user, due_at__lte=now)
    for reset in update_returning(rows, ended_at=now, outcome=Outcome.APPLIED):
        gone = remove_all(user, by_operator=False, now=now)
        audit.record(FactorResetApplied(**by_oneself(user.id), reset_id=str(reset.id), methods=gone))


def remove_all(user: User, *, by_operator: bool, now: datetime) -> tuple[str, ...]:
    """Every factor, security key and recovery code goes, and whatever stood on them: sessions, trusted browsers.

    Passkeys sign in by themselves and stay. The methods that went.
    """
    facts = {"by_operator": by_operator, "security_url": mailed.url("/account/security")}
    tell(user, "factors_removed", facts, now=now)
    gone = factors.take_all(user, now=now)
    sessions.end_all(user, reason="factors_removed", now=now)
    return gone


def tell(user: User, kind: str, facts: Mapping[str, object], *, now: datetime) -> None:
    """On every channel: whoever took over one of them cannot keep the owner from hearing of it."""
    facts = {**facts, **mailed.circumstances(now)}
    further = EmailAddress.objects.filter(user=user).order_by("created_at").values_list("email", flat=True)
    for address in (user.email, *further):
        mail.send(kind, address, facts, locale=user.locale)
    if sms.is_available():
        for number in _numbers_of(user):
            sms.send(kind, number, facts, locale=user.locale)


def _numbers_of(user: User) -> list[str]:
    """The account's number, and those that get codes."""
    rows = Factor.objects.of(user).filter(method=Factor.Kind.SMS)
    numbers = set(rows.values_list("phone_number", flat=True))
    if user.phone_number_verified:
        numbers.add(user.phone_number)
    return sorted(numbers - {""})


def _of(user: User) -> dict[str, Any]:
    """For events of somebody who has not proven enough to be the person."""
    return {"actor_type": "anonymous", "target_type": "user", "target_id": str(user.id)}
