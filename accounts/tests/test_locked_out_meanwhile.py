"""A request that was under way as the owner locked everybody out leaves no way in behind."""

from collections.abc import Callable

import pytest

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.models import EmailAddress, Identity, Session, User
from accounts.services import (
    deletion,
    email_additions,
    identities,
    phone_numbers,
    primary_email,
    recovery,
    sessions,
)
from accounts.tests.address_cast import NOW, further, session_of
from accounts.tests.mails import last_letter
from accounts.tests.test_wrong_hands import CHOSEN, THIEF, TOLD
from core.errors import AuthenticationFailed, ReauthenticationRequired

Act = Callable[[], object]


def link(session: Session) -> Act:
    """While the provider takes its seconds to answer."""
    return lambda: identities.link(session=session, told=TOLD, now=NOW)


def add_address(session: Session) -> Act:
    row = email_additions.request(session=session, email=THIEF, now=NOW)
    code = last_letter(THIEF).code
    return lambda: email_additions.prove_by_code(session=session, addition_id=row.id, code=code, now=NOW)


def add_address_by_link(session: Session) -> Act:
    email_additions.request(session=session, email=THIEF, becomes_primary=True, now=NOW)
    token = last_letter(THIEF).token
    return lambda: email_additions.prove_by_link(session=session, token=token, now=NOW)


def change_password(session: Session) -> Act:
    given = {"current_password": PASSWORD, "new_password": CHOSEN}
    return lambda: recovery.change_password(user=session.user, session=session, **given, now=NOW)


def make_primary(session: Session) -> Act:
    row = further(session.user)
    return lambda: primary_email.make_primary(session=session, email_id=row.id, now=NOW)


def ask_for_deletion(session: Session) -> Act:
    return lambda: deletion.request_deletion(session, typed_email=session.user.email, now=NOW)


@pytest.mark.parametrize(
    "begin", [link, add_address, add_address_by_link, change_password, make_primary, ask_for_deletion]
)
def test_who_was_locked_out_leaves_nothing_behind(alice: User, begin: Callable[[Session], Act]) -> None:
    act = begin(session_of(alice))
    sessions.end_all(User.objects.get(id=alice.id), reason="disowned", now=NOW)
    with pytest.raises(ReauthenticationRequired):
        act()
    user = User.objects.get(id=alice.id)
    assert (user.email, user.deletion_due_at) == ("alice@example.com", None)
    assert passwords.is_correct(PASSWORD, user.password)
    assert not Identity.objects.exists()
    assert not EmailAddress.objects.filter(email=THIEF).exists()


def test_a_first_password_is_not_set_after_a_lock_out(db: None) -> None:
    user = UserFactory(password="!nothing")
    session = session_of(user)
    sessions.end_all(user, reason="disowned", now=NOW)
    with pytest.raises(ReauthenticationRequired):
        recovery.set_first_password(session=session, new_password=CHOSEN, now=NOW)
    assert not User.objects.get(id=user.id).has_usable_password()


def test_a_password_that_must_be_reset_by_mail_does_not_change_itself(alice: User) -> None:
    """It leaked; whoever has it may be in by another door."""
    recovery.require_reset(actor=None, user=alice, now=NOW)
    alice.refresh_from_db()
    session = session_of(alice)
    with pytest.raises(AuthenticationFailed):
        change_password(session)()
    assert User.objects.get(id=alice.id).password_reset_required


def test_a_phone_is_not_confirmed_after_a_lock_out(alice: User, janua_options: Callable[..., None]) -> None:
    janua_options(sms_delivery="mailbox")
    session = session_of(alice)
    phone_numbers.send_code(session=session, phone_number="+4915112345678", now=NOW)
    sessions.end_all(alice, reason="disowned", now=NOW)
    with pytest.raises(ReauthenticationRequired):
        phone_numbers.verify(session=session, code="000000", now=NOW)


def test_an_account_holds_no_more_addresses_than_it_may(alice: User) -> None:
    """Room is looked for as an address is asked for, and again as it comes."""
    session = session_of(alice)
    row = email_additions.request(session=session, email=THIEF, now=NOW)
    for number in range(email_additions.MAX_ADDRESSES - 1):
        further(alice, f"a{number}@example.com")
    code = last_letter(THIEF).code
    with pytest.raises(Exception, match="as many addresses"):
        email_additions.prove_by_code(session=session, addition_id=row.id, code=code, now=NOW)
    assert EmailAddress.objects.count() == email_additions.MAX_ADDRESSES - 1
