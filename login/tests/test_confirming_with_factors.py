"""Rule 13: who has a second factor confirms with that, and with nothing less."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from accounts import passwords
from accounts.factories import PASSWORD
from accounts.models import Session, SudoCode, User
from accounts.services import sessions, sudo
from accounts.tests.browsers import signed_in
from audit.models import Event
from core import clock
from core.errors import AuthenticationFailed, Conflict, RateLimited, ReauthenticationRequired
from login.services import reauthentication
from login.services.reauthentication import Way
from login.tests.api import call, problem_of
from mfa.factories import SEED, enrol_totp, give_recovery_codes
from mfa.factors import FACTORS, Answer
from mfa.methods import Method

CONFIRM = "/account/confirm"
REST = "reauthenticate"
RECOVERY = "AAAAA11111"


@pytest.fixture
def alice(alice: User) -> User:
    enrol_totp(alice)
    give_recovery_codes(alice, RECOVERY)
    return alice


def closed(
    user: User, *amr: str, kind: Session.Kind = Session.Kind.BROWSER, door: str = "password"
) -> Session:
    """A session whose proof is an hour old."""
    now = clock.now()
    proof = sessions.Proof(amr=amr or ("pwd",), auth_time=now - timedelta(hours=1), door=door)
    return sessions.start_session(user, proof, kind=kind, keep=False, now=now).session


def code() -> str:
    return pyotp.TOTP(SEED).now()


def totp(given: str = "") -> Answer:
    return Answer(method=Method.TOTP, code=given or code())


def last_confirmation() -> tuple[str, str]:
    event = Event.objects.filter(action="session.sudo_confirmed").latest("seq")
    return event.data["by"], event.result


def test_a_factor_opens_it_and_lifts_the_session(alice: User) -> None:
    session, now = closed(alice), clock.now()
    before, proven_at = session.secret_hash, session.auth_time
    reauthentication.confirm_with_factor(session, totp(), now=now)
    session = Session.objects.get(id=session.id)
    assert sudo.is_open(session, now=now)
    assert (session.amr, session.acr) == (["pwd", "otp", "mfa"], "aal2")
    assert session.secret_hash != before, "S238: the cookie is another one"
    assert session.auth_time == proven_at, "no new sign-in"
    assert last_confirmation() == ("totp", "success")


def test_the_password_is_not_even_looked_at(alice: User) -> None:
    """Else it could be guessed from a session that was left open."""
    for given in (PASSWORD, "wrong"):
        with pytest.raises(Conflict):
            reauthentication.confirm_with_password(closed(alice), given, now=clock.now())
    assert not Event.objects.filter(action="session.sudo_confirmed").exists()


def test_a_mailed_code_is_neither_sent_nor_heard(alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    session = closed(alice)
    with pytest.raises(Conflict):
        reauthentication.send(session, Way.MAILED_CODE, now=clock.now())
    assert not SudoCode.objects.exists()


def test_a_code_that_was_mailed_before_the_factor_came(bob: User) -> None:
    bob.set_unusable_password()
    bob.save()
    session = closed(bob)
    reauthentication.send(session, Way.MAILED_CODE, now=clock.now())
    enrol_totp(bob)
    session = Session.objects.select_related("user").get(id=session.id)
    assert reauthentication.ways_of(session, now=clock.now()) == (Method.TOTP,)


def test_a_factor_that_came_while_the_password_was_looked_at(
    bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, is_correct = closed(bob), passwords.is_correct

    def slowly(*args: Any) -> bool:
        enrol_totp(User.objects.get(id=bob.id))
        return is_correct(*args)

    monkeypatch.setattr(passwords, "is_correct", slowly)
    with pytest.raises(Conflict):
        reauthentication.confirm_with_password(session, PASSWORD, now=clock.now())
    assert not sudo.is_open(Session.objects.get(id=session.id), now=clock.now())


def test_a_recovery_code_confirms_once(alice: User) -> None:
    given = Answer(method=Method.RECOVERY_CODE, code=RECOVERY)
    reauthentication.confirm_with_factor(closed(alice), given, now=clock.now())
    with pytest.raises(AuthenticationFailed):
        reauthentication.confirm_with_factor(closed(alice), given, now=clock.now())
    assert last_confirmation() == ("recovery_code", "failure")


def test_s140_guesses_count_with_those_of_sign_ins(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on", redis_url="")
    token = call("login", {"email": alice.email, "password": PASSWORD}).json()["mfa_token"]
    for number in range(10):
        if number % 2:
            assert call("mfa/verify", {"mfa_token": token, "code": "000000"}).status_code == 401
        else:
            with pytest.raises(AuthenticationFailed):
                reauthentication.confirm_with_factor(closed(alice), totp("000000"), now=clock.now())
    with pytest.raises(RateLimited):
        reauthentication.confirm_with_factor(closed(alice), totp(), now=clock.now())
    assert call("mfa/verify", {"mfa_token": token, "code": code()}).status_code == 429


def test_whoever_was_locked_out_meanwhile_confirms_nothing(alice: User) -> None:
    session = closed(alice)
    sessions.end_all(alice, reason="sign_in_disowned", now=clock.now())
    with pytest.raises(ReauthenticationRequired):
        reauthentication.confirm_with_factor(session, totp(), now=clock.now())


@pytest.mark.parametrize(
    ("level", "ways"),
    [
        ("", (Method.TOTP, Method.RECOVERY_CODE)),
        ("aal1", (Method.TOTP, Method.RECOVERY_CODE)),
        ("aal2", (Method.TOTP, Method.RECOVERY_CODE)),
        ("phr", ()),
    ],
)
def test_only_what_reaches_the_level_counts(alice: User, level: str, ways: Any) -> None:
    assert reauthentication.ways_of(closed(alice), level=level, now=clock.now()) == ways


def test_a_password_reaches_no_higher_level(bob: User) -> None:
    session, now = closed(bob), clock.now()
    assert reauthentication.ways_of(session, level="aal1", now=now) == (Way.PASSWORD,)
    with pytest.raises(Conflict):
        reauthentication.confirm_with_password(session, PASSWORD, level="aal2", now=now)


def test_one_statement_per_method_to_see_what_confirms(alice: User, django_assert_num_queries: Any) -> None:
    session = closed(alice)
    with django_assert_num_queries(len(FACTORS)):
        reauthentication.ways_of(session, now=clock.now())


class TestThePage:
    def browser(self, user: User) -> Client:
        return signed_in(user, auth_time=clock.now() - timedelta(hours=1))

    def test_by_the_last_used_method(self, alice: User) -> None:
        browser = self.browser(alice)
        before = browser.cookies[settings.SESSION_COOKIE_NAME].value
        page = browser.get(CONFIRM, {"next": "/account/profile"}).content.decode()
        assert 'name="code"' in page
        assert 'name="password"' not in page
        assert "method=recovery_code" in page
        shown = f" {code()[:3]}-{code()[3:]} "
        done = browser.post(CONFIRM, {"code": shown, "method": "totp", "next": "/account/profile"})
        assert (done.status_code, done["Location"]) == (303, "/account/profile")
        assert browser.cookies[settings.SESSION_COOKIE_NAME].value != before
        stale = Client()
        stale.cookies[settings.SESSION_COOKIE_NAME] = before
        assert stale.get("/account").status_code == 302, "S238: the old cookie is dead"
        assert browser.get("/account").status_code == 200

    def test_s149_the_password_is_no_way(self, alice: User) -> None:
        for more in ({}, {"method": "password"}, {"method": "mailed_code", "send": "1"}):
            answer = self.browser(alice).post(CONFIRM, {"password": PASSWORD, **more})
            assert answer.status_code == 422
        assert not Session.objects.exclude(sudo_until=None).filter(sudo_until__gt=clock.now()).exists()
        assert not SudoCode.objects.exists()

    def test_a_wrong_code_comes_back(self, alice: User) -> None:
        answer = self.browser(alice).post(CONFIRM, {"code": "000000", "next": "/account/profile"})
        assert answer.status_code == 422
        assert 'value="/account/profile"' in answer.content.decode()

    def test_too_many_say_when_to_come_again(self, alice: User, janua_options: Any) -> None:
        janua_options(rate_limits="on", redis_url="")
        browser = self.browser(alice)
        for _ in range(10):
            browser.post(CONFIRM, {"code": "000000"})
        answer = browser.post(CONFIRM, {"code": code()})
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 3600

    def test_a_step_up_asks_for_the_factor_once(self, alice: User) -> None:
        """A trusted browser came in by the password; an app asks for more."""
        browser = self.browser(alice)
        query = {"next": "/account/profile", "level": "aal2"}
        page = browser.get(CONFIRM, query)
        assert page.status_code == 200
        assert 'name="level" value="aal2"' in page.content.decode()
        assert browser.post(CONFIRM, {**query, "code": code()}).status_code == 303
        assert browser.get(CONFIRM, query)["Location"] == "/account/profile", "straight on"

    def test_what_nothing_reaches_is_said(self, alice: User) -> None:
        browser = self.browser(alice)
        assert browser.get(CONFIRM, {"level": "phr"}).status_code == 409
        assert browser.post(CONFIRM, {"level": "phr", "code": code()}).status_code == 409
        assert browser.get(CONFIRM, {"level": "nonsense"}).status_code == 200


class TestOverRest:
    def token(self, user: User) -> str:
        """An hour after a login with both."""
        due = call("login", {"email": user.email, "password": PASSWORD}).json()
        given = {"mfa_token": due["mfa_token"], "method": "recovery_code", "code": RECOVERY}
        token: str = call("mfa/verify", given).json()["tokens"]["access_token"]
        Session.objects.update(sudo_until=clock.now() - timedelta(minutes=45))
        return token

    def test_it_lists_and_confirms(self, alice: User) -> None:
        token = self.token(alice)
        assert call(REST, {}, token=token).json() == {"methods": ["totp"]}
        wrong = call(REST, {"method": "totp", "code": "000000"}, token=token)
        assert problem_of(wrong) == (401, "AUTHENTICATION_ERROR", "invalid_mfa_code")
        assert call(REST, {"method": "totp", "code": code()}, token=token).status_code == 204
        assert Session.objects.filter(sudo_until__gt=clock.now()).count() == 1

    def test_without_a_method_it_is_the_last_used(self, alice: User) -> None:
        assert call(REST, {"code": code()}, token=self.token(alice)).status_code == 204

    def test_s149_the_password_is_no_way(self, alice: User) -> None:
        token = self.token(alice)
        for given in (PASSWORD, "wrong"):
            refused = call(REST, {"password": given}, token=token)
            assert problem_of(refused) == (409, "CONFLICT_ERROR", "another_way_required")
        assert not Session.objects.filter(sudo_until__gt=clock.now()).exists()
        assert not SudoCode.objects.exists()

    def test_a_code_that_is_not_sent_cannot_be_asked_for(self, alice: User) -> None:
        token = self.token(alice)
        for method in ("totp", "sms", "email", "recovery_code"):
            assert call(REST, {"method": method}, token=token).status_code == 409
        assert call(REST, {"password": PASSWORD, "code": code()}, token=token).status_code == 422
