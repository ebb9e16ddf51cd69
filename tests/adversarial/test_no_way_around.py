"""S134: with two-step sign-in on every door asks for the second factor, or counts as two.

What a door does on the way in beside that, such as connecting a provider's account or making room for a session, waits
until the login is complete.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Device, EmailRevert, Identity, Session, SignInAlarm, User
from accounts.services import alarms, claiming, identities, identity_proofs, primary_email, ways_in
from accounts.services.identities import ToldIdentity
from accounts.tests.browsers import proven, signed_in
from accounts.tests.mails import last_letter, letters_to
from core import clock
from login.models import LoginAttempt
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.services import challenge, federation
from login.services.federation import Entry, ProofNeeded
from login.services.mailbox import with_proven_mailbox
from mfa.factories import SEED, enrol_totp, give_passkey, give_recovery_codes, proven_twice
from mfa.factors import Answer
from mfa.methods import Method
from mfa.models import Factor, Passkey, RecoveryCode
from oauth.tests.device_flow import begin, page_of, poll, register_tv
from tests.adversarial.tools import NEW_PASSWORD, api_login, bearer, me, post_json

TOLD = ToldIdentity(
    provider="herbs",
    provider_name="Herbs",
    connection="openid:herbs",
    subject="s1",
    email="alice@example.com",
    email_is_verified=True,
    is_authoritative=True,
    access_token="at-of-herbs",
)
BROWSER = Entry(kind=Session.Kind.BROWSER)


@pytest.fixture
def alice(alice: User) -> User:
    User.objects.filter(id=alice.id).update(last_login=clock.now() - timedelta(days=1))
    enrol_totp(alice)
    return User.objects.get(id=alice.id)


def finish(due: Outcome | ProofNeeded) -> Outcome:
    assert isinstance(due, ChallengeRequired), due
    given = Answer(method=Method.TOTP, code=pyotp.TOTP(SEED).now())
    return challenge.answer(due.secret, given, now=clock.now())


def by_password(user: User, browser: Browser) -> Any:
    return browser.post("/login", {"email": user.email, "password": PASSWORD})


def by_mailed_code(user: User, browser: Browser) -> Any:
    browser.post("/login/email", {"email": user.email})
    return browser.post("/login/code", {"code": last_letter(user.email).code})


def by_mailed_link(user: User, browser: Browser) -> Any:
    browser.post("/login/email", {"email": user.email})
    token = last_letter(user.email).token
    return browser.post(f"/login/link?token={token}", {"token": token})


def after_a_reset(user: User, browser: Browser) -> Any:
    browser.post("/password/forgot", {"email": user.email})
    code = last_letter(user.email).code
    done = browser.post("/password/reset", {"code": code, "new_password": NEW_PASSWORD})
    assert done.status_code == 200
    assert not Session.objects.exists(), "a reset alone lets nobody in"
    return browser.post("/login", {"email": user.email, "password": NEW_PASSWORD})


DOORS = [by_password, by_mailed_code, by_mailed_link, after_a_reset]


@pytest.mark.parametrize("door", DOORS)
def test_s134_every_page_leads_to_the_challenge(alice: User, door: Callable[..., Any]) -> None:
    browser = Browser()
    answer = door(alice, browser)
    assert (answer.status_code, answer["Location"]) == (303, "/login/challenge")
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    assert not Session.objects.exists()
    assert browser.post("/login/challenge", {"code": pyotp.TOTP(SEED).now()}).status_code == 303
    assert Session.objects.get().acr == "aal2"


@pytest.mark.parametrize("door", DOORS[:3])
def test_s134_a_browser_that_another_person_trusts_is_a_strange_one(
    alice: User, bob: User, door: Callable[..., Any]
) -> None:
    browser = Browser()
    browser.post("/login", {"email": bob.email, "password": PASSWORD})
    Device.objects.update(trusted_until=clock.now() + timedelta(days=30))
    assert door(alice, browser)["Location"] == "/login/challenge"
    assert not Session.objects.filter(user=alice).exists()


def test_s134_over_rest_too(alice: User) -> None:
    asked = post_json(Browser(), "/api/v1/auth/magic-link/request", {"email": alice.email}).json()
    by_code = {"id": asked["id"], "code": last_letter(alice.email).code}
    doors = {"auth/magic-link/verify": by_code, "auth/login": {"email": alice.email, "password": PASSWORD}}
    for path, body in doors.items():
        answer = post_json(Browser(), f"/api/v1/{path}", body)
        assert (answer.status_code, answer.json()["requires_mfa"]) == (200, True)
        assert "tokens" not in answer.json()
    assert not Session.objects.exists()


def test_s134_the_page_after_a_sign_up_too(alice: User) -> None:
    due = with_proven_mailbox(alice, device=None, now=clock.now())
    assert isinstance(finish(due), SignedIn)


def test_s134_what_is_refreshed_is_no_more_than_it_was(bob: User) -> None:
    """A session from before goes on, at its level; what is sensitive asks for the factor."""
    pair = api_login(Browser(), bob)
    enrol_totp(bob)
    body = {"refresh_token": pair["refresh_token"]}
    token = post_json(Browser(), "/api/v1/auth/token/refresh", body).json()["access_token"]
    assert me(token) == 200
    Session.objects.update(sudo_until=None)
    assert Session.objects.get().acr == "aal1"
    proof = {"password": PASSWORD}
    assert post_json(Browser(), "/api/v1/auth/reauthenticate", proof, **bearer(token)).status_code == 409


def test_s134_a_device_is_not_let_in_by_half_a_sign_in(alice: User) -> None:
    tv = register_tv()
    codes = begin(tv)
    browser = Browser()
    by_password(alice, browser)
    page = page_of(browser, codes["user_code"])
    assert browser.get(page)["Location"].startswith("/login?next=")
    assert browser.post(page, {"decision": "allow"})["Location"].startswith("/login")
    assert poll(tv, codes["device_code"]).status_code == 400


def test_s134_the_chooser_goes_on_with_sessions_only(alice: User, bob: User) -> None:
    """Half a sign-in as another account leaves the one at hand, and is not on the list."""
    browser = signed_in(bob)
    assert by_password(alice, browser)["Location"] == "/login/challenge"
    page = browser.get("/login/choose").content.decode().replace("<wbr>", "")
    assert bob.email in page
    assert alice.email not in page
    assert bob.email in browser.get("/account").content.decode().replace("<wbr>", "")


def connected(user: User) -> Identity:
    now = clock.now()
    about = {"connection": TOLD.connection, "subject": TOLD.subject}
    return Identity.objects.create(user=user, **about, created_at=now, last_used_at=now)


def test_s134_a_provider_that_runs_the_mailbox_connects_nothing_before_the_factor(alice: User) -> None:
    due = federation.with_federation(TOLD, BROWSER, now=clock.now())
    assert not Identity.objects.exists()
    assert letters_to(alice.email) == []
    row = LoginAttempt.objects.get()
    assert "at-of-herbs" in row.vouched
    assert isinstance(finish(due), SignedIn)
    assert Identity.objects.get().user == alice
    assert [letter.kind for letter in letters_to(alice.email)].count("identity_connected") == 1


def test_s134_nor_does_a_mailed_code(alice: User) -> None:
    told = ToldIdentity(provider="herbs", provider_name="Herbs", connection="openid:herbs", subject="s1")
    needed = federation.with_federation(told, BROWSER, now=clock.now())
    assert isinstance(needed, ProofNeeded)
    identity_proofs.send(needed.handle, alice.email, now=clock.now())
    code = last_letter(alice.email).code
    due = federation.with_proven_mailbox(needed.handle, code, BROWSER, now=clock.now())
    assert not Identity.objects.exists()
    assert isinstance(finish(due), SignedIn)
    assert Identity.objects.get().user == alice


def test_s134_a_connected_account_is_asked_too_and_used_only_then(alice: User) -> None:
    identity = connected(alice)
    before = identity.last_used_at
    due = federation.with_federation(TOLD, BROWSER, now=clock.now())
    identity.refresh_from_db()
    assert identity.last_used_at == before
    assert isinstance(finish(due), SignedIn)
    identity.refresh_from_db()
    assert identity.last_used_at > before


def test_s134_what_was_disconnected_meanwhile_stays_so(alice: User) -> None:
    identity = connected(alice)
    due = federation.with_federation(TOLD, BROWSER, now=clock.now())
    identities.disconnect(session=proven_twice(alice).session, identity_id=identity.id, now=clock.now())
    before = Session.objects.count()
    assert finish(due) == Refused(Reason.ATTEMPT_OVER)
    assert Session.objects.count() == before
    assert not Identity.objects.exists()


def test_s134_what_became_another_persons_meanwhile_stays_theirs(alice: User, bob: User) -> None:
    due = federation.with_federation(TOLD, BROWSER, now=clock.now())
    identity = connected(bob)
    assert finish(due) == Refused(Reason.ATTEMPT_OVER)
    identity.refresh_from_db()
    assert identity.user == bob
    assert not Session.objects.exists()


def test_nothing_is_told_or_ended_before_the_factor(alice: User, janua_options: Any) -> None:
    """No mail of a new device, no room made for a session that is not there, no last sign-in."""
    janua_options(max_sessions=1)
    session, before = proven(alice), alice.last_login
    browser = Browser()
    by_password(alice, browser)
    alice.refresh_from_db()
    assert alice.last_login == before
    assert Session.objects.get(id=session.id).ended_at is None
    assert not SignInAlarm.objects.exists()
    browser.post("/login/challenge", {"code": pyotp.TOTP(SEED).now()})
    assert Session.objects.get(id=session.id).ended_at is not None
    assert SignInAlarm.objects.filter(user=alice).exists()


def test_a_right_password_brings_no_new_guesses_of_codes(alice: User, limits_on: None) -> None:
    for _ in range(10):
        browser = Browser()
        by_password(alice, browser)
        assert browser.post("/login/challenge", {"code": "000000"}).status_code == 401
    browser = Browser()
    by_password(alice, browser)
    assert browser.post("/login/challenge", {"code": pyotp.TOTP(SEED).now()}).status_code == 429


def disowned(user: User) -> None:
    alarms.mail_alarm(user, now=clock.now())
    alarms.disown(last_letter(user.email).token, now=clock.now())


def claimed(user: User) -> None:
    User.objects.filter(id=user.id).update(email_verified=False)
    claiming.take(claiming.Owner(email=user.email), now=clock.now())


@pytest.mark.parametrize("act", [disowned, claimed])
def test_an_account_out_of_wrong_hands_keeps_no_factor_and_no_login_on_its_way(
    alice: User, act: Callable[[User], None]
) -> None:
    give_recovery_codes(alice, "AAAAA11111")
    give_passkey(alice)
    browser = Browser()
    by_password(alice, browser)
    given = {"method": "totp", "code": pyotp.TOTP(SEED).now()}
    assert browser.post("/login/challenge", given)["Location"] == "/account"
    Device.objects.update(trusted_until=clock.now() + timedelta(days=30))
    Factor.objects.update(created_at=clock.now())  # after the sign-in that is disowned
    waiting = Browser()
    waiting.post("/login", {"email": alice.email, "password": PASSWORD})
    act(alice)
    for table in (Factor, RecoveryCode, Passkey):
        assert not table.objects.exists(), table
    assert not LoginAttempt.objects.live(clock.now()).exists()
    assert not any(device.is_trusted(clock.now()) for device in Device.objects.all())
    alice.refresh_from_db()
    assert not alice.has_mfa
    assert waiting.get("/login/challenge")["Location"] == "/login"


@pytest.mark.parametrize("way", ["not_me", "revert"])
def test_s134_a_mailbox_takes_no_factor_away_that_was_there_before(alice: User, way: str) -> None:
    """Whoever reads the mail presses the owner's links. What came after the first sign of a stranger goes all the same."""
    give_recovery_codes(alice, "AAAAA11111")
    RecoveryCode.objects.update(created_at=clock.now() - timedelta(days=1))
    key = give_passkey(alice, kind=Passkey.Kind.SECURITY_KEY)
    alarms.mail_alarm(alice, now=clock.now())
    token = last_letter(alice.email).token
    planted = give_passkey(alice, kind=Passkey.Kind.SECURITY_KEY, created_at=clock.now())
    give_passkey(alice)
    give_recovery_codes(alice, "BBBBB22222")
    if way == "not_me":
        alarms.disown(token, now=clock.now())
    else:
        row = EmailRevert.objects.create(
            user=alice,
            email=alice.email,
            code_hash="",
            link_hash=EmailRevert.hash_of_link("t"),
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(days=1),
        )
        assert primary_email.revert("t", now=clock.now()) == row.user
    assert (Factor.objects.count(), RecoveryCode.objects.count()) == (1, 1)
    assert [each.id for each in Passkey.objects.all()] == [key.id] != [planted.id]
    browser = Browser()
    assert after_a_reset(alice, browser)["Location"] == "/login/challenge"


def test_a_reset_voids_every_login_on_its_way(alice: User) -> None:
    waiting = [Browser(), Browser()]
    by_password(alice, waiting[0])
    by_mailed_code(alice, waiting[1])
    after_a_reset(alice, Browser())
    for browser in waiting:
        answer = browser.post("/login/challenge", {"code": pyotp.TOTP(SEED).now()})
        assert (answer.status_code, answer["Location"]) == (303, "/login")
    assert not Session.objects.exists()


def test_a_passkey_is_a_way_in_and_a_security_key_is_not(db: None) -> None:
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    identity = connected(user)
    give_passkey(user, kind=Passkey.Kind.SECURITY_KEY)
    assert not ways_in.has_another(user, besides=identity.id)
    passkey = give_passkey(user)
    assert ways_in.has_another(user, besides=identity.id)
    assert ways_in.has_another(user, besides=passkey.id)
    Passkey.objects.filter(id=passkey.id).update(suspended_at=clock.now())
    assert not ways_in.has_another(user, besides=identity.id)
