"""Forgotten and changed passwords: the mail proves the person, and everything held before ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.models import PasswordReset, Session, User
from accounts.services import recovery, sessions, sign_up, users
from accounts.services.sessions import NewSession
from accounts.services.sign_up import Applicant
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from core.errors import AuthenticationFailed, RateLimited, ValidationFailed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW = "copper-lantern-meadow-31"


def signed_in(user: User) -> NewSession:
    proof = sessions.Proof(amr=("pwd",), auth_time=NOW)
    return sessions.start_session(user, proof, kind=Session.Kind.BROWSER, keep=False, now=NOW)


def has(user: User, password: str) -> bool:
    return passwords.is_correct(password, User.objects.get(id=user.id).password)


def test_the_code_sets_the_password(alice: User) -> None:
    recovery.request_reset("Alice@Example.com", now=NOW)
    recovery.reset_by_code("ALICE@example.com", last_letter(alice.email).code, NEW, now=NOW)
    assert has(alice, NEW)
    assert not has(alice, PASSWORD)
    assert User.objects.get(id=alice.id).password_changed_at == NOW
    assert Event.objects.filter(action="user.password_changed", actor_id=alice.id).count() == 1


def test_the_link_sets_the_password(alice: User) -> None:
    recovery.request_reset(alice.email, now=NOW)
    recovery.reset_by_link(last_letter(alice.email).token, NEW, now=NOW)
    assert has(alice, NEW)


def test_the_code_has_eight_digits_and_five_guesses(alice: User) -> None:
    recovery.request_reset(alice.email, now=NOW)
    letter = last_letter(alice.email)
    assert len(letter.code) == 8
    for guess in [wrong(letter.code)] * PasswordReset.MAX_GUESSES + [letter.code]:
        with pytest.raises(ValidationFailed) as caught:
            recovery.reset_by_code(alice.email, guess, NEW, now=NOW)
        assert caught.value.reason == "invalid_code"
    recovery.reset_by_link(letter.token, NEW, now=NOW)
    assert has(alice, NEW)


@pytest.mark.parametrize("first", ["code", "link"])
def test_it_works_once(alice: User, first: str) -> None:
    recovery.request_reset(alice.email, now=NOW)
    letter = last_letter(alice.email)
    if first == "code":
        recovery.reset_by_code(alice.email, letter.code, NEW, now=NOW)
    else:
        recovery.reset_by_link(letter.token, NEW, now=NOW)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_code(alice.email, letter.code, PASSWORD, now=NOW)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(letter.token, PASSWORD, now=NOW)
    assert has(alice, NEW)


def test_it_expires_after_an_hour(alice: User) -> None:
    recovery.request_reset(alice.email, now=NOW)
    letter, later = last_letter(alice.email), NOW + timedelta(hours=1)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_code(alice.email, letter.code, NEW, now=later)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(letter.token, NEW, now=later)
    assert has(alice, PASSWORD)


def test_a_newer_mail_voids_the_older(alice: User) -> None:
    recovery.request_reset(alice.email, now=NOW)
    first = last_letter(alice.email)
    recovery.request_reset(alice.email, now=NOW)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(first.token, NEW, now=NOW)


def test_a_password_change_voids_the_mail(alice: User) -> None:
    recovery.request_reset(alice.email, now=NOW)
    letter = last_letter(alice.email)
    session = signed_in(alice).session
    recovery.change_password(
        user=alice, session=session, current_password=PASSWORD, new_password=NEW, now=NOW
    )
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(letter.token, PASSWORD, now=NOW)
    assert has(alice, NEW)


def test_a_weak_password_does_not_use_the_link_up(alice: User) -> None:
    recovery.request_reset(alice.email, now=NOW)
    letter = last_letter(alice.email)
    for reset in (
        lambda: recovery.reset_by_link(letter.token, "Alice-2026-11-24", now=NOW),
        lambda: recovery.reset_by_code(alice.email, letter.code, "short", now=NOW),
    ):
        with pytest.raises(ValidationFailed) as caught:
            reset()
        assert caught.value.details.keys() == {"new_password"}
    recovery.reset_by_code(alice.email, letter.code, NEW, now=NOW)


def test_every_session_ends_and_the_owner_is_told(alice: User) -> None:
    before = signed_in(alice)
    recovery.request_reset(alice.email, now=NOW)
    recovery.reset_by_link(last_letter(alice.email).token, NEW, now=NOW)
    assert sessions.find_by_secret(before.secret, now=NOW) is None
    assert last_letter(alice.email).kind == "password_changed"


def test_a_reset_proves_the_mailbox(db: None) -> None:
    dora = UserFactory(email="dora@example.com", email_verified=False)
    recovery.request_reset(dora.email, now=NOW)
    assert recovery.reset_by_link(last_letter(dora.email).token, NEW, now=NOW).email_verified


def test_a_sign_up_that_waits_is_void_after_a_reset(db: None) -> None:
    dora = UserFactory(email="dora@example.com", email_verified=False)
    sign_up.request_sign_up(Applicant(email=dora.email, password=PASSWORD), now=NOW)
    waiting = last_letter(dora.email)
    recovery.request_reset(dora.email, now=NOW)
    recovery.reset_by_link(last_letter(dora.email).token, NEW, now=NOW)
    assert sign_up.complete_by_link(waiting.token, now=NOW) is None
    assert has(dora, NEW)


def test_asking_for_nobody_mails_nothing_and_looks_the_same(alice: User) -> None:
    recovery.request_reset("nobody@example.com", now=NOW)
    assert not letters_to("nobody@example.com")
    assert Event.objects.filter(action="user.password_reset_requested").count() == 1


def test_suspended_people_neither_get_nor_use_a_mail(alice: User, olivia: User) -> None:
    recovery.request_reset(alice.email, now=NOW)
    letter = last_letter(alice.email)
    users.suspend(actor=olivia, user=alice, now=NOW)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(letter.token, NEW, now=NOW)
    recovery.request_reset(alice.email, now=NOW)
    assert len(letters_to(alice.email)) == 1
    assert has(alice, PASSWORD)


def test_a_link_for_an_address_that_was_given_up_opens_nothing(alice: User) -> None:
    recovery.request_reset(alice.email, now=NOW)
    letter = last_letter(alice.email)
    User.objects.filter(id=alice.id).update(email="alice.new@example.com")
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(letter.token, NEW, now=NOW)


def test_asking_is_limited_per_address(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for _ in range(5):
        recovery.request_reset(alice.email, now=NOW)
    with pytest.raises(RateLimited):
        recovery.request_reset(alice.email, now=NOW)
    recovery.request_reset(alice.email, now=NOW + timedelta(hours=1, seconds=1))


def test_changing_needs_the_current_password(alice: User) -> None:
    session = signed_in(alice).session
    with pytest.raises(AuthenticationFailed) as caught:
        recovery.change_password(user=alice, session=session, current_password=NEW, new_password=NEW, now=NOW)
    assert caught.value.details.keys() == {"current_password"}
    assert has(alice, PASSWORD)


def test_changing_keeps_this_session_and_ends_the_others(alice: User, bob: User) -> None:
    here, there, bobs = signed_in(alice), signed_in(alice), signed_in(bob)
    recovery.change_password(
        user=alice, session=here.session, current_password=PASSWORD, new_password=NEW, now=NOW
    )
    assert sessions.find_by_secret(here.secret, now=NOW)
    assert sessions.find_by_secret(there.secret, now=NOW) is None
    assert sessions.find_by_secret(bobs.secret, now=NOW)
    assert last_letter(alice.email).kind == "password_changed"


def test_a_weak_new_password_changes_nothing(alice: User) -> None:
    session = signed_in(alice).session
    with pytest.raises(ValidationFailed):
        recovery.change_password(
            user=alice, session=session, current_password=PASSWORD, new_password="short", now=NOW
        )
    assert has(alice, PASSWORD)


def test_guesses_at_the_current_password_are_limited(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    session = signed_in(alice).session
    for _ in range(10):
        with pytest.raises(AuthenticationFailed):
            recovery.change_password(
                user=alice, session=session, current_password="wrong", new_password=NEW, now=NOW
            )
    with pytest.raises(RateLimited):
        recovery.change_password(
            user=alice, session=session, current_password=PASSWORD, new_password=NEW, now=NOW
        )
