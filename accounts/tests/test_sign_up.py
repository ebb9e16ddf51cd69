"""Signing up: a user comes into being only when the mailbox is proven, and nobody learns who has an account."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.models import SignUp, User
from accounts.services import sign_up, verification
from accounts.services.sign_up import Applicant, Requested
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from core.errors import Conflict, RateLimited, ValidationFailed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DORA = "dora@example.com"
pytestmark = pytest.mark.django_db


def ask(email: str = DORA, password: str = PASSWORD, now: datetime = NOW, **more: Any) -> Requested:
    return sign_up.request_sign_up(Applicant(email=email, password=password, **more), now=now)


def prove(code: str, now: datetime = NOW, **more: Any) -> User:
    return verification.verify_by_code(DORA, code, now=now, **more)


def test_asking_makes_no_user_yet() -> None:
    ask()
    assert not User.objects.exists()
    assert last_letter(DORA).kind == "verify_email"
    assert Event.objects.filter(action="user.sign_up_requested").count() == 1


def test_the_code_makes_the_user_that_was_announced() -> None:
    asked = ask("Dora@Example.COM", given_name="Dora", family_name="D", locale="en")
    user = prove(last_letter(DORA).code)
    assert (user.id, user.email, user.email_verified) == (asked.user_id, DORA, True)
    assert (user.name, user.locale, user.created_at) == ("Dora D", "en", NOW)
    assert passwords.is_correct(PASSWORD, user.password)
    assert set(Event.objects.values_list("action", flat=True)) >= {"user.created", "user.email_verified"}


def test_the_link_makes_the_user() -> None:
    ask()
    assert verification.verify_by_link(last_letter(DORA).token, now=NOW).email == DORA


def test_code_and_link_are_one_secret_used_once() -> None:
    ask()
    letter = last_letter(DORA)
    prove(letter.code)
    with pytest.raises(ValidationFailed):
        verification.verify_by_link(letter.token, now=NOW)
    with pytest.raises(ValidationFailed):
        prove(letter.code)
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["not an address", "ａlice@example.com"])
def test_a_bad_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationFailed, match="name@example"):
        ask(email)


def test_a_weak_password_is_refused_before_anything_is_kept() -> None:
    with pytest.raises(ValidationFailed):
        ask(password="dora-dora-dora-2026")
    assert not SignUp.objects.exists()
    assert not letters_to(DORA)


def test_an_address_with_an_account_looks_the_same(alice: User) -> None:
    new, existing = ask(), ask(alice.email)
    assert new.expires_in == existing.expires_in == 3600
    assert new.sign_up_id != existing.sign_up_id
    assert existing.user_id != alice.id


def test_the_owner_is_told_by_mail_and_gets_no_code(alice: User) -> None:
    ask(alice.email)
    letter = last_letter(alice.email)
    assert (letter.kind, letter.code, letter.token) == ("already_registered", "", "")
    waiting = SignUp.objects.get(email=alice.email)  # as for any other address, but nobody has its code
    assert waiting.user_id != alice.id


def test_two_sign_ups_of_one_address_keep_apart() -> None:
    """Each has its own password and code: the owner's code never opens with a stranger's password."""
    strangers = ask(password="stranger-keeps-this-77")
    stranger_code = last_letter(DORA).code
    owners = ask()
    owner_code = last_letter(DORA).code
    assert strangers.sign_up_id != owners.sign_up_id
    if stranger_code != owner_code:
        with pytest.raises(ValidationFailed):
            prove(owner_code, verification_id=strangers.sign_up_id)
    user = prove(owner_code, verification_id=owners.sign_up_id)
    assert passwords.is_correct(PASSWORD, user.password)


def test_with_two_waiting_the_code_alone_does_not_choose() -> None:
    ask(password="stranger-keeps-this-77")
    ask()
    with pytest.raises(Conflict) as caught:
        prove(last_letter(DORA).code)
    assert caught.value.reason == "verification_id_needed"


def test_a_claim_voids_the_other_sign_ups() -> None:
    ask(password="stranger-keeps-this-77")
    strangers = last_letter(DORA)
    owners = ask()
    prove(last_letter(DORA).code, verification_id=owners.sign_up_id)
    with pytest.raises(ValidationFailed):
        verification.verify_by_link(strangers.token, now=NOW)
    assert passwords.is_correct(PASSWORD, User.objects.get().password)


def test_five_wrong_codes_use_up_the_guesses() -> None:
    ask()
    code = last_letter(DORA).code
    for _ in range(SignUp.MAX_GUESSES):
        with pytest.raises(ValidationFailed):
            prove(wrong(code))
    with pytest.raises(ValidationFailed):
        prove(code)
    assert not User.objects.exists()
    assert Event.objects.filter(action="user.mailed_secret_refused").count() >= 5


def test_the_fifth_guess_may_be_right() -> None:
    ask()
    code = last_letter(DORA).code
    for _ in range(SignUp.MAX_GUESSES - 1):
        with pytest.raises(ValidationFailed):
            prove(wrong(code))
    assert prove(code).email == DORA


def test_the_link_works_after_wrong_codes() -> None:
    ask()
    letter = last_letter(DORA)
    for _ in range(SignUp.MAX_GUESSES):
        with pytest.raises(ValidationFailed):
            prove(wrong(letter.code))
    assert verification.verify_by_link(letter.token, now=NOW).email == DORA


def test_guesses_of_one_address_are_counted_over_all_codes(janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for _ in range(2):
        ask()
        asked = SignUp.objects.order_by("-id").first()
        assert asked
        for _ in range(SignUp.MAX_GUESSES):
            with pytest.raises(ValidationFailed):
                prove(wrong(last_letter(DORA).code), verification_id=asked.id)
    with pytest.raises(RateLimited):
        prove(last_letter(DORA).code, verification_id=asked.id)


def test_after_an_hour_code_and_link_have_expired() -> None:
    ask()
    letter, later = last_letter(DORA), NOW + timedelta(hours=1)
    with pytest.raises(ValidationFailed):
        prove(letter.code, now=later)
    with pytest.raises(ValidationFailed):
        verification.verify_by_link(letter.token, now=later)
    assert not User.objects.exists()


def test_a_new_code_voids_the_one_before_and_brings_new_guesses() -> None:
    ask()
    first = last_letter(DORA)
    for _ in range(SignUp.MAX_GUESSES):
        with pytest.raises(ValidationFailed):
            prove(wrong(first.code))
    verification.send_again(DORA, now=NOW + timedelta(minutes=30))
    second = last_letter(DORA)
    with pytest.raises(ValidationFailed):
        verification.verify_by_link(first.token, now=NOW + timedelta(minutes=31))
    assert prove(second.code, now=NOW + timedelta(minutes=80)).email == DORA


def test_sending_again_names_the_sign_up_where_there_are_two() -> None:
    first = ask(password="stranger-keeps-this-77")
    ask()
    verification.send_again(DORA, verification_id=first.sign_up_id, now=NOW)
    user = prove(last_letter(DORA).code, verification_id=first.sign_up_id)
    assert passwords.is_correct("stranger-keeps-this-77", user.password)


def test_sending_again_to_nobody_says_the_same_and_mails_nothing(alice: User) -> None:
    verification.send_again("nobody@example.com", now=NOW)
    verification.send_again(alice.email, now=NOW)
    assert not letters_to("nobody@example.com")
    assert not letters_to(alice.email)


def test_mail_to_one_address_is_limited(janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for _ in range(5):
        ask()
    with pytest.raises(RateLimited):
        ask()
    ask("somebody.else@example.com")


def test_a_suspended_account_stays_suspended_when_its_mailbox_is_claimed() -> None:
    UserFactory(email=DORA, email_verified=False, status=User.Status.SUSPENDED)
    ask()
    assert not prove(last_letter(DORA).code).is_active
