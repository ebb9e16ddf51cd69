"""A user who exists without proof proves the mailbox by code or link."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.factories import PASSWORD, UserFactory
from accounts.models import EmailVerification, User
from accounts.services import recovery, verification
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from core.errors import ValidationFailed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DORA = "dora@example.com"
pytestmark = pytest.mark.django_db


@pytest.fixture
def dora() -> Any:
    return UserFactory(email=DORA, email_verified=False, role="admin")


def is_verified() -> bool:
    return User.objects.get(email=DORA).email_verified


def test_the_code_proves_the_mailbox_and_changes_nothing_else(dora: User) -> None:
    verification.send_again(DORA, now=NOW)
    user = verification.verify_by_code(DORA, last_letter(DORA).code, now=NOW)
    assert (user.id, user.email_verified, user.role) == (dora.id, True, "admin")
    assert Event.objects.filter(action="user.email_verified", actor_id=dora.id).count() == 1


def test_the_link_proves_the_mailbox(dora: User) -> None:
    verification.send_again(DORA, now=NOW)
    assert verification.verify_by_link(last_letter(DORA).token, now=NOW).id == dora.id


def test_a_second_use_is_refused(dora: User) -> None:
    verification.send_again(DORA, now=NOW)
    letter = last_letter(DORA)
    verification.verify_by_code(DORA, letter.code, now=NOW)
    with pytest.raises(ValidationFailed) as caught:
        verification.verify_by_link(letter.token, now=NOW)
    assert caught.value.reason == "invalid_token"


def test_five_wrong_codes_use_up_the_guesses_but_not_the_link(dora: User) -> None:
    verification.send_again(DORA, now=NOW)
    letter = last_letter(DORA)
    for guess in [wrong(letter.code)] * EmailVerification.MAX_GUESSES + [letter.code]:
        with pytest.raises(ValidationFailed) as caught:
            verification.verify_by_code(DORA, guess, now=NOW)
        assert caught.value.reason == "invalid_code"
    assert not is_verified()
    verification.verify_by_link(letter.token, now=NOW)
    assert is_verified()


def test_it_expires(dora: User) -> None:
    verification.send_again(DORA, now=NOW)
    with pytest.raises(ValidationFailed):
        verification.verify_by_code(DORA, last_letter(DORA).code, now=NOW + timedelta(hours=1))


def test_sending_again_voids_what_was_sent(dora: User) -> None:
    verification.send_again(DORA, now=NOW)
    first = last_letter(DORA)
    verification.send_again(DORA, now=NOW)
    with pytest.raises(ValidationFailed):
        verification.verify_by_link(first.token, now=NOW)
    verification.verify_by_link(last_letter(DORA).token, now=NOW)


def test_a_code_of_another_address_proves_nothing(dora: User) -> None:
    UserFactory(email="other@example.com", email_verified=False)
    verification.send_again("other@example.com", now=NOW)
    verification.send_again(DORA, now=NOW)
    others, own = last_letter("other@example.com").code, last_letter(DORA).code
    if others != own:
        with pytest.raises(ValidationFailed):
            verification.verify_by_code(DORA, others, now=NOW)


def test_a_changed_address_is_not_proven_by_the_old_mail(dora: User) -> None:
    verification.send_again(DORA, now=NOW)
    User.objects.filter(id=dora.id).update(email="new@example.com")
    with pytest.raises(ValidationFailed):
        verification.verify_by_link(last_letter(DORA).token, now=NOW)
    assert not User.objects.get(id=dora.id).email_verified


def test_suspended_people_get_no_code(dora: User) -> None:
    User.objects.filter(id=dora.id).update(status=User.Status.SUSPENDED)
    verification.send_again(DORA, now=NOW)
    assert not letters_to(DORA)


def test_a_password_change_voids_the_code(dora: User) -> None:
    verification.send_again(DORA, now=NOW)
    waiting = last_letter(DORA)
    recovery.request_reset(DORA, now=NOW)
    recovery.reset_by_link(last_letter(DORA).token, PASSWORD + "-new", now=NOW)
    with pytest.raises(ValidationFailed):
        verification.verify_by_link(waiting.token, now=NOW)
