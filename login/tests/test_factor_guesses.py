"""Guesses of second factors under attack: every one is counted, few are looked at (S139, S140)."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.tests.address_cast import code_sent_to
from accounts.tests.mails import letters_to, wrong
from audit.models import Event
from core import limits, throttle
from core.tests.parallel import in_parallel
from login.models import LoginAttempt
from login.outcomes import ChallengeRequired, Refused
from login.services import challenge, guesses
from login.services.password import PasswordProof, with_password
from mfa.factories import enrol_sms, enrol_totp, give_recovery_codes
from mfa.factors import Answer
from mfa.methods import Method

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NUMBER = "+4915123456789"


def knock(user: User, *, now: datetime = NOW) -> str:
    outcome = with_password(
        PasswordProof(email=user.email, password=PASSWORD, kind=Session.Kind.API), now=now
    )
    assert isinstance(outcome, ChallengeRequired)
    return outcome.secret


def guess(secret: str, code: str, method: Method, *, now: datetime = NOW) -> str:
    outcome = challenge.answer(secret, Answer(method=method, code=code), now=now)
    return outcome.reason.value if isinstance(outcome, Refused) else "in"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", [Method.TOTP, Method.SMS, Method.RECOVERY_CODE])
def test_s140_two_hundred_wrong_codes_at_once_are_all_counted(
    alice: User, method: Method, janua_options: Any
) -> None:
    janua_options(rate_limits="on")
    enrol_totp(alice)
    enrol_sms(alice)
    give_recovery_codes(alice, "AAAAA11111")
    secrets, code = [knock(alice) for _ in range(25)], "BBBBB22222"  # none of them hears ten
    if method == Method.SMS:
        challenge.send(secrets[0], method, now=NOW)
        code = wrong(code_sent_to(NUMBER))
    if method == Method.TOTP:
        code = "000000"
    turns = iter(secrets * 8)
    heard = Counter(in_parallel(200, lambda: guess(next(turns), code, method)))
    limit, key = guesses.bucket(method, alice, None)
    assert heard == {"invalid_mfa_code": limit.count, "rate_limited": 200 - limit.count}
    assert sum(row.guesses for row in LoginAttempt.objects.all()) == limit.count
    assert Event.objects.filter(action="login.factor_refused").count() == limit.count
    assert throttle.hit(limit, key, now=NOW).allowed is False


def test_s139_recovery_codes_are_guessed_ten_times_an_hour_whatever_begins_anew(
    alice: User, janua_options: Any
) -> None:
    janua_options(rate_limits="on")
    enrol_totp(alice)
    give_recovery_codes(alice, "AAAAA11111")
    heard: Counter[str] = Counter()
    for login in range(40):  # a new login after every three tries
        secret = knock(alice, now=NOW + timedelta(seconds=login))
        for number in range(3):
            heard[guess(secret, f"GUESS{login:02}{number:03}", Method.RECOVERY_CODE)] += 1
    assert heard == {"invalid_mfa_code": limits.RECOVERY_CODE_ACCOUNT.count, "rate_limited": 110}
    assert guess(knock(alice), "AAAAA11111", Method.RECOVERY_CODE) == "rate_limited"
    later = NOW + timedelta(hours=1, minutes=1)
    assert guess(knock(alice, now=later), "AAAAA11111", Method.RECOVERY_CODE, now=later) == "in"


@pytest.mark.parametrize("method", [Method.TOTP, Method.RECOVERY_CODE])
def test_s139_the_owner_hears_of_guesses_once_a_day(alice: User, method: Method, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    enrol_totp(alice)
    give_recovery_codes(alice, "AAAAA11111")
    for number in range(25):
        if number % 9 == 0:
            secret = knock(alice)
        guess(secret, "000000" if method == Method.TOTP else "BBBBB22222", method)
    [alarm] = [letter for letter in letters_to(alice.email) if letter.kind == "factor_guessed"]
    assert "/password/forgot" in alarm.text
