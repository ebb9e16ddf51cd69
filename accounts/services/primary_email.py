"""Which address is the primary one: made so, taken back within a week by the owner of the one before."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import (
    EmailRemoved,
    MailedSecretRefused,
    PrimaryEmailChanged,
    PrimaryEmailReverted,
    by_oneself,
)
from accounts.models import (
    EmailAddition,
    EmailAddress,
    EmailRevert,
    EmailVerification,
    PasswordReset,
    Session,
    User,
)
from accounts.services import addresses, deletion, mailed, recovery, sessions, sudo, ways_in
from audit import services as audit
from core import mail
from core.errors import Conflict, NotFound, ValidationFailed

REVERT_PATH = "/email/revert"


def make_primary(*, session: Session, email_id: UUID, now: datetime) -> User:
    """Make a further address the primary one; the old one stays as a further one. Raises `NotFound`."""
    sudo.require(session, now=now)
    seen = _get_further(session.user, email_id)
    with transaction.atomic():
        addresses.lock(seen.email, session.user.email)
        user = sudo.lock_person(session, now=now)
        replace(user, _get_further(user, email_id).email, keeps_old=True, now=now)
    return user


def remove(*, session: Session, email_id: UUID, now: datetime) -> None:
    """Take a further address off the account, or forget one that waits for its proof.

    Raises `NotFound`, and `Conflict` for the primary address, which goes by the person's own id.
    """
    sudo.require(session, now=now)
    if email_id == session.user_id:
        sentence = _("This is your primary address. Make another one primary first.")
        raise Conflict(sentence, reason="primary_email")
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        waiting = EmailAddition.objects.live(now).filter(user=user, id=email_id)
        address = waiting.values_list("email", flat=True).first()
        if address and waiting.update(used_at=now):
            _record_removal(user, address)
            return
        further = _get_further(user, email_id)
        further.delete()
        PasswordReset.objects.live(now).filter(user=user, email=further.email).update(used_at=now)
        mail.send("email_removed", further.email, _notice(user, now), locale=user.locale)
        _record_removal(user, further.email)


def replace(user: User, address: str, *, keeps_old: bool, now: datetime) -> None:
    """Set the primary address. In a transaction that holds the locks of both addresses and of the person.

    The owner of a proven old address is told, and can take the change back for a week. Codes and links that
    were mailed before belong to an account that looked different: they are void.
    """
    old, was_proven, was_vouched_only = user.email, user.email_verified, user.email_vouched_only
    EmailAddress.objects.filter(user=user, email=address).delete()
    user.email, user.email_verified, user.email_vouched_only, user.updated_at = address, True, False, now
    user.save(update_fields=["email", "email_verified", "email_vouched_only", "updated_at"])
    _void_mailed_secrets(user, now=now)
    # A further address is proven by what was mailed to it: one that was only vouched for does not become one.
    if was_proven and keeps_old and not was_vouched_only:
        EmailAddress.objects.create(user=user, email=old, created_at=now)
    if was_proven:
        _tell(user, old, now=now)
    audit.record(PrimaryEmailChanged(**by_oneself(user.id), email=address, old_email=old))


def _tell(user: User, old: str, *, now: datetime) -> None:
    """Tell the old address; with the link that takes the change back, unless the change itself is the way back."""
    kind, facts = "primary_email_changed", {"new_email": user.email}
    if _goes_back(user, now=now):
        mail.send(kind, old, {**facts, **mailed.circumstances(now)}, locale=user.locale)
    else:
        letter = mailed.Letter(kind, REVERT_PATH, user.locale, facts)
        mailed.issue(EmailRevert(user=user, email=old), letter, now=now)


def _goes_back(user: User, *, now: datetime) -> bool:
    """Whether the address could have been taken back by link anyway. Then whoever had the account meanwhile gets no
    link, and loses those of that time: by one they would bring their own address back, after everything was mended."""
    reverts = EmailRevert.objects.live(now).filter(user=user)
    first = reverts.filter(email=user.email).order_by("created_at").first()
    if first is None:
        return False
    reverts.filter(created_at__gt=first.created_at).exclude(email=user.email).update(used_at=now)
    return True


def find_revert(token: str, *, now: datetime) -> EmailRevert | None:
    """The change that this link takes back, while it can be."""
    return (
        EmailRevert.objects.live(now)
        .filter(link_hash=EmailRevert.hash_of_link(token))
        .select_related("user")
        .first()
    )


def revert(token: str, *, now: datetime) -> User:
    """Take back a change of the primary address; raises `ValidationFailed`.

    Whoever holds the old mailbox says that the account is in wrong hands: everything that the change's author
    may hold ends. Every other address and connected account goes (any of them may be theirs), all sessions, the
    password, every code and link, and a deletion that waits; a reset is mailed to the old address.
    """
    seen = find_revert(token, now=now)
    user = None
    if seen is not None:
        with transaction.atomic():
            addresses.lock(seen.email, seen.user.email)
            row = EmailRevert.redeem_link(token, now=now)
            user = take_back(row, now=now) if row else None
    if user is None:
        with transaction.atomic():
            audit.record(MailedSecretRefused(actor_type="anonymous", result="failure", kind="email_revert"))
        raise ValidationFailed(
            _("This link is wrong, was used before, or has expired."), reason="invalid_token"
        )
    return user


def find_change_from(user: User, address: str, *, now: datetime) -> EmailRevert | None:
    """The change that took this address off its place, if its owner can take that back."""
    if user.email == address:
        return None
    changes = EmailRevert.objects.live(now).filter(user=user, email=address)
    found: EmailRevert | None = changes.order_by("created_at").first()
    return found


def take_back(row: EmailRevert, *, now: datetime) -> User | None:
    """What `revert` does, in a transaction that holds the addresses' locks; None where it cannot be done any more."""
    user = User.objects.select_for_update(no_key=True).get(id=row.user_id)
    if not addresses.is_of(user, row.email) and addresses.is_taken(row.email):
        return None  # its owner has made an account of their own with it since
    wrong = user.email
    ways_in.drop(user, mailbox="", since=row.created_at, now=now)
    user.email, user.email_verified, user.updated_at = row.email, True, now
    user.password, user.password_changed_at = make_password(None), now
    user.save(update_fields=["email", "email_verified", "updated_at", "password", "password_changed_at"])
    deletion.keep(user, now=now)
    sessions.end_all(user, reason="email_reverted", now=now)
    if wrong != row.email:
        mail.send("email_removed", wrong, _notice(user, now), locale=user.locale)
    if user.is_active:
        recovery.mail_reset(user, row.email, now=now)
    audit.record(PrimaryEmailReverted(**by_oneself(user.id), email=row.email, removed_email=wrong))
    return user


def _get_further(user: User, email_id: UUID) -> EmailAddress:
    further = EmailAddress.objects.filter(user=user, id=email_id).first()
    if further is None:
        raise NotFound(_("This address is not on your account."))
    return further


def _void_mailed_secrets(user: User, *, now: datetime) -> None:
    for model in (PasswordReset, EmailVerification):
        model.objects.live(now).filter(user=user).update(used_at=now)
    EmailAddition.objects.live(now).filter(user=user, becomes_primary=True).update(used_at=now)


def _notice(user: User, now: datetime) -> dict[str, object]:
    return {"emails_url": mailed.url("/account/emails"), **mailed.circumstances(now)}


def _record_removal(user: User, address: str) -> None:
    audit.record(EmailRemoved(**by_oneself(user.id), email=address))
