"""/account/security/passkeys: one's own, and nobody else's."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import Session, User
from accounts.tests.browsers import enter, signed_in
from core import clock
from mfa.factories import give_passkey, proven_twice
from mfa.models import Passkey, WebAuthnChallenge

LIST = "/account/security/passkeys"
Kind = Passkey.Kind


def stale(user: User) -> Client:
    """Signed in, and too long ago for what is sensitive."""
    return signed_in(user, auth_time=clock.now() - timedelta(hours=1))


def proven(user: User) -> Client:
    """Signed in a moment ago, with a second factor."""
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = proven_twice(user).secret
    return browser


def test_the_list_names_ones_own_and_what_became_of_them(alice: User) -> None:
    give_passkey(alice, name="Phone", is_backup_eligible=True, is_backed_up=True)
    give_passkey(alice, name="Blue", kind=Kind.SECURITY_KEY, suspended_at=clock.now())
    give_passkey(UserFactory(email="other@example.com"), name="Theirs")
    page = signed_in(alice).get(LIST)
    assert [shown.name for shown in page.context["passkeys"]] == ["Phone", "Blue"]
    for word in ("Synced", "Security key", "Stopped", "It may have been copied"):
        assert word in page.text


def test_password_managers_are_told_what_still_works(alice: User) -> None:
    kept = give_passkey(alice)
    stopped = give_passkey(alice, suspended_at=clock.now())
    signals = signed_in(alice).get(LIST).context["signals"]
    assert kept.credential_id in signals
    assert stopped.credential_id not in signals
    assert alice.email in signals


@pytest.mark.parametrize("kind", list(Kind))
def test_a_new_one_asks_for_a_fresh_proof(alice: User, kind: Passkey.Kind) -> None:
    browser = stale(alice)
    assert browser.get(f"{LIST}/add?kind={kind}")["Location"].startswith("/account/confirm?next=")
    assert browser.post(f"{LIST}/options", {"kind": kind}).status_code == 401
    assert not WebAuthnChallenge.objects.exists()


@pytest.mark.parametrize(
    ("kind", "resident", "owner"),
    [(Kind.PASSKEY, "required", "required"), (Kind.SECURITY_KEY, "discouraged", "preferred")],
)
def test_the_kind_says_what_the_authenticator_has_to_do(
    alice: User, kind: Passkey.Kind, resident: str, owner: str
) -> None:
    made = signed_in(alice).post(f"{LIST}/options", {"kind": kind}).json()
    assert made["authenticatorSelection"]["residentKey"] == resident
    assert made["authenticatorSelection"]["userVerification"] == owner


def test_what_cannot_be_read_adds_nothing(alice: User) -> None:
    answer = signed_in(alice).post(f"{LIST}/add", {"name": "Mine", "credential": "x"})
    assert answer.status_code == 422
    assert "The browser sent nothing we can read." in answer.text
    assert not Passkey.objects.exists()


def test_it_gets_another_name(alice: User) -> None:
    kept = give_passkey(alice, name="Old")
    browser = proven(alice)
    assert browser.post(f"{LIST}/{kept.id}", {"name": ""}).status_code == 422
    assert browser.post(f"{LIST}/{kept.id}", {"name": "New"})["Location"] == LIST
    kept.refresh_from_db()
    assert kept.name == "New"


def test_its_name_asks_for_a_fresh_proof_too(alice: User) -> None:
    kept = give_passkey(alice, name="Old")
    answer = stale(alice).post(f"{LIST}/{kept.id}", {"name": "New"})
    assert answer["Location"].startswith("/account/confirm?next=")
    kept.refresh_from_db()
    assert kept.name == "Old"


def test_its_end_asks_for_a_fresh_proof(alice: User) -> None:
    kept = give_passkey(alice)
    page = f"{LIST}/{kept.id}"
    refused = stale(alice).post(page, {"remove": "1"})
    assert refused["Location"] == f"/account/confirm?next={page.replace('/', '%2F')}"
    assert Passkey.objects.filter(id=kept.id).exists()
    assert signed_in(alice).post(page, {"remove": "1"})["Location"] == LIST
    assert not Passkey.objects.filter(id=kept.id).exists()


def test_the_last_way_in_stays_and_says_why(alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    kept = give_passkey(alice)
    answer = signed_in(alice).post(f"{LIST}/{kept.id}", {"remove": "1"}, follow=True)
    assert 'class="note bad"' in answer.text
    assert Passkey.objects.filter(id=kept.id).exists()


@pytest.mark.parametrize("fields", [{"name": "Mine now"}, {"remove": "1"}])
def test_somebody_elses_is_not_there(alice: User, fields: dict[str, str]) -> None:
    theirs = give_passkey(UserFactory(email="other@example.com"), name="Theirs")
    answer = signed_in(alice).post(f"{LIST}/{theirs.id}", fields)
    assert answer["Location"] == LIST
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


def overview(browser: Client) -> Any:
    return browser.get("/account").context


def test_who_has_none_is_offered_one_until_it_is_put_away(alice: User) -> None:
    browser = signed_in(alice)
    assert overview(browser)["offers_passkey"]
    assert browser.post(LIST)["Location"] == "/account"
    assert not overview(browser)["offers_passkey"]
    give_passkey(alice)
    assert "offers_passkey" not in overview(signed_in(alice))


def test_a_fresh_password_may_become_a_passkey(alice: User, janua_options: Any) -> None:
    browser = Client()
    session = enter(browser, alice)
    assert not overview(browser)["upgrades_passkey"]  # by another door
    Session.objects.filter(id=session.id).update(door="password")
    assert overview(browser)["upgrades_passkey"]
    janua_options(passkey_upgrade="off")
    assert not overview(browser)["upgrades_passkey"]


def test_an_old_password_does_not_become_a_passkey(alice: User) -> None:
    browser = Client()
    session = enter(browser, alice, auth_time=clock.now() - timedelta(minutes=6))
    Session.objects.filter(id=session.id).update(door="password")
    assert not overview(browser)["upgrades_passkey"]


def removal_page(browser: Client, key: Passkey) -> str:
    return browser.get(f"{LIST}/{key.id}").text


def test_whose_last_factor_goes_is_told_before(alice: User) -> None:
    key = give_passkey(alice, kind=Kind.SECURITY_KEY)
    passkey = give_passkey(alice)
    browser = proven(alice)
    assert "It is your only way to confirm sign-ins." in removal_page(browser, key)
    assert "It is your only way" not in removal_page(browser, passkey)
    give_passkey(alice, kind=Kind.SECURITY_KEY)
    assert "It is your only way" not in removal_page(browser, key)


def test_a_stopped_key_that_keeps_two_steps_on_is_shown_with_them(alice: User) -> None:
    give_passkey(alice, kind=Kind.SECURITY_KEY, name="Blue", suspended_at=clock.now())
    page = signed_in(alice).get("/account/security").text
    assert "Blue" in page
    assert "Stopped" in page


def test_security_keys_are_not_made_where_they_would_confirm_nothing(alice: User, janua_options: Any) -> None:
    janua_options(mfa_methods=("totp",))
    browser = signed_in(alice)
    assert "kind=security_key" not in browser.get(LIST).text
    assert browser.post(f"{LIST}/options", {"kind": Kind.SECURITY_KEY}).status_code == 409
    assert browser.post(f"{LIST}/options", {"kind": Kind.PASSKEY}).status_code == 200
    assert not WebAuthnChallenge.objects.filter(purpose=WebAuthnChallenge.Purpose.REGISTER_KEY).exists()


def test_why_no_more_fit_is_said_on_the_page_that_opens_anew(alice: User) -> None:
    for _number in range(20):
        give_passkey(alice)
    browser = signed_in(alice)
    assert browser.post(f"{LIST}/options", {"kind": Kind.PASSKEY}).status_code == 409
    assert "You have as many passkeys as there may be." in browser.get(f"{LIST}/add").text
