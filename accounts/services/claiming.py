"""The account of a mailbox that was just proven: made, or taken over where nobody had proven it (rule 9)."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.events import EmailVerified, UserCreated, by_oneself
from accounts.models import Avatar, SignUp, User
from accounts.services import addresses, deletion, sessions, ways_in
from audit import services as audit
from core.errors import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who proved the mailbox, as far as somebody told it. They have no password yet.

    `is_vouched_only`: another provider says that it is theirs, and does not run it; no code was sent.
    """

    email: str
    is_vouched_only: bool = False
    given_name: str = ""
    family_name: str = ""
    locale: str = ""


def find_locked(email: str) -> User | None:
    """The user of a canonical address, primary or further; address and user are locked. First in a transaction."""
    addresses.lock(email)
    known = User.objects.find_by_email(email)
    return User.objects.select_for_update(no_key=True).filter(id=known.id).first() if known else None


def take(owner: Owner, *, now: datetime) -> User:
    """The owner's account with a verified address, under a lock. Inside a transaction.

    Whatever a stranger set while the address was unproven goes (pre-hijacking).
    """
    user = find_locked(owner.email) or _make(owner, now=now)
    if addresses.is_proven(owner.email):
        if not owner.is_vouched_only:
            note_proof(user, owner.email, now=now)
        return user
    drop_what_was_set(user, now=now)
    user.email_verified, user.updated_at, user.password_changed_at = True, now, now
    user.email_vouched_only = owner.is_vouched_only
    user.given_name, user.family_name = owner.given_name[:100], owner.family_name[:100]
    user.locale = owner.locale[:16]
    user.save()
    SignUp.objects.live(now).filter(email=owner.email).update(used_at=now)
    audit.record(EmailVerified(**by_oneself(user.id)))
    return user


def note_proof(user: User, address: str, *, now: datetime) -> None:
    """What was mailed to the address came back, or who runs the mailbox says so. Under the lock of the person's row.

    Where only the word of another provider had stood for it, that word may have been a stranger's: whatever else signs in
    ends, and what hangs on the mailbox is the owner's from now on (`User.email_vouched_only`). Not where a second factor
    guards the account: who has the mailbox has not shown that yet.
    """
    if not user.email_vouched_only or user.email != address or user.has_mfa:
        return
    sessions.end_all(user, reason="mailbox_claimed", now=now)  # and with them every token
    ways_in.drop(user, mailbox=address, since=None, keeps_programs=True, now=now)
    user.password, user.email_vouched_only, user.updated_at = make_password(None), False, now
    user.save(update_fields=["password", "email_vouched_only", "updated_at"])


def _make(owner: Owner, *, now: datetime) -> User:
    """A new user, still unverified. Raises `Conflict` where a parallel request made one a moment ago: whose, is not known."""
    user = User(email=owner.email, password=make_password(None), created_at=now, updated_at=now)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        if not User.objects.filter(email=owner.email).exists():
            raise
        raise Conflict(_("An account was made with this address just now. Try again.")) from None
    audit.record(UserCreated(email=user.email, **by_oneself(user.id)))
    return user


def drop_what_was_set(user: User, *, now: datetime) -> None:
    """Whatever was given to an unproven address is not this person's. Saves nothing of the user itself."""
    sessions.end_all(user, reason="mailbox_claimed", now=now)  # and with them every token
    ways_in.drop(user, mailbox="", since=None, now=now)
    if deletion.keep(user, now=now):
        user.deletion_due_at = None
    user.password = make_password(None)
    user.role, user.address, user.metadata = User.Role.NONE, {}, {}
    user.given_name = user.family_name = user.locale = ""
    user.middle_name = user.nickname = user.timezone = user.phone_number = ""
    user.website = user.profile_url = user.gender = user.birthdate = user.picture_key = ""
    user.preferences = {}
    user.phone_number_verified = user.password_reset_required = False
    user.former_passwords.all().delete()
    Avatar.objects.filter(user=user).delete()
