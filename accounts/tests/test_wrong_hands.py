"""Somebody else was in the account: whatever they made or hold to come back in by ends with the owner's word."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.factories import UserFactory
from accounts.models import Device, EmailAddress, Identity, Session, User
from accounts.services import (
    alarms,
    deletion,
    email_additions,
    identities,
    primary_email,
    recovery,
    sign_up,
    verification,
)
from accounts.services.identities import ToldIdentity
from accounts.services.sign_up import Applicant
from accounts.tests.address_cast import NOW, session_of
from accounts.tests.mails import last_letter, letters_to
from core.errors import ValidationFailed

ALICE, THIEF, CHOSEN = "alice@example.com", "thief@example.com", "copper-lantern-meadow-31"
TOLD = ToldIdentity(
    provider="github", provider_name="GitHub", connection="github:x", subject="666", email=THIEF
)
pytestmark = pytest.mark.django_db


def after(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def add(user: User, email: str, *, at: datetime, becomes_primary: bool = False) -> None:
    user.refresh_from_db()
    session = session_of(user, proven_at=at)
    row = email_additions.request(session=session, email=email, becomes_primary=becomes_primary, now=at)
    email_additions.prove_by_code(session=session, addition_id=row.id, code=last_letter(email).code, now=at)


def make_primary(user: User, email: str, *, at: datetime) -> None:
    user.refresh_from_db()
    row = EmailAddress.objects.get(user=user, email=email)
    primary_email.make_primary(session=session_of(user, proven_at=at), email_id=row.id, now=at)


def token(email: str, kind: str) -> str:
    return [letter for letter in letters_to(email) if letter.kind == kind][-1].token


def alarm(user: User, *, at: datetime) -> str:
    """The link of the mail about a new device."""
    user.refresh_from_db()
    alarms.mail_alarm(user, now=at)
    return token(user.email, "sign_in_new_device")


def settle_in(user: User, *, at: datetime) -> None:
    """What a thief with a fresh proof does: ways in for later, a browser that is known, and the end of it all."""
    add(user, "planted@example.com", at=at)
    identities.link(session=session_of(user, proven_at=at), told=TOLD, now=at)
    Device.objects.create(user=user, browser_hash="thief", first_seen_at=at, last_seen_at=at)
    user.refresh_from_db()
    deletion.request_deletion(session_of(user, proven_at=at), typed_email=user.email, now=at)


def is_clean(user: User) -> bool:
    user.refresh_from_db()
    held = (
        Identity.objects.filter(user=user).exists(),
        EmailAddress.objects.filter(user=user).exists(),
        Device.objects.filter(user=user, revoked_at=None).exists(),
        Session.objects.filter(user=user, ended_at=None).exists(),
        user.deletion_due_at is not None,
        user.has_usable_password(),
    )
    return not any(held)


def by_alarm(user: User) -> None:
    link = alarm(user, at=NOW)
    settle_in(user, at=after(1))
    assert alarms.disown(link, now=after(2)) == ALICE


def by_revert(user: User) -> None:
    add(user, THIEF, at=NOW, becomes_primary=True)
    settle_in(user, at=after(1))
    primary_email.revert(token(ALICE, "primary_email_changed"), now=after(2))


def by_alarm_after_a_change(user: User) -> None:
    link = alarm(user, at=NOW)
    add(user, THIEF, at=after(1), becomes_primary=True)
    settle_in(user, at=after(1))
    assert alarms.disown(link, now=after(2)) == ALICE


@pytest.mark.parametrize("owner_speaks", [by_alarm, by_revert, by_alarm_after_a_change])
def test_nothing_that_the_thief_made_stays(alice: User, owner_speaks: Callable[[User], None]) -> None:
    owner_speaks(alice)
    assert is_clean(alice)
    assert alice.email == ALICE
    recovery.reset_by_code(ALICE, last_letter(ALICE).code, CHOSEN, now=after(3))


def test_a_claim_ends_it_too() -> None:
    user = UserFactory(email=ALICE, email_verified=False)
    settle_in(user, at=NOW)
    sign_up.request_sign_up(Applicant(email=ALICE, password=CHOSEN), now=after(1))
    verification.verify_by_code(ALICE, last_letter(ALICE).code, now=after(1))
    user.refresh_from_db()
    assert user.has_usable_password()
    assert not Identity.objects.exists()
    assert not EmailAddress.objects.exists()
    assert user.deletion_due_at is None


def test_a_mailed_reset_at_the_thiefs_address_leaves_the_owners_alarm(alice: User) -> None:
    link = alarm(alice, at=NOW)
    add(alice, THIEF, at=after(1))
    recovery.request_reset(THIEF, now=after(2))
    recovery.reset_by_code(THIEF, last_letter(THIEF).code, CHOSEN, now=after(2))
    assert alarms.disown(link, now=after(3)) == ALICE
    assert is_clean(alice)


def test_the_thiefs_own_links_do_not_void_the_owners(alice: User) -> None:
    """Two changes in a row give the thief a link too; so does a sign-in on a new device after the first."""
    owners_alarm = alarm(alice, at=NOW)
    add(alice, THIEF, at=after(1), becomes_primary=True)
    thiefs_alarm = alarm(alice, at=after(2))
    add(alice, "thief2@example.com", at=after(3), becomes_primary=True)
    primary_email.revert(token(THIEF, "primary_email_changed"), now=after(4))
    alarms.disown(thiefs_alarm, now=after(5))
    alice.refresh_from_db()
    assert alice.email == THIEF
    assert alarms.disown(owners_alarm, now=after(7)) == ALICE
    assert is_clean(alice)
    assert alice.email == ALICE


def test_the_owners_revert_link_outlives_the_thiefs(alice: User) -> None:
    add(alice, THIEF, at=NOW, becomes_primary=True)
    add(alice, "thief2@example.com", at=after(1), becomes_primary=True)
    primary_email.revert(token(THIEF, "primary_email_changed"), now=after(2))
    primary_email.revert(token(ALICE, "primary_email_changed"), now=after(3))
    assert is_clean(alice)
    assert alice.email == ALICE


def test_who_is_put_back_by_hand_is_not_thrown_out_by_a_link(alice: User) -> None:
    """The owner makes the old address the primary one again: the thief gets no link to take *that* back."""
    add(alice, THIEF, at=NOW)
    make_primary(alice, THIEF, at=NOW)
    add(alice, "thief2@example.com", at=after(1))
    make_primary(alice, "thief2@example.com", at=after(1))
    make_primary(alice, ALICE, at=after(2))
    told = last_letter("thief2@example.com")
    assert (told.kind, told.token) == ("primary_email_changed", "")
    with pytest.raises(ValidationFailed):
        primary_email.revert(token(THIEF, "primary_email_changed"), now=after(3))
    alice.refresh_from_db()
    assert alice.email == ALICE
