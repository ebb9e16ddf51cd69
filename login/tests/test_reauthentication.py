"""Sudo mode: a fresh proof opens one session for 15 minutes, by password or by mailed code, and for nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Session, SudoCode, User
from accounts.services import recovery, sessions, sudo
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from core import clock
from core.errors import (
    AuthenticationFailed,
    Conflict,
    RateLimited,
    ReauthenticationRequired,
    ValidationFailed,
)
from login.services import reauthentication
from login.services.reauthentication import Way

pytestmark = pytest.mark.django_db
CONFIRM = "/account/confirm"


def closed(user: User, kind: Session.Kind = Session.Kind.BROWSER) -> Session:
    """A session whose proof is an hour old."""
    now = clock.now()
    proof = sessions.Proof(amr=("pwd",), auth_time=now - timedelta(hours=1))
    return sessions.start_session(user, proof, kind=kind, keep=False, now=now).session


def is_open(session: Session) -> bool:
    session.refresh_from_db()
    return sudo.is_open(session, now=clock.now())


@pytest.fixture
def nopass(alice: User) -> User:
    """Somebody who came in by a mailed link or another service."""
    alice.set_unusable_password()
    alice.save()
    return alice


def test_fifteen_minutes_and_not_one_longer(alice: User) -> None:
    session, now = closed(alice), clock.now()
    reauthentication.confirm_with_password(session, PASSWORD, now=now)
    sudo.require(session, now=now + timedelta(minutes=14, seconds=59))
    with pytest.raises(ReauthenticationRequired):
        sudo.require(session, now=now + timedelta(minutes=15))


def test_one_session_only(alice: User) -> None:
    here, there = closed(alice), closed(alice)
    reauthentication.confirm_with_password(here, PASSWORD, now=clock.now())
    assert (is_open(here), is_open(there)) == (True, False)


def test_a_wrong_password_opens_nothing_and_is_told(alice: User) -> None:
    session = closed(alice)
    with pytest.raises(AuthenticationFailed):
        reauthentication.confirm_with_password(session, "wrong-" + PASSWORD, now=clock.now())
    assert not is_open(session)
    assert Event.objects.get(action="session.sudo_confirmed").result == "failure"


def test_guesses_have_a_limit(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    session = closed(alice)
    for _ in range(10):
        with pytest.raises(AuthenticationFailed):
            reauthentication.confirm_with_password(session, "wrong-" + PASSWORD, now=clock.now())
    with pytest.raises(RateLimited):
        reauthentication.confirm_with_password(session, PASSWORD, now=clock.now())


def test_the_mailed_code_opens_it_once(nopass: User) -> None:
    session = closed(nopass)
    reauthentication.send(session, Way.MAILED_CODE, now=clock.now())
    code = last_letter(nopass.email).code
    with pytest.raises(ValidationFailed):
        reauthentication.confirm_with_mailed_code(session, wrong(code), now=clock.now())
    reauthentication.confirm_with_mailed_code(session, code, now=clock.now())
    assert is_open(session)
    with pytest.raises(ValidationFailed):
        reauthentication.confirm_with_mailed_code(session, code, now=clock.now())


def test_a_mailed_code_belongs_to_the_session_that_asked(nopass: User, bob: User) -> None:
    here, there, bobs = closed(nopass), closed(nopass), closed(bob)
    reauthentication.send(here, Way.MAILED_CODE, now=clock.now())
    for other in (there, bobs):
        with pytest.raises(ValidationFailed):
            reauthentication.confirm_with_mailed_code(other, last_letter(nopass.email).code, now=clock.now())


def test_a_mailed_code_dies_by_time_by_guesses_and_by_the_next(nopass: User) -> None:
    session, now = closed(nopass), clock.now()
    reauthentication.send(session, Way.MAILED_CODE, now=now)
    first = last_letter(nopass.email).code
    with pytest.raises(ValidationFailed):
        reauthentication.confirm_with_mailed_code(session, first, now=now + timedelta(minutes=10))
    reauthentication.send(session, Way.MAILED_CODE, now=now)
    second = last_letter(nopass.email).code
    for guess in [first if first != second else wrong(second), *[wrong(second)] * 4]:
        with pytest.raises(ValidationFailed):
            reauthentication.confirm_with_mailed_code(session, guess, now=now)
    with pytest.raises(ValidationFailed):
        reauthentication.confirm_with_mailed_code(session, second, now=now)
    assert SudoCode.objects.count() == 2


def test_who_has_a_password_confirms_with_that(alice: User) -> None:
    """Else whoever took over the mailbox, and found a session, would need nothing more."""
    session = closed(alice)
    with pytest.raises(Conflict):
        reauthentication.send(session, Way.MAILED_CODE, now=clock.now())
    assert letters_to(alice.email) == []


def test_who_chose_a_password_meanwhile_confirms_with_that(nopass: User) -> None:
    session = closed(nopass)
    reauthentication.send(session, Way.MAILED_CODE, now=clock.now())
    nopass.set_password(PASSWORD)
    nopass.save()
    session = Session.objects.select_related("user").get(id=session.id)
    with pytest.raises(ValidationFailed):
        reauthentication.confirm_with_mailed_code(session, last_letter(nopass.email).code, now=clock.now())


def test_a_password_that_has_to_be_replaced_opens_nothing(alice: User) -> None:
    """Somebody who came in again by another door."""
    recovery.require_reset(actor=None, user=alice, now=clock.now())
    session = closed(User.objects.get(id=alice.id))
    with pytest.raises(Conflict):
        reauthentication.confirm_with_password(session, PASSWORD, now=clock.now())
    assert reauthentication.ways_of(session, now=clock.now()) == (Way.MAILED_CODE,)


class TestThePage:
    def browser(self, user: User) -> Client:
        return signed_in(user, auth_time=clock.now() - timedelta(hours=1))

    def test_the_password_leads_on_with_a_new_cookie(self, alice: User) -> None:
        browser = self.browser(alice)
        before = browser.cookies[settings.SESSION_COOKIE_NAME].value
        page = browser.get(CONFIRM, {"next": "/account/profile"})
        assert page.status_code == 200
        response = browser.post(CONFIRM, {"password": PASSWORD, "next": "/account/profile"})
        assert (response.status_code, response["Location"]) == (303, "/account/profile")
        assert browser.cookies[settings.SESSION_COOKIE_NAME].value != before
        assert browser.get("/account").status_code == 200
        stale = Client()
        stale.cookies[settings.SESSION_COOKIE_NAME] = before
        assert stale.get("/account").status_code == 302, "the old cookie is dead"
        assert browser.get(CONFIRM, {"next": "/account/profile"})["Location"] == "/account/profile"

    def test_it_leads_only_to_our_own_pages(self, alice: User) -> None:
        response = self.browser(alice).post(CONFIRM, {"password": PASSWORD, "next": "//evil.example"})
        assert response["Location"] == "/account"

    def test_a_wrong_password_comes_back(self, alice: User) -> None:
        response = self.browser(alice).post(CONFIRM, {"password": "wrong"})
        assert response.status_code == 422
        assert "The password is not right." in response.content.decode()

    def test_a_kept_session_keeps_its_cookie(self, alice: User) -> None:
        browser, now = Client(), clock.now()
        proof = sessions.Proof(amr=("pwd",), auth_time=now - timedelta(hours=1))
        new = sessions.start_session(alice, proof, kind=Session.Kind.BROWSER, keep=True, now=now)
        browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
        response = browser.post(CONFIRM, {"password": PASSWORD})
        assert int(response.cookies[settings.SESSION_COOKIE_NAME]["max-age"]) > 86_400
        response = self.browser(alice).post(CONFIRM, {"password": PASSWORD})
        assert response.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""

    def test_without_a_password_by_mail(self, nopass: User) -> None:
        browser = self.browser(nopass)
        assert 'name="send"' in browser.get(CONFIRM).content.decode()
        page = browser.post(CONFIRM, {"send": "1", "next": "/account/profile"})
        assert page.status_code == 200
        assert 'name="code"' in page.content.decode()
        code = last_letter(nopass.email).code
        response = browser.post(CONFIRM, {"code": f" {code[:3]} {code[3:]}", "next": "/account/profile"})
        assert response["Location"] == "/account/profile"


class TestOverRest:
    def call(self, token: str, body: Any) -> Any:
        header = {"Authorization": f"Bearer {token}"}
        path = "/api/v1/auth/reauthenticate"
        return Client().post(path, body, content_type="application/json", headers=header)

    def token(self, user: User) -> tuple[Session, str]:
        """An hour after a login with `PASSWORD`."""
        body = {"email": user.email, "password": PASSWORD}
        tokens = Client().post("/api/v1/auth/login", body, content_type="application/json").json()["tokens"]
        Session.objects.filter(user=user).update(sudo_until=clock.now() - timedelta(minutes=45))
        return Session.objects.select_related("user").get(user=user), tokens["access_token"]

    def test_by_password(self, alice: User) -> None:
        session, token = self.token(alice)
        refused = self.call(token, {"password": "wrong"})
        assert (refused.status_code, refused.json()["reason"]) == (401, "invalid_credentials")
        assert not is_open(session)
        assert self.call(token, {"password": PASSWORD}).status_code == 204
        assert is_open(session)

    def test_by_mail(self, alice: User) -> None:
        session, token = self.token(alice)
        alice.set_unusable_password()
        alice.save()
        assert self.call(token, {"code": "123456"}).status_code == 422
        assert self.call(token, {}).status_code == 202
        assert self.call(token, {"code": last_letter(alice.email).code}).status_code == 204
        assert is_open(session)

    def test_one_proof_at_a_time(self, alice: User) -> None:
        _session, token = self.token(alice)
        assert self.call(token, {"password": PASSWORD, "code": "123456"}).status_code == 422
        assert self.call(token, {}).json() == {"methods": ["password"]}
        assert self.call("", {}).status_code == 401
