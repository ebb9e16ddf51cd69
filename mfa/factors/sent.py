"""Codes that are sent: by SMS, or to the account's mailbox.

A code is good for one factor and one holder. Both kinds prove less than an app or a key: numbers are ported away and
mailboxes are read by others, which docs/second-factors.md tells people and operators.
"""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import mailed, phone_numbers
from audit import services as audit
from core import crypto, limits, mail, sms, throttle
from core.errors import NotFound, RateLimited
from mfa import codes
from mfa.factors.base import Answer
from mfa.methods import Method
from mfa.models import Factor, SentCode
from mfa.sent_events import FactorCodeSent

DOTS = "•••"


class SentFactor(ABC):
    """What both have in common. One phone and one mailbox a person: a new one takes the place of the old."""

    method: ClassVar[Method]
    amr: ClassVar[str]

    def may_answer(self, user: User, *, now: datetime) -> datetime | None:
        factor = self.find(user)
        return (factor.last_used_at or factor.created_at) if factor else None

    def accepts(self, user: User, answer: Answer, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        factor = self.find(user)
        if factor is None or not self.redeem(factor, answer.code, holder=holder, now=now):
            return None
        return (self.amr,)

    def send(self, user: User, *, holder: str, is_call: bool = False, now: datetime) -> None:
        factor = self.find(user)
        if factor is None:
            raise _gone()
        self.require_calm(factor, now=now)
        self.issue(factor, holder=holder, is_call=is_call, now=now)

    def destination(self, user: User) -> str:
        factor = self.find(user)
        return self.masked(factor) if factor else ""

    def is_on_its_way(self, user: User, *, holder: str, now: datetime) -> bool:
        factor = self.find(user)
        if factor is None:
            return False
        return SentCode.objects.live(now).filter(factor=factor, holder=self.bound(factor, holder)).exists()

    def find(self, user: User) -> Factor | None:
        factor: Factor | None = (
            Factor.objects.of(user).filter(method=self.method).order_by("-created_at").first()
        )
        return factor

    def redeem(self, factor: Factor, code: str, *, holder: str, now: datetime) -> bool:
        """Use up the code that was sent to this factor, confirmed or not yet, for this holder."""
        if not codes.is_digits(code, SentCode.CODE_DIGITS):
            return False
        sent = SentCode.objects.filter(factor=factor, holder=self.bound(factor, holder))
        if SentCode.redeem_code(sent, code, now=now) is None:
            return False
        factor.last_used_at = now
        factor.save(update_fields=["last_used_at"])
        return True

    def confirms(self, factor: Factor, code: str, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        """The first right code. What the person had of this kind before goes."""
        if not self.redeem(factor, code, holder=holder, now=now):
            return None
        Factor.objects.of(factor.user).filter(method=self.method).exclude(id=factor.id).delete()
        return (self.amr,)

    def require_calm(self, factor: Factor, *, now: datetime) -> None:
        """Count a code: the pause since the last one, then what a person may have sent. Raises `RateLimited`."""
        verdict = throttle.hit(limits.FACTOR_SENT, f"{factor.user_id}:{self.address(factor)}", now=now)
        if not verdict.allowed:
            sentence = _("A code was sent a moment ago. Wait {seconds} seconds, then ask for another.")
            wait = verdict.retry_after_seconds
            raise RateLimited(sentence.format(seconds=wait), retry_after_seconds=wait)
        self.count(factor, now=now)

    @transaction.atomic
    def issue(self, factor: Factor, *, holder: str, is_call: bool = False, now: datetime) -> None:
        """Send a code to this factor, confirmed or not yet; the ones before for the holder are void."""
        # Parallel ones take turns: each voids what the one before it sent.
        if not Factor.objects.select_for_update(no_key=True).filter(id=factor.id).exists():
            raise _gone()
        row = SentCode(factor=factor, holder=self.bound(factor, holder))
        code = row.renew_code(now=now)
        SentCode.objects.live(now).filter(factor=factor, holder=row.holder).update(used_at=now)
        row.save()
        self.deliver(factor, code, is_call=is_call, now=now)
        audit.record(
            FactorCodeSent(
                actor_type="user",
                actor_id=factor.user_id,
                target_type="user",
                target_id=str(factor.user_id),
                method=self.method,
                purpose=self.purpose(factor, holder),
                phone_number=factor.phone_number,
            )
        )

    def bound(self, factor: Factor, holder: str) -> str:
        """What a code is bound to beside its factor."""
        return holder

    def purpose(self, factor: Factor, holder: str) -> str:
        """What the trail says a code was for."""
        return holder.partition(":")[0] if factor.confirmed else "set_up"

    @abstractmethod
    def address(self, factor: Factor) -> str:
        """Where codes go."""

    @abstractmethod
    def masked(self, factor: Factor) -> str:
        """The same, for its owner to recognise."""

    @abstractmethod
    def count(self, factor: Factor, *, now: datetime) -> None:
        """Count a code against what may be sent there."""

    @abstractmethod
    def deliver(self, factor: Factor, code: str, *, is_call: bool, now: datetime) -> None:
        """Put it into the outbox."""


class SmsFactor(SentFactor):
    method: ClassVar[Method] = Method.SMS
    amr: ClassVar[str] = "sms"

    def address(self, factor: Factor) -> str:
        return factor.phone_number

    def count(self, factor: Factor, *, now: datetime) -> None:
        phone_numbers.require_calm(factor.user, factor.phone_number, is_theirs=factor.confirmed, now=now)

    def deliver(self, factor: Factor, code: str, *, is_call: bool, now: datetime) -> None:
        facts: dict[str, object] = {"code": code, "minutes": _minutes(), "digits": ", ".join(code)}
        kind = "factor_call" if is_call else "factor_code"
        sms.send(kind, factor.phone_number, facts, locale=factor.user.locale, is_call=is_call)

    def masked(self, factor: Factor) -> str:
        return f"{DOTS}• {factor.phone_number[-2:]}"


class EmailFactor(SentFactor):
    """The account's primary address, whatever it is at the moment."""

    method: ClassVar[Method] = Method.EMAIL
    amr: ClassVar[str] = "otp"
    is_factor: ClassVar[bool] = True

    def bound(self, factor: Factor, holder: str) -> str:
        """The mailbox too: a code that went to the address before is void."""
        return f"{holder}:{crypto.keyed_hash('factor-mailbox', factor.user.email)[:16]}"

    def address(self, factor: Factor) -> str:
        return factor.user.email

    def count(self, factor: Factor, *, now: datetime) -> None:
        throttle.require(limits.FACTOR_MAIL_ACCOUNT, str(factor.user_id), now=now)
        throttle.require(limits.MAIL_IP, throttle.visitor(), now=now)

    def deliver(self, factor: Factor, code: str, *, is_call: bool, now: datetime) -> None:
        user = factor.user
        facts = {
            "code": code,
            "minutes": _minutes(),
            "is_two_step": self.is_factor,
            **mailed.circumstances(now),
        }
        mail.send("factor_code", user.email, facts, locale=user.locale)

    def masked(self, factor: Factor) -> str:
        local, _at, domain = factor.user.email.rpartition("@")
        return f"{local[:1]}{DOTS}@{domain[:1]}{DOTS}"


def _minutes() -> int:
    return int(SentCode.LIFETIME.total_seconds() // 60)


def _gone() -> NotFound:
    return NotFound(_("This method is not set up any more. Choose another one."))
