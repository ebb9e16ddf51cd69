"""A code by SMS or mail confirms in the session that asked for it, and one mailbox counts once."""

from datetime import timedelta

from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.tests.address_cast import code_sent_to
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter
from core import clock
from core.models import Sms
from login.services import reauthentication
from login.tests.api import call
from login.tests.test_confirming_with_factors import closed
from mfa.factories import enrol_email, enrol_sms
from mfa.methods import Method

CONFIRM = "/account/confirm"
NUMBER = "+4915123456789"


def stale(user: User) -> Client:
    return signed_in(user, auth_time=clock.now() - timedelta(hours=1))


def test_by_sms_on_the_page(alice: User) -> None:
    enrol_sms(alice)
    browser = stale(alice)
    page = browser.get(CONFIRM, {"next": "/account/profile"}).content.decode()
    assert 'name="send"' in page
    assert 'name="code"' not in page
    assert NUMBER not in page
    assert not Sms.objects.exists(), "only the button sends"
    sent = browser.post(CONFIRM, {"send": "1"}).content.decode()
    assert 'name="code"' in sent
    assert 'name="code"' in browser.get(CONFIRM).content.decode(), "and it still waits after a reload"
    done = browser.post(CONFIRM, {"code": code_sent_to(NUMBER), "next": "/account/profile"})
    assert (done.status_code, done["Location"]) == (303, "/account/profile")
    assert Session.objects.get().amr == ["pwd", "sms", "mfa"]


def test_the_code_belongs_to_the_session_that_asked(alice: User) -> None:
    enrol_sms(alice)
    here, there = stale(alice), stale(alice)
    here.post(CONFIRM, {"send": "1"})
    code = code_sent_to(NUMBER)
    assert there.post(CONFIRM, {"code": code}).status_code == 422
    assert here.post(CONFIRM, {"code": code}).status_code == 303


def test_a_second_one_too_soon_says_when_to_ask_again(alice: User) -> None:
    enrol_sms(alice)
    browser = stale(alice)
    browser.post(CONFIRM, {"send": "1"})
    answer = browser.post(CONFIRM, {"send": "1"})
    assert answer.status_code in (200, 429)
    assert Sms.objects.count() == (1 if answer.status_code == 429 else 2)


def test_over_rest(alice: User) -> None:
    token = call("login", {"email": alice.email, "password": PASSWORD}).json()["tokens"]["access_token"]
    enrol_sms(alice)
    Session.objects.update(sudo_until=None)
    assert call("reauthenticate", {}, token=token).json() == {"methods": ["sms"]}
    assert call("reauthenticate", {"method": "sms"}, token=token).status_code == 202
    proof = {"method": "sms", "code": code_sent_to(NUMBER)}
    assert call("reauthenticate", proof, token=token).status_code == 204
    assert call("reauthenticate", proof, token=token).status_code == 401


def test_one_mailbox_counts_once(alice: User) -> None:
    """In by a mailed code on a trusted browser: another code out of that mailbox proves nothing."""
    enrol_email(alice)
    now = clock.now()
    assert reauthentication.ways_of(closed(alice, "otp", door="magic_code"), now=now) == ()
    assert reauthentication.ways_of(closed(alice, "pwd"), now=now) == (Method.EMAIL,)


def test_by_mail_beside_a_password(alice: User) -> None:
    enrol_email(alice)
    browser = stale(alice)
    browser.post(CONFIRM, {"send": "1"})
    assert browser.post(CONFIRM, {"code": last_letter(alice.email).code}).status_code == 303
    assert Session.objects.get().acr == "aal2"
