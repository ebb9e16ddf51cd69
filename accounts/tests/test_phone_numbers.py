"""A number stands on the account only once a code came back from it."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import PhoneVerification, User
from accounts.services import phone_numbers
from accounts.tests.address_cast import NOW, code_sent_to, session_of, stale_session_of
from accounts.tests.mails import last_letter, wrong
from audit.models import Event
from core import limits
from core.errors import Conflict, NotFound, RateLimited, ReauthenticationRequired, ValidationFailed
from core.models import Sms
from core.throttle import Limit

NUMBER, OTHER = "+4915123456789", "+4915123456780"


def send(user: User, number: str = NUMBER) -> None:
    phone_numbers.send_code(session=session_of(user), phone_number=number, now=NOW)


def verify(user: User, code: str, *, after: timedelta = timedelta(minutes=1)) -> User:
    return phone_numbers.verify(session=session_of(user), code=code, now=NOW + after)


def number_of(user: User) -> tuple[str, bool]:
    user.refresh_from_db()
    return user.phone_number, user.phone_number_verified


def test_the_code_of_the_sms_sets_the_number(alice: User) -> None:
    send(alice, "+49 1512 3456789")
    assert number_of(alice) == ("", False)
    verify(alice, code_sent_to(NUMBER))
    assert number_of(alice) == (NUMBER, True)
    assert "+49 1512 3456789" in last_letter(alice.email).text
    assert Event.objects.get(action="user.phone_verified").personal.data["phone_number"] == NUMBER


def test_a_number_stays_until_the_new_one_is_proven(alice: User) -> None:
    send(alice)
    verify(alice, code_sent_to(NUMBER))
    send(alice, OTHER)
    assert number_of(alice) == (NUMBER, True)
    verify(alice, code_sent_to(OTHER))
    assert number_of(alice) == (OTHER, True)


def test_a_code_hears_five_guesses(alice: User) -> None:
    send(alice)
    code = code_sent_to(NUMBER)
    for guess in [wrong(code)] * PhoneVerification.MAX_GUESSES + [code]:
        with pytest.raises(ValidationFailed):
            verify(alice, guess)
    assert number_of(alice) == ("", False)
    assert Event.objects.filter(action="user.phone_code_refused", result="failure").count() == 6


def test_a_code_lives_ten_minutes_and_works_once(alice: User) -> None:
    send(alice)
    code = code_sent_to(NUMBER)
    with pytest.raises(NotFound):
        verify(alice, code, after=timedelta(minutes=10))
    verify(alice, code)
    with pytest.raises(NotFound):
        verify(alice, code)


def test_a_code_is_for_the_person_who_asked(alice: User, charlie: User) -> None:
    send(alice)
    with pytest.raises(NotFound):
        verify(charlie, code_sent_to(NUMBER))


def test_a_later_code_makes_the_one_before_void(alice: User) -> None:
    send(alice)
    first = code_sent_to(NUMBER)
    send(alice, OTHER)
    if first != code_sent_to(OTHER):
        with pytest.raises(ValidationFailed):
            verify(alice, first)
    verify(alice, code_sent_to(OTHER))
    assert number_of(alice) == (OTHER, True)


def test_a_proven_number_is_not_proven_again(alice: User) -> None:
    send(alice)
    verify(alice, code_sent_to(NUMBER))
    assert number_of(alice) == (NUMBER, True)
    with pytest.raises(Conflict):
        send(alice)


def test_a_number_is_removed_with_what_waits(alice: User) -> None:
    send(alice)
    verify(alice, code_sent_to(NUMBER))
    send(alice, OTHER)
    phone_numbers.remove(session=session_of(alice), now=NOW)
    assert number_of(alice) == ("", False)
    with pytest.raises(NotFound):
        verify(alice, code_sent_to(OTHER))
    with pytest.raises(NotFound):
        phone_numbers.remove(session=session_of(alice), now=NOW)


def test_it_asks_for_a_fresh_proof(alice: User) -> None:
    send(alice)
    stale: dict[str, Any] = {"session": stale_session_of(alice), "now": NOW}
    for act in (
        lambda: phone_numbers.send_code(phone_number=OTHER, **stale),
        lambda: phone_numbers.verify(code=code_sent_to(NUMBER), **stale),
        lambda: phone_numbers.remove(**stale),
    ):
        with pytest.raises(ReauthenticationRequired):
            act()


def test_without_a_gateway_no_number_is_asked_to_prove_itself(alice: User, janua_options: Any) -> None:
    janua_options(base_url="https://id.example.com")
    with pytest.raises(Conflict) as caught:
        send(alice)
    assert caught.value.reason == "sms_unavailable"
    assert not Sms.objects.exists()


def test_one_number_gets_so_many_codes_whoever_asks(alice: User, bob: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for user in (alice, bob, alice):
        send(user)
    with pytest.raises(RateLimited):
        send(bob)
    assert Sms.objects.count() == 3


def test_one_person_gets_so_many_codes_whatever_the_number(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for digit in range(limits.SMS_ACCOUNT.count):
        send(alice, f"+491512345670{digit}"[:14])
    with pytest.raises(RateLimited):
        send(alice, "+4915123456799")


def test_one_country_gets_so_many_codes(
    alice: User, bob: User, janua_options: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    janua_options(rate_limits="on")
    monkeypatch.setattr(limits, "SMS_COUNTRY", Limit("sms_country", 2, limits.DAY))
    send(alice)
    send(alice, OTHER)
    with pytest.raises(RateLimited):
        send(bob, "+4915123456781")
    send(bob, "+447400123456")


def test_guesses_are_counted_over_all_codes(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for number in (NUMBER, OTHER):
        send(alice, number)
        for _ in range(5):
            with pytest.raises(ValidationFailed):
                verify(alice, wrong(code_sent_to(number)))
    send(alice, "+4915123456781")
    with pytest.raises(RateLimited):
        verify(alice, code_sent_to("+4915123456781"))


def test_the_code_lies_hashed_and_the_sms_sealed(alice: User) -> None:
    send(alice)
    code = code_sent_to(NUMBER)
    row = PhoneVerification.objects.get()
    assert code not in row.code_hash
    assert row.code_hash == PhoneVerification.hash_of_code(row.id, code)
