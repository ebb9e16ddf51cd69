"""Another primary address: the old one is told and can take it back for a week. S122 S124, and S097 of its doors."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.models import EmailAddition, EmailAddress, EmailRevert, Session, User
from accounts.services import addresses, email_additions, primary_email, recovery, sessions
from accounts.tests.address_cast import NEW, NOW, further, session_of, stale_session_of
from accounts.tests.mails import last_letter, letters_to
from audit.models import Event
from core.errors import Conflict, NotFound, ReauthenticationRequired, ValidationFailed

OLD = "alice@example.com"
LATER = NOW + timedelta(minutes=1)
WEEK = timedelta(days=7)
CHOSEN = "copper-lantern-meadow-31"


def change(user: User, email: str = NEW) -> None:
    """Replace the primary address, proof included."""
    user.refresh_from_db()
    session = session_of(user)
    row = email_additions.request(session=session, email=email, becomes_primary=True, now=NOW)
    code = last_letter(email).code
    email_additions.prove_by_code(session=session, addition_id=row.id, code=code, now=LATER)


def emails_of(user: User) -> tuple[str, set[str]]:
    primary = User.objects.get(id=user.id).email
    return primary, set(EmailAddress.objects.filter(user=user).values_list("email", flat=True))


def revert_link(email: str = OLD) -> str:
    return [letter for letter in letters_to(email) if letter.kind == "primary_email_changed"][-1].token


def test_a_changed_address_replaces_the_old_one_which_is_told(alice: User) -> None:
    change(alice)
    assert emails_of(alice) == (NEW, set())
    assert User.objects.get(id=alice.id).email_verified
    letter = last_letter(OLD)
    assert letter.kind == "primary_email_changed"
    assert NEW in letter.text
    event = Event.objects.get(action="user.primary_email_changed")
    assert (event.personal.data["email"], event.personal.data["old_email"]) == (NEW, OLD)


def test_a_further_address_changes_places_with_the_primary_one(alice: User) -> None:
    row = further(alice)
    primary_email.make_primary(session=session_of(alice), email_id=row.id, now=NOW)
    assert emails_of(alice) == (NEW, {OLD})
    assert last_letter(OLD).kind == "primary_email_changed"


def test_an_address_that_nobody_had_proven_is_dropped_and_gets_no_way_back(db: None) -> None:
    user = UserFactory(email=OLD, email_verified=False)
    primary_email.make_primary(session=session_of(user), email_id=further(user).id, now=NOW)
    assert emails_of(user) == (NEW, set())
    assert letters_to(OLD) == []
    assert not EmailRevert.objects.exists()


def test_s124_a_reset_mailed_before_the_change_is_void(alice: User) -> None:
    recovery.request_reset(OLD, now=NOW)
    letter = last_letter(OLD)
    change(alice)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(letter.token, CHOSEN, now=LATER)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_code(OLD, letter.code, CHOSEN, now=LATER)
    assert passwords.is_correct(PASSWORD, User.objects.get(id=alice.id).password)


def test_a_reset_mailed_to_a_removed_address_is_void(alice: User) -> None:
    row = further(alice)
    recovery.request_reset(NEW, now=NOW)
    token = last_letter(NEW).token
    primary_email.remove(session=session_of(alice), email_id=row.id, now=NOW)
    assert last_letter(NEW).kind == "email_removed"
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(token, CHOSEN, now=LATER)


def test_any_address_resets_the_password(alice: User) -> None:
    further(alice)
    recovery.request_reset(NEW, now=NOW)
    recovery.reset_by_code(NEW, last_letter(NEW).code, CHOSEN, now=LATER)
    assert passwords.is_correct(CHOSEN, User.objects.get(id=alice.id).password)
    assert last_letter(OLD).kind == "password_changed"


def test_a_reset_by_a_further_address_does_not_prove_the_primary_one(db: None) -> None:
    user = UserFactory(email=OLD, email_verified=False)
    further(user)
    recovery.request_reset(NEW, now=NOW)
    recovery.reset_by_code(NEW, last_letter(NEW).code, CHOSEN, now=LATER)
    assert not User.objects.get(id=user.id).email_verified


def test_s097_guesses_at_all_addresses_of_an_account_are_one_count(alice: User) -> None:
    further(alice)
    assert addresses.account_of(OLD) == addresses.account_of(NEW) == str(alice.id)
    assert addresses.account_of("nobody@example.com") == "nobody@example.com"


def test_the_primary_address_is_not_removed(alice: User) -> None:
    with pytest.raises(Conflict):
        primary_email.remove(session=session_of(alice), email_id=alice.id, now=NOW)


def test_an_address_that_waits_is_forgotten(alice: User) -> None:
    session = session_of(alice)
    row = email_additions.request(session=session, email=NEW, now=NOW)
    primary_email.remove(session=session, email_id=row.id, now=NOW)
    with pytest.raises(ValidationFailed):
        email_additions.prove_by_link(session=session, token=last_letter(NEW).token, now=LATER)


def test_other_peoples_addresses_are_not_there(alice: User, charlie: User) -> None:
    row = further(alice)
    for act in (primary_email.make_primary, primary_email.remove):
        with pytest.raises(NotFound):
            act(session=session_of(charlie), email_id=row.id, now=NOW)
    assert emails_of(alice) == (OLD, {NEW})


def test_s122_it_asks_for_a_fresh_proof(alice: User) -> None:
    row = further(alice)
    for act in (primary_email.make_primary, primary_email.remove):
        with pytest.raises(ReauthenticationRequired):
            act(session=stale_session_of(alice), email_id=row.id, now=NOW)


def test_s122_the_old_address_takes_the_change_back(alice: User) -> None:
    thief = session_of(alice)
    change(alice)
    user = primary_email.revert(revert_link(), now=LATER + WEEK - timedelta(seconds=1))
    assert (user.email, user.email_verified) == (OLD, True)
    assert emails_of(alice) == (OLD, set())
    assert not User.objects.get(id=alice.id).has_usable_password()
    assert not Session.objects.filter(user=alice, ended_at=None).exists()
    assert sessions.living_sessions(alice, now=LATER).count() == 0
    assert thief.user_id == alice.id
    assert Event.objects.filter(action="user.primary_email_reverted").count() == 1


def test_s122_the_reset_that_follows_lets_the_owner_in_again(alice: User) -> None:
    change(alice)
    primary_email.revert(revert_link(), now=LATER)
    letter = last_letter(OLD)
    assert letter.kind == "reset_password"
    recovery.reset_by_link(letter.token, CHOSEN, now=LATER)
    assert passwords.is_correct(CHOSEN, User.objects.get(id=alice.id).password)


def test_s122_the_link_ends_after_a_week_and_works_once(alice: User) -> None:
    change(alice)
    link = revert_link()
    with pytest.raises(ValidationFailed):
        primary_email.revert(link, now=LATER + WEEK)
    primary_email.revert(link, now=LATER)
    with pytest.raises(ValidationFailed):
        primary_email.revert(link, now=LATER)


def test_a_chain_of_changes_goes_back_to_the_first_owner(alice: User) -> None:
    """The thief changed twice, and holds a link of their own that would bring their address back."""
    further(alice, "planted@example.com")
    change(alice, "thief@example.com")
    change(alice, "thief2@example.com")
    pending = email_additions.request(session=session_of(alice), email="thief3@example.com", now=NOW)
    primary_email.revert(revert_link(), now=LATER)
    assert emails_of(alice) == (OLD, set())
    with pytest.raises(ValidationFailed):
        primary_email.revert(revert_link("thief@example.com"), now=LATER)
    with pytest.raises(NotFound):
        email_additions.get_waiting(alice, pending.id, now=LATER)
    assert not EmailAddition.objects.live(LATER).exists()


def test_resets_that_the_thief_asked_for_are_void(alice: User) -> None:
    change(alice)
    recovery.request_reset(NEW, now=LATER)
    token = last_letter(NEW).token
    primary_email.revert(revert_link(), now=LATER)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(token, CHOSEN, now=LATER)


def test_an_address_that_has_an_account_of_its_own_by_now_is_not_taken_back(alice: User) -> None:
    change(alice)
    UserFactory(email=OLD)
    with pytest.raises(ValidationFailed):
        primary_email.revert(revert_link(), now=LATER)
    assert emails_of(alice) == (NEW, set())


def test_a_suspended_account_is_taken_back_and_stays_suspended(alice: User) -> None:
    change(alice)
    User.objects.filter(id=alice.id).update(status=User.Status.SUSPENDED)
    primary_email.revert(revert_link(), now=LATER)
    user = User.objects.get(id=alice.id)
    assert (user.email, user.status) == (OLD, "suspended")
    assert last_letter(OLD).kind == "primary_email_changed"  # no reset for who may not come in


@pytest.mark.parametrize("token", ["", "x", "jnu_ml_" + "a" * 43])
def test_a_link_of_nobody_changes_nothing(alice: User, token: str) -> None:
    with pytest.raises(ValidationFailed):
        primary_email.revert(token, now=NOW)
    refused: Any = Event.objects.get(action="user.mailed_secret_refused")
    assert refused.data["kind"] == "email_revert"
