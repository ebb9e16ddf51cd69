"""A passkey confirms that it is its owner: first where there is one, and alone where an app asks for it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Session, SudoCode, User
from accounts.services import sudo
from accounts.tests.browsers import proven, signed_in
from core import clock
from login.services import reauthentication
from login.services.reauthentication import Way
from login.tests.api import call, problem_of
from login.tests.test_confirming_with_factors import closed
from mfa import relying_party
from mfa.factories import enrol_totp
from mfa.methods import Method
from mfa.models import Passkey
from mfa.services import passkeys
from tests.support.authenticator import Authenticator

CONFIRM, OPTIONS = "/account/confirm", "/account/confirm/passkey"


def register(user: User, *, kind: Passkey.Kind = Passkey.Kind.PASSKEY) -> Authenticator:
    key = Authenticator(origin=relying_party.origins()[0], rp_id=relying_party.rp_id())
    session, now = proven(user), clock.now()
    options = passkeys.begin_registration(session=session, kind=kind, now=now)
    passkeys.finish_registration(session=session, credential=key.register(options), now=now)
    Session.objects.all().delete()
    return key


@pytest.fixture
def key(alice: User) -> Authenticator:
    return register(alice)


def stale(user: User) -> Client:
    return signed_in(user, auth_time=clock.now() - timedelta(hours=1))


def sign(browser: Client, key: Authenticator) -> dict[str, str]:
    answer = browser.post(OPTIONS)
    assert answer.status_code == 200
    return {"credential": json.dumps(key.sign(answer.json())), "next": "/account/profile"}


def test_it_comes_first_and_the_password_still_counts(alice: User, key: Authenticator) -> None:
    session = closed(alice)
    assert reauthentication.ways_of(session, now=clock.now()) == (Method.PASSKEY, Way.PASSWORD)
    reauthentication.confirm_with_password(session, PASSWORD, now=clock.now())
    assert sudo.is_open(session, now=clock.now())
    assert session.acr == "aal1"


def test_without_a_password_no_mail_confirms(alice: User, key: Authenticator) -> None:
    alice.set_unusable_password()
    alice.save()
    assert reauthentication.ways_of(closed(alice), now=clock.now()) == (Method.PASSKEY,)
    assert stale(alice).post(CONFIRM, {"method": "mailed_code", "send": "1"}).status_code == 422
    assert not SudoCode.objects.exists()


def test_with_two_steps_the_password_does_not(alice: User, key: Authenticator) -> None:
    enrol_totp(alice)
    ways = reauthentication.ways_of(closed(alice), now=clock.now())
    assert set(ways) == {Method.PASSKEY, Method.TOTP}
    phr = reauthentication.ways_of(closed(alice), level="phr", now=clock.now())
    assert phr == (Method.PASSKEY,)


def test_on_the_page_it_is_a_new_sign_in(alice: User, key: Authenticator) -> None:
    """The key asked for its owner: `auth_time` is now."""
    browser, now = stale(alice), clock.now()
    page = browser.get(CONFIRM, {"level": "phr"}).content.decode()
    assert f'data-options="{OPTIONS}"' in page
    done = browser.post(CONFIRM, {**sign(browser, key), "level": "phr"})
    assert (done.status_code, done["Location"]) == (303, "/account/profile")
    session = Session.objects.get()
    assert session.acr == "phr"
    assert session.auth_time >= now
    assert sudo.is_open(session, now=now)


def test_without_asking_for_its_owner_it_is_none(alice: User, key: Authenticator) -> None:
    key.is_verified = False
    browser = stale(alice)
    before = Session.objects.get().auth_time
    assert browser.post(CONFIRM, sign(browser, key)).status_code == 303
    session = Session.objects.get()
    assert (session.acr, session.auth_time) == ("phr", before)


def test_what_was_signed_for_another_session_or_person_is_refused(
    alice: User, bob: User, key: Authenticator
) -> None:
    here, there = stale(alice), stale(alice)
    assert there.post(CONFIRM, sign(here, key)).status_code == 422
    register(bob)
    his = stale(bob)
    assert his.post(CONFIRM, sign(his, key)).status_code == 422
    browser = stale(alice)
    signed = sign(browser, key)
    assert browser.post(CONFIRM, signed).status_code == 303
    again = {**signed, "level": "phr"}
    assert browser.post(CONFIRM, again).status_code == 422, "once"


@pytest.mark.parametrize("sent", ["", "{", "[]", '"x"', '{"id": 1}', "null"])
def test_nonsense_is_refused_in_words(alice: User, key: Authenticator, sent: str) -> None:
    browser = stale(alice)
    assert browser.post(CONFIRM, {"credential": sent}).status_code == 422


def test_who_has_none_gets_no_options(bob: User) -> None:
    assert stale(bob).post(OPTIONS).status_code == 409
    assert stale(bob).get(OPTIONS).status_code == 405


def test_over_rest(alice: User, key: Authenticator) -> None:
    token = call("login", {"email": alice.email, "password": PASSWORD}).json()["tokens"]["access_token"]
    Session.objects.update(sudo_until=None)
    body: Any = call("reauthenticate", {}, token=token).json()
    assert body == {"methods": ["passkey", "password"]}
    options = call("reauthenticate", {"method": "passkey"}, token=token).json()["public_key"]
    proof = {"credential": key.sign(options)}
    assert call("reauthenticate", proof, token=token).status_code == 204
    assert Session.objects.get().acr == "phr"
    refused = call("reauthenticate", proof, token=token)
    assert problem_of(refused) == (401, "AUTHENTICATION_ERROR", "invalid_mfa_code")
    assert call("reauthenticate", {**proof, "password": PASSWORD}, token=token).status_code == 422
