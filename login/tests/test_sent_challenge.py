"""Codes that are sent for a login: to whom, how often, and for nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Identity, Session, User
from accounts.services.identities import ToldIdentity
from accounts.tests.address_cast import code_sent_to
from accounts.tests.mails import last_letter, letters_to
from audit.models import Event
from core import limits
from core.errors import RateLimited, ValidationFailed
from core.models import Sms
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.services import challenge, federation
from login.services.challenge import Sent
from login.services.password import PasswordProof, with_password
from login.tests.api import call, problem_of
from mfa.factories import enrol_email, enrol_sms, enrol_totp, give_recovery_codes
from mfa.factors import Answer
from mfa.methods import Method
from mfa.models import SentCode

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NUMBER = "+4915123456789"
PAGE = "/login/challenge"


def knock(user: User, *, now: datetime = NOW) -> str:
    """A right password; the secret of the login that waits."""
    proof = PasswordProof(email=user.email, password=PASSWORD, kind=Session.Kind.API)
    outcome = with_password(proof, now=now)
    assert isinstance(outcome, ChallengeRequired)
    return outcome.secret


def answer(secret: str, code: str, method: Method = Method.SMS, *, now: datetime = NOW) -> Outcome:
    return challenge.answer(secret, Answer(method=method, code=code), now=now)


def at_the_challenge(user: User) -> Client:
    browser = Client()
    answered = browser.post("/login", {"email": user.email, "password": PASSWORD})
    assert (answered.status_code, answered["Location"]) == (303, PAGE)
    return browser


def test_an_sms_is_sent_and_lets_in(alice: User) -> None:
    enrol_sms(alice)
    secret = knock(alice)
    assert not Sms.objects.exists()
    assert challenge.send(secret, Method.SMS, now=NOW) == Sent(Method.SMS, "•••• 89", 600)
    assert Event.objects.get(action="mfa.code_sent").data["purpose"] == "attempt"
    outcome = answer(secret, code_sent_to(NUMBER))
    assert isinstance(outcome, SignedIn)
    assert (outcome.new.session.amr, outcome.new.session.acr) == (["pwd", "sms", "mfa"], "aal2")


def test_a_mail_says_who_asked_and_lets_in(alice: User) -> None:
    enrol_email(alice)
    secret = knock(alice)
    assert challenge.send(secret, Method.EMAIL, now=NOW) == Sent(Method.EMAIL, "a•••@e•••", 600)
    letter = last_letter(alice.email)
    assert letter.kind == "factor_code"
    assert "When: " in letter.text
    outcome = answer(secret, letter.code, Method.EMAIL)
    assert isinstance(outcome, SignedIn)
    assert outcome.new.session.amr == ["pwd", "otp", "mfa"]


def test_a_code_is_for_the_login_that_asked(alice: User) -> None:
    enrol_sms(alice)
    asked, other = knock(alice), knock(alice)
    challenge.send(asked, Method.SMS, now=NOW)
    code = code_sent_to(NUMBER)
    assert answer(other, code) == Refused(Reason.WRONG_FACTOR)
    assert isinstance(answer(asked, code), SignedIn)


def test_a_new_code_makes_the_one_before_void_for_this_login_only(alice: User) -> None:
    enrol_sms(alice)
    first, second = knock(alice), knock(alice)
    codes = {}
    for secret in (first, second, first):
        challenge.send(secret, Method.SMS, now=NOW)
        codes.setdefault(secret, []).append(code_sent_to(NUMBER))
    old, new = codes[first]
    if old != new:
        assert answer(first, old) == Refused(Reason.WRONG_FACTOR)
    assert isinstance(answer(first, new), SignedIn)
    assert isinstance(answer(second, codes[second][0]), SignedIn)


def test_a_changed_address_voids_what_was_mailed_to_the_old_one(alice: User) -> None:
    enrol_email(alice)
    secret = knock(alice)
    challenge.send(secret, Method.EMAIL, now=NOW)
    code = last_letter(alice.email).code
    User.objects.filter(id=alice.id).update(email="moved@example.com")
    assert answer(secret, code, Method.EMAIL) == Refused(Reason.WRONG_FACTOR)


def test_a_code_hears_five_guesses(alice: User) -> None:
    enrol_sms(alice)
    secret = knock(alice)
    challenge.send(secret, Method.SMS, now=NOW)
    code = code_sent_to(NUMBER)
    for _ in range(SentCode.MAX_GUESSES):
        assert answer(secret, f"{(int(code) + 1) % 10**6:06}") == Refused(Reason.WRONG_FACTOR)
    assert answer(secret, code) == Refused(Reason.WRONG_FACTOR)


def test_thirty_seconds_lie_between_two_codes(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    enrol_sms(alice)
    secret = knock(alice)
    challenge.send(secret, Method.SMS, now=NOW)
    with pytest.raises(RateLimited) as caught:
        challenge.send(secret, Method.SMS, now=NOW + timedelta(seconds=20))
    assert caught.value.retry_after_seconds == 10
    assert "10 seconds" in caught.value.detail
    challenge.send(secret, Method.SMS, now=NOW + timedelta(seconds=30))
    assert Sms.objects.count() == 2


def test_mails_of_strangers_do_not_use_up_those_of_the_owner(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    enrol_email(alice)
    for _ in range(limits.MAIL_ADDRESS.count + 1):
        call("magic-link/request", {"email": alice.email})
    secret, now = knock(alice), NOW
    for _ in range(limits.FACTOR_MAIL_ACCOUNT.count):
        now += timedelta(seconds=30)
        challenge.send(secret, Method.EMAIL, now=now)
    with pytest.raises(RateLimited):
        challenge.send(secret, Method.EMAIL, now=now + timedelta(seconds=30))


@pytest.mark.parametrize("method", [Method.TOTP, Method.EMAIL, Method.RECOVERY_CODE, Method.PASSKEY])
def test_only_a_method_of_ones_own_that_sends_is_sent(alice: User, method: Method) -> None:
    enrol_sms(alice)
    enrol_totp(alice)
    with pytest.raises(ValidationFailed):
        challenge.send(knock(alice), method, now=NOW)
    assert not letters_to(alice.email)


class TestOneMailboxCountsOnce:
    """A mailed code or link, and a second step by mail, prove one thing twice."""

    def by_mail(self, user: User) -> Any:
        asker = call("magic-link/request", {"email": user.email}).json()["id"]
        return call("magic-link/verify", {"id": asker, "code": last_letter(user.email).code})

    def test_other_methods_are_offered(self, alice: User) -> None:
        enrol_email(alice)
        enrol_sms(alice)
        give_recovery_codes(alice, "AAAAA11111")
        due = self.by_mail(alice).json()
        assert due["methods"] == ["sms", "recovery_code"]
        refused = call("mfa/challenge", {"mfa_token": due["mfa_token"], "method": "email"})
        assert problem_of(refused)[0] == 422

    def test_recovery_codes_stay(self, alice: User) -> None:
        enrol_email(alice)
        give_recovery_codes(alice, "AAAAA11111")
        assert self.by_mail(alice).json()["methods"] == ["recovery_code"]

    def test_without_another_the_person_signs_in_another_way(self, alice: User) -> None:
        enrol_email(alice)
        refused = self.by_mail(alice)
        assert problem_of(refused) == (401, "AUTHENTICATION_ERROR", "mailbox_not_enough")
        assert not Session.objects.exists()

    def test_after_a_password_it_is_offered(self, alice: User) -> None:
        enrol_email(alice)
        due = call("login", {"email": alice.email, "password": PASSWORD}).json()
        assert due["methods"] == ["email"]

    def test_the_page_says_so(self, alice: User) -> None:
        enrol_email(alice)
        browser = Client()
        browser.post("/login/email", {"email": alice.email})
        page = browser.post("/login/code", {"code": last_letter(alice.email).code})
        assert page.status_code == 401
        assert "one mailbox counts once" in page.content.decode()


def test_over_rest(alice: User) -> None:
    enrol_sms(alice)
    token = call("login", {"email": alice.email, "password": PASSWORD}).json()["mfa_token"]
    sent = call("mfa/challenge", {"mfa_token": token, "method": "sms"})
    assert sent.status_code == 202
    assert sent.json() == {"method": "sms", "destination": "•••• 89", "expires_in": 600}
    done = call("mfa/verify", {"mfa_token": token, "method": "sms", "code": code_sent_to(NUMBER)})
    assert done.status_code == 200
    for over in (token, "jnu_la_" + "x" * 43, "x"):
        refused = call("mfa/challenge", {"mfa_token": over, "method": "sms"})
        assert problem_of(refused) == (401, "AUTHENTICATION_ERROR", "invalid_mfa_token")


@pytest.mark.parametrize(
    "body",
    [{}, {"mfa_token": "x"}, {"method": "sms"}, {"mfa_token": None, "method": "sms"}, [], [1], "text",
     {"mfa_token": "x", "method": "totp"}, {"mfa_token": ["x"], "method": "sms"},
     {"mfa_token": "x", "method": "sms", "user_id": "1"}],
)  # fmt: skip
def test_s135_a_challenge_is_asked_for_properly(db: None, body: Any) -> None:
    assert problem_of(call("mfa/challenge", body))[0] in (400, 422)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [("", "application/x-www-form-urlencoded"), ("code=", "application/x-www-form-urlencoded"),
     ("method=sms", "application/x-www-form-urlencoded"),
     ("code[]=123456", "application/x-www-form-urlencoded"), ('{"code": "123456"}', "application/json"),
     ('{"code": null}', "application/json"), ("code=123456", "text/plain"), ("\x00", "multipart/form-data")],
)  # fmt: skip
def test_s135_a_page_without_a_code_stays_in_the_challenge(alice: User, body: str, content_type: str) -> None:
    enrol_sms(alice)
    browser = at_the_challenge(alice)
    assert browser.post(PAGE, body, content_type=content_type).status_code in (400, 422)
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    assert browser.get(PAGE).status_code == 200
    assert browser.post(PAGE, {"code": code_sent_to(NUMBER)}).status_code == 303


@pytest.mark.parametrize(
    "body", [{}, {"code": None}, {"code": []}, {"code": ""}, {"code": {"a": 1}}, {"code": 123456}]
)
def test_s135_over_rest_too(alice: User, body: dict[str, Any]) -> None:
    enrol_sms(alice)
    token = call("login", {"email": alice.email, "password": PASSWORD}).json()["mfa_token"]
    challenge.send(token, Method.SMS, now=datetime.now(UTC))
    refused = call("mfa/verify", {"mfa_token": token, **body})
    assert refused.status_code in (401, 422)
    assert not Session.objects.exists()
    assert call("mfa/verify", {"mfa_token": token, "code": code_sent_to(NUMBER)}).status_code == 200


def test_in_a_browser_the_last_used_is_sent_at_once_and_never_by_looking(alice: User) -> None:
    enrol_sms(alice)
    browser = at_the_challenge(alice)
    assert Sms.objects.count() == 1
    for _ in range(3):
        page = browser.get(PAGE).content.decode()
    assert Sms.objects.count() == 1
    assert "•••• 89" in page
    assert NUMBER not in page
    assert (
        browser.post(PAGE, {"code": f" {code_sent_to(NUMBER)[:3]}-{code_sent_to(NUMBER)[3:]}"}).status_code
        == 303
    )
    assert settings.SESSION_COOKIE_NAME in browser.cookies


def test_a_call_reads_the_code_out_where_calls_are_on(alice: User, janua_options: Any) -> None:
    enrol_sms(alice)
    browser = at_the_challenge(alice)
    assert "Call me instead" not in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"send": "call"}).status_code == 422
    janua_options(sms_voice="on")
    assert "Call me instead" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"send": "call"}).status_code == 303
    call_made = Sms.objects.latest("created_at", "id")
    assert (call_made.kind, call_made.spoken_in) == ("factor_call", "en")
    digits = call_made.text.partition("is: ")[2].partition(".")[0].replace(", ", "")
    assert browser.post(PAGE, {"code": digits}).status_code == 303


def test_over_rest_too_and_never_a_mail(alice: User, janua_options: Any) -> None:
    janua_options(sms_voice="on")
    enrol_sms(alice)
    enrol_email(alice)
    token = call("login", {"email": alice.email, "password": PASSWORD}).json()["mfa_token"]
    body = {"mfa_token": token, "channel": "voice"}
    assert call("mfa/challenge", {**body, "method": "sms"}).status_code == 202
    assert Sms.objects.get().spoken_in
    assert problem_of(call("mfa/challenge", {**body, "method": "email"}))[0] == 422


def test_another_method_is_sent_by_a_button(alice: User) -> None:
    enrol_email(alice)
    enrol_totp(alice)
    browser = at_the_challenge(alice)
    chosen = f"{PAGE}?method=email"
    page = browser.get(chosen).content.decode()
    assert "Email me a code" in page
    assert 'name="code"' not in page
    assert not letters_to(alice.email)
    assert browser.post(PAGE, {"method": "email", "send": "1"})["Location"] == chosen
    assert 'name="code"' in browser.get(chosen).content.decode()
    code = last_letter(alice.email).code
    assert browser.post(PAGE, {"method": "email", "code": code}).status_code == 303


def test_too_soon_the_page_says_how_long_to_wait(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    enrol_sms(alice)
    page = at_the_challenge(alice).post(PAGE, {"method": "sms", "send": "1"})
    assert page.status_code == 429
    assert int(page["Retry-After"]) <= 30
    assert "A code was sent a moment ago" in page.content.decode()
    assert Sms.objects.count() == 1


def test_a_provider_that_vouches_for_the_mailbox_proves_the_mailbox(alice: User) -> None:
    """And while the second factor is due, its account is not connected: next time it would count as more."""
    told = ToldIdentity(
        provider="google",
        provider_name="Google",
        connection="google:",
        subject="4711",
        email=alice.email,
        email_is_verified=True,
        is_authoritative=True,
    )
    enrol_email(alice)
    entry = federation.Entry(kind=Session.Kind.BROWSER)
    assert federation.with_federation(told, entry, now=NOW) == Refused(Reason.MAILBOX_TWICE)
    enrol_sms(alice)
    due = federation.with_federation(told, entry, now=NOW)
    assert isinstance(due, ChallengeRequired)
    assert due.methods == (Method.SMS,)
    assert not Identity.objects.exists()
    Identity.objects.create(
        user=alice, provider="google", connection="google:", subject="4711", created_at=NOW, last_used_at=NOW
    )
    due = federation.with_federation(told, entry, now=NOW)
    assert isinstance(due, ChallengeRequired)
    assert set(due.methods) == {Method.SMS, Method.EMAIL}
