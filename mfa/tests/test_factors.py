"""The shared contract, held by every method that answers with a code."""

from base64 import b32encode
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

import pyotp

from accounts.models import User
from accounts.tests.address_cast import code_sent_to
from accounts.tests.mails import last_letter, wrong
from mfa.factories import enrol_email, enrol_sms, enrol_totp, give_recovery_codes
from mfa.factors import Answer
from mfa.methods import Method
from mfa.models import Factor
from mfa.services import factors
from mfa.tests.contract import FactorContract


def number_of(user: User) -> str:
    return f"+49151234567{int(user.id) % 90 + 10}"


class CodeContract(FactorContract):
    """What is typed."""

    def code(self, user: User, *, holder: str, now: datetime) -> str:
        raise NotImplementedError

    def right(self, user: User, *, holder: str, now: datetime) -> Answer:
        return Answer(method=self.method, code=self.code(user, holder=holder, now=now))

    def wrong(self, answer: Answer) -> Answer:
        return replace(answer, code=wrong(answer.code))


class TestTotp(CodeContract):
    method: ClassVar[Method] = Method.TOTP
    amr: ClassVar[tuple[str, ...]] = ("otp",)
    lifetime: ClassVar[timedelta | None] = timedelta(minutes=2)
    is_bound_to_holder: ClassVar[bool] = False

    def seed(self, user: User) -> str:
        return b32encode(sha256(user.id.bytes).digest()[:20]).decode()

    def enrol(self, user: User) -> None:
        enrol_totp(user, seed=self.seed(user))

    def code(self, user: User, *, holder: str, now: datetime) -> str:
        return pyotp.TOTP(self.seed(user)).at(now)


class TestRecoveryCode(CodeContract):
    method: ClassVar[Method] = Method.RECOVERY_CODE
    amr: ClassVar[tuple[str, ...]] = ("otp",)
    lifetime: ClassVar[timedelta | None] = None
    is_bound_to_holder: ClassVar[bool] = False

    def enrol(self, user: User) -> None:
        give_recovery_codes(user, "FIRST12345")

    def code(self, user: User, *, holder: str, now: datetime) -> str:
        code = f"{sha256(f'{user.id}{now}'.encode()).hexdigest()[:9]}7".upper()
        give_recovery_codes(user, code)
        return code


class TestSms(CodeContract):
    method: ClassVar[Method] = Method.SMS
    amr: ClassVar[tuple[str, ...]] = ("sms",)
    lifetime: ClassVar[timedelta | None] = timedelta(minutes=10)
    is_bound_to_holder: ClassVar[bool] = True

    def enrol(self, user: User) -> None:
        enrol_sms(user, number_of(user))

    def code(self, user: User, *, holder: str, now: datetime) -> str:
        factors.send(user, self.method, holder=holder, now=now)
        return code_sent_to(number_of(user))


class TestEmail(CodeContract):
    method: ClassVar[Method] = Method.EMAIL
    amr: ClassVar[tuple[str, ...]] = ("otp",)
    lifetime: ClassVar[timedelta | None] = timedelta(minutes=10)
    is_bound_to_holder: ClassVar[bool] = True

    def enrol(self, user: User) -> None:
        enrol_email(user)

    def code(self, user: User, *, holder: str, now: datetime) -> str:
        factors.send(user, self.method, holder=holder, now=now)
        return last_letter(user.email).code


def test_a_factor_that_waits_for_its_first_code_answers_nothing(alice: User) -> None:
    enrol_totp(alice)
    Factor.objects.update(confirmed=False)
    assert factors.methods_of(alice, now=datetime.now().astimezone()) == ()
