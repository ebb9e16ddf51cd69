"""Who has a second factor is asked for it, and is nowhere in before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Session, User
from audit.models import Event
from core import clock
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.services import challenge
from login.services.password import PasswordProof, with_password
from login.tests.api import call, problem_of
from mfa.factories import SEED, enrol_sms, enrol_totp, give_recovery_codes
from mfa.factors import Answer
from mfa.methods import Method

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def knock(user: User, *, now: datetime = NOW) -> ChallengeRequired:
    proof = PasswordProof(email=user.email, password=PASSWORD, kind=Session.Kind.BROWSER)
    outcome = with_password(proof, now=now)
    assert isinstance(outcome, ChallengeRequired)
    return outcome


def code_at(when: datetime) -> str:
    return pyotp.TOTP(SEED).at(when)


def answer(
    due: ChallengeRequired, code: str, *, method: Method = Method.TOTP, now: datetime = NOW
) -> Outcome:
    return challenge.answer(due.secret, Answer(method=method, code=code), now=now)


def test_a_password_is_not_enough(alice: User) -> None:
    enrol_totp(alice)
    due = knock(alice)
    assert due.methods == (Method.TOTP,)
    assert not Session.objects.exists()
    assert Event.objects.filter(action="login.challenged", actor_id=alice.id).count() == 1
    assert not Event.objects.filter(action="login.succeeded").exists()


def test_the_code_lets_in_with_both_proofs(alice: User) -> None:
    enrol_totp(alice)
    outcome = answer(knock(alice), code_at(NOW))
    assert isinstance(outcome, SignedIn)
    assert outcome.new.session.amr == ["pwd", "otp", "mfa"]
    assert outcome.new.session.acr == "aal2"
    assert outcome.new.session.sudo_until == NOW + timedelta(minutes=15)


def test_a_browser_with_no_method_left_is_led_to_the_recovery(alice: User, janua_options: Any) -> None:
    enrol_totp(alice)
    janua_options(mfa_methods=("passkey",))
    browser = Client()
    answered = browser.post("/login", {"email": alice.email, "password": PASSWORD}, follow=True)
    assert [path for path, _status in answered.redirect_chain] == ["/login/challenge", "/login/recover"]
    assert answered.status_code == 200
    assert 'href="/login/challenge"' not in answered.text, "which leads back here"


def test_a_phone_that_no_sms_reaches_is_not_asked_for(alice: User, janua_options: Any) -> None:
    enrol_sms(alice)
    give_recovery_codes(alice, "AAAAA11111")
    janua_options(sms_gateway="console", base_url="https://id.example.com")
    assert knock(alice).methods == (Method.RECOVERY_CODE,)


def test_no_key_is_asked_to_sign_for_who_has_none(alice: User) -> None:
    enrol_totp(alice)
    answered = call("mfa/challenge", {"mfa_token": knock(alice, now=clock.now()).secret, "method": "passkey"})
    assert answered.status_code == 422


def test_s136_a_code_works_once_and_no_earlier_one_after_it(alice: User) -> None:
    enrol_totp(alice)
    assert isinstance(answer(knock(alice), code_at(NOW)), SignedIn)
    for when in (NOW, NOW - timedelta(seconds=30)):
        assert answer(knock(alice), code_at(when)) == Refused(Reason.WRONG_FACTOR)
    later = NOW + timedelta(seconds=30)
    assert isinstance(answer(knock(alice, now=later), code_at(later), now=later), SignedIn)


def test_the_clock_of_the_app_may_be_off_and_is_remembered(alice: User) -> None:
    factor = enrol_totp(alice)
    now = NOW
    for seconds in (30, 60, 90):  # each time one step later than the last we knew
        now += timedelta(hours=1)
        assert isinstance(
            answer(knock(alice, now=now), code_at(now + timedelta(seconds=seconds)), now=now), SignedIn
        )
    factor.refresh_from_db()
    assert factor.drift == 3


def test_an_attempt_is_over_once_it_succeeded_expired_or_was_guessed_at(alice: User) -> None:
    enrol_totp(alice)
    give_recovery_codes(alice, "AAAAA11111")
    used = knock(alice)
    assert isinstance(answer(used, code_at(NOW)), SignedIn)
    over = Refused(Reason.ATTEMPT_OVER)
    assert answer(used, "AAAAA11111", method=Method.RECOVERY_CODE) == over
    late = NOW + timedelta(minutes=10)
    assert answer(knock(alice), code_at(late), now=late) == over
    assert answer(ChallengeRequired("jnu_la_" + "x" * 43, (), 0), code_at(NOW)) == over


def test_s140_wrong_codes_count_over_all_logins(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    enrol_totp(alice)
    for _ in range(10):
        assert answer(knock(alice), "000000") == Refused(Reason.WRONG_FACTOR)
    refused = answer(knock(alice), code_at(NOW))
    assert isinstance(refused, Refused)
    assert refused.reason == Reason.RATE_LIMITED
    assert Event.objects.filter(action="login.factor_refused", target_id=str(alice.id)).count() == 10


def test_a_recovery_code_works_once(alice: User) -> None:
    enrol_totp(alice)
    give_recovery_codes(alice, "AAAAA11111", "BBBBB22222")
    due = knock(alice)
    assert due.methods == (Method.TOTP, Method.RECOVERY_CODE)
    assert isinstance(answer(due, "AAAAA11111", method=Method.RECOVERY_CODE), SignedIn)
    assert answer(knock(alice), "AAAAA11111", method=Method.RECOVERY_CODE) == Refused(Reason.WRONG_FACTOR)


def test_a_new_password_voids_the_attempt(alice: User) -> None:
    enrol_totp(alice)
    due = knock(alice)
    User.objects.filter(id=alice.id).update(password_changed_at=NOW)
    assert answer(due, code_at(NOW)) == Refused(Reason.ATTEMPT_OVER)


@pytest.mark.parametrize("typed", ["{}", " {:.3} {:.3}", "{:.3}-{:.3}"])
def test_in_a_browser(alice: User, typed: str) -> None:
    enrol_totp(alice)
    browser = Client(enforce_csrf_checks=False)
    answered = browser.post(
        "/login", {"email": alice.email, "password": PASSWORD, "next": "/account/sessions"}
    )
    assert (answered.status_code, answered["Location"]) == (303, "/login/challenge")
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    assert browser.get("/account")["Location"].startswith("/login")
    assert browser.post("/login/challenge", {"code": "123"}).status_code == 401
    code = pyotp.TOTP(SEED).now()
    shown = code if typed == "{}" else code[:3] + typed[5:6].replace("}", " ") + code[3:]
    done = browser.post("/login/challenge", {"code": shown})
    assert (done.status_code, done["Location"]) == (303, "/account/sessions")
    assert browser.get("/account").status_code == 200


def test_full_width_and_arabic_digits_are_one_code(alice: User) -> None:
    enrol_totp(alice)
    browser = Client()
    browser.post("/login", {"email": alice.email, "password": PASSWORD})
    code = pyotp.TOTP(SEED).now()
    arabic = "".join(chr(0x0660 + int(digit)) for digit in code[:3])
    wide = "".join(chr(0xFF10 + int(digit)) for digit in code[3:])
    assert browser.post("/login/challenge", {"code": f"{arabic} {wide}"}).status_code == 303


def test_over_rest(alice: User) -> None:
    enrol_totp(alice)
    due = call("login", {"email": alice.email, "password": PASSWORD})
    assert due.status_code == 200
    body = due.json()
    assert body["requires_mfa"] is True
    assert body["methods"] == ["totp"]
    assert "tokens" not in body
    wrong = call("mfa/verify", {"mfa_token": body["mfa_token"], "code": "12345"})
    assert problem_of(wrong) == (401, "AUTHENTICATION_ERROR", "invalid_mfa_code")
    done = call("mfa/verify", {"mfa_token": body["mfa_token"], "code": pyotp.TOTP(SEED).now()})
    assert done.status_code == 200
    assert done.json()["tokens"]["token_type"] == "Bearer"
    assert "requires_mfa" not in done.json()
    again = call("mfa/verify", {"mfa_token": body["mfa_token"], "code": pyotp.TOTP(SEED).now()})
    assert problem_of(again) == (401, "AUTHENTICATION_ERROR", "invalid_mfa_token")


def test_without_an_attempt_the_page_leads_back(db: Any) -> None:
    assert Client().get("/login/challenge")["Location"] == "/login"


def test_a_trusted_browser_is_not_asked_but_opens_no_sudo(alice: User) -> None:
    from accounts.models import Device

    enrol_totp(alice)
    browser = Client()
    browser.post("/login", {"email": alice.email, "password": PASSWORD})
    browser.post("/login/challenge", {"code": pyotp.TOTP(SEED).now()})
    Device.objects.update(trusted_until=datetime.now(UTC) + timedelta(days=30))
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    assert browser.post("/login", {"email": alice.email, "password": PASSWORD})["Location"] == "/account"
    session = Session.objects.order_by("-created_at").first()
    assert session is not None
    assert (session.amr, session.acr, session.sudo_until) == (["pwd"], "aal1", None)
