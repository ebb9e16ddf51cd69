"""A further address is added by proving it, for the person who asked, once; S119 S121."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import EmailAddition, EmailAddress, User
from accounts.services import addresses, email_additions, sign_up, users, verification
from accounts.services.sign_up import Applicant
from accounts.tests.address_cast import NEW, NOW, further, session_of, stale_session_of
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from core.errors import Conflict, NotFound, RateLimited, ReauthenticationRequired, ValidationFailed

LATER = NOW + timedelta(minutes=1)


def ask(user: User, email: str = NEW, **more: Any) -> EmailAddition:
    return email_additions.request(session=session_of(user), email=email, **more, now=NOW)


def prove(user: User, row: EmailAddition, code: str) -> str:
    return email_additions.prove_by_code(session=session_of(user), addition_id=row.id, code=code, now=LATER)


def of(user: User) -> set[str]:
    return set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))


def test_the_code_adds_the_address_and_the_primary_one_is_told(alice: User) -> None:
    row = ask(alice, "New@Example.com")
    assert of(alice) == set()
    assert prove(alice, row, last_letter(NEW).code) == NEW
    assert of(alice) == {NEW}
    assert NEW in last_letter(alice.email).text
    assert last_letter(alice.email).kind == "email_added"
    assert Event.objects.get(action="user.email_added").personal.data["email"] == NEW


def test_the_link_adds_the_address(alice: User) -> None:
    ask(alice)
    token = last_letter(NEW).token
    assert email_additions.prove_by_link(session=session_of(alice), token=token, now=LATER) == NEW
    assert of(alice) == {NEW}


def test_s121_a_link_works_once(alice: User) -> None:
    ask(alice)
    token = last_letter(NEW).token
    email_additions.prove_by_link(session=session_of(alice), token=token, now=LATER)
    with pytest.raises(ValidationFailed):
        email_additions.prove_by_link(session=session_of(alice), token=token, now=LATER)


def test_s121_a_link_does_nothing_for_another_person(alice: User, charlie: User) -> None:
    row = ask(alice)
    letter = last_letter(NEW)
    with pytest.raises(ValidationFailed):
        email_additions.prove_by_link(session=session_of(charlie), token=letter.token, now=LATER)
    with pytest.raises(NotFound):
        prove(charlie, row, letter.code)
    assert of(charlie) == set()
    assert prove(alice, row, letter.code) == NEW  # it was not used up


@pytest.mark.parametrize("after", [timedelta(hours=1), timedelta(hours=24)])
def test_s121_a_link_ends(alice: User, after: timedelta) -> None:
    row = ask(alice)
    session = session_of(alice, proven_at=NOW + after)
    with pytest.raises(ValidationFailed):
        email_additions.prove_by_link(session=session, token=last_letter(NEW).token, now=NOW + after)
    with pytest.raises(NotFound):
        email_additions.get_waiting(alice, row.id, now=NOW + after)


def test_s121_the_link_of_a_change_is_void_after_another_change(alice: User) -> None:
    ask(alice, becomes_primary=True)
    first = last_letter(NEW)
    row = ask(alice, "newer@example.com", becomes_primary=True)
    with pytest.raises(ValidationFailed):
        email_additions.prove_by_link(session=session_of(alice), token=first.token, now=LATER)
    prove(alice, row, last_letter("newer@example.com").code)
    assert User.objects.get(id=alice.id).email == "newer@example.com"


def test_s119_a_code_proves_only_the_address_it_was_sent_to(alice: User) -> None:
    mine, victims = ask(alice), ask(alice, "victim@example.com")
    with pytest.raises(ValidationFailed):
        prove(alice, victims, last_letter(NEW).code)
    assert prove(alice, mine, last_letter(NEW).code) == NEW
    assert of(alice) == {NEW}


def test_a_code_hears_five_guesses(alice: User) -> None:
    row = ask(alice)
    code = last_letter(NEW).code
    for guess in [wrong(code)] * EmailAddition.MAX_GUESSES + [code]:
        with pytest.raises(ValidationFailed):
            prove(alice, row, guess)
    refusals = Event.objects.filter(action="user.mailed_secret_refused", data__kind="email_addition")
    assert refusals.count() == EmailAddition.MAX_GUESSES + 1


def test_a_new_code_makes_the_one_before_void(alice: User) -> None:
    row = ask(alice)
    first = last_letter(NEW).code
    email_additions.send_again(session=session_of(alice), addition_id=row.id, now=LATER)
    second = last_letter(NEW).code
    if first != second:
        with pytest.raises(ValidationFailed):
            prove(alice, row, first)
    assert prove(alice, row, second) == NEW


@pytest.mark.parametrize("is_primary", [True, False])
def test_a_taken_address_looks_free_and_its_owner_is_told(
    alice: User, bob: User, django_assert_num_queries: Any, is_primary: bool
) -> None:
    taken = bob.email if is_primary else further(bob, "other@example.com").email
    row = ask(alice, taken)
    assert (row.email, row.expires_at) == (taken, NOW + timedelta(hours=1))
    letter = last_letter(taken)
    assert (letter.kind, letter.code, letter.token) == ("email_in_use", "", "")
    with pytest.raises(ValidationFailed) as caught:
        prove(alice, row, "000000")
    assert caught.value.reason == "invalid_code"


def test_whoever_proves_an_address_first_has_it(alice: User, bob: User) -> None:
    first, code = ask(alice), last_letter(NEW).code
    second, other = ask(bob), last_letter(NEW).code
    prove(bob, second, other)
    with pytest.raises(ValidationFailed):
        prove(alice, first, code)
    assert (of(alice), of(bob)) == (set(), {NEW})


def test_an_address_of_ones_own_is_told_so(alice: User) -> None:
    further(alice)
    for known in (alice.email, NEW):
        with pytest.raises(Conflict, match="already"):
            ask(alice, known)


def test_an_account_holds_ten_addresses(alice: User) -> None:
    for number in range(email_additions.MAX_ADDRESSES - 1):
        further(alice, f"a{number}@example.com")
    with pytest.raises(Conflict) as caught:
        ask(alice)
    assert caught.value.reason == "too_many_emails"


def test_it_asks_for_a_fresh_proof(alice: User) -> None:
    row = ask(alice)
    stale: dict[str, Any] = {"session": stale_session_of(alice), "now": NOW}
    for act in (
        lambda: email_additions.request(email="x@example.com", **stale),
        lambda: email_additions.send_again(addition_id=row.id, **stale),
        lambda: email_additions.prove_by_code(addition_id=row.id, code=last_letter(NEW).code, **stale),
        lambda: email_additions.prove_by_link(token=last_letter(NEW).token, **stale),
    ):
        with pytest.raises(ReauthenticationRequired):
            act()
    assert of(alice) == set()


def test_one_person_and_one_mailbox_are_asked_so_often(alice: User, bob: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for number in range(10):
        ask(alice, f"n{number}@example.com")
    with pytest.raises(RateLimited):
        ask(alice)
    for _ in range(5):
        ask(bob)
    with pytest.raises(RateLimited):
        ask(bob)
    assert len(letters_to(NEW)) == 5


# An address stands once over both tables, whichever way it comes.


def test_a_further_address_cannot_be_signed_up_with(alice: User) -> None:
    further(alice)
    sign_up.request_sign_up(Applicant(email=NEW, password="plum-tractor-velvet-95"), now=NOW)
    assert last_letter(NEW).kind == "already_registered"


def test_a_sign_up_that_waits_loses_to_a_proven_addition(alice: User) -> None:
    sign_up.request_sign_up(Applicant(email=NEW, password="plum-tractor-velvet-95"), now=NOW)
    code = last_letter(NEW).code
    row = ask(alice)
    prove(alice, row, last_letter(NEW).code)
    with pytest.raises(ValidationFailed):
        verification.verify_by_code(NEW, code, now=LATER)
    assert not User.objects.filter(email=NEW).exists()


def test_an_operator_cannot_make_a_user_of_a_further_address(alice: User) -> None:
    further(alice)
    with pytest.raises(Conflict):
        users.create_user(email=NEW, password=None, now=NOW)


def test_a_new_verification_is_not_mailed_to_a_further_address(alice: User) -> None:
    further(alice)
    User.objects.filter(id=alice.id).update(email_verified=False)
    verification.send_again(NEW, now=NOW)
    assert letters_to(alice.email) == letters_to(NEW) == []


def test_the_list_has_the_primary_one_first_and_the_waiting_ones_last(alice: User) -> None:
    further(alice)
    row = ask(alice, "waits@example.com")
    shown = [(each.email, each.is_primary, each.is_verified) for each in addresses.all_of(alice, now=NOW)]
    assert shown == [(alice.email, True, True), (NEW, False, True), ("waits@example.com", False, False)]
    assert addresses.all_of(alice, now=NOW)[0].id == alice.id
    assert addresses.all_of(alice, now=NOW)[2].id == row.id
