"""Deleting one's own account, with days of grace, and its erasure when they are over.

`User.deletion_due_at` is the truth. Whoever comes first wins: keeping the account is a conditional UPDATE, the
erasure begins with another (`Status.ERASING`) under the row's lock, and from then on there is no way back.
"""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import data_map, emails
from accounts.events import DeletionCancelled, DeletionRequested, UserErased
from accounts.models import DeletionLink, Session, User
from accounts.services import mailed, sessions, sudo
from audit import services as audit
from core import crypto, mail
from core.consume import consume
from core.errors import Conflict, ValidationFailed
from core.purging import purge_dependants

BATCH = 100
log = structlog.get_logger(__name__)


def request_deletion(session: Session, *, typed_email: str, now: datetime) -> datetime:
    """Ask for one's own deletion; when it is due. Every session and token ends, this one too.

    Raises `ValidationFailed` when the address is not typed right, `Conflict` where something stands in the way.
    """
    sudo.require(session, now=now)
    if emails.find_canonical(typed_email) != session.user.email:
        sentence = _("Enter the email address of this account.")
        raise ValidationFailed(sentence, reason="email_does_not_match", details={"email": [sentence]})
    with transaction.atomic():
        _lock(session.user)
        user = sudo.lock_person(session, now=now)
        if user.deletion_due_at is not None:
            return user.deletion_due_at
        _require_may_go(user)
        user.deletion_due_at = now + timedelta(days=grace_days())
        user.updated_at = now
        user.save(update_fields=["deletion_due_at", "updated_at"])
        _mail_the_link(user, due_at=user.deletion_due_at, now=now)
        sessions.end_all(user, reason="deletion_requested", now=now)
        audit.record(
            DeletionRequested(
                actor_type="user",
                actor_id=user.id,
                target_type="user",
                target_id=str(user.id),
                due_at=user.deletion_due_at.isoformat(),
            )
        )
    return user.deletion_due_at


def schedule_now(user: User, *, actor: User, now: datetime) -> None:
    """An operator's word: nobody gets in any more, and the next run of the erasure takes the account.

    Inside a transaction, with the person locked. Raises `Conflict` where something stands in the way.
    """
    _require_may_go(user)
    user.status, user.deletion_due_at, user.updated_at = User.Status.SUSPENDED, now, now
    user.save(update_fields=["status", "deletion_due_at", "updated_at"])
    DeletionLink.objects.filter(user=user, used_at=None).update(used_at=now)
    sessions.end_all(user, reason="deletion_requested", now=now)
    audit.record(
        DeletionRequested(
            actor_type="user",
            actor_id=actor.id,
            target_type="user",
            target_id=str(user.id),
            due_at=now.isoformat(),
        )
    )


def grace_days() -> int:
    return int(settings.JANUA.deletion_grace_days)


def why_not(user: User) -> list[str]:
    """What stands in the way of this person's deletion, in sentences."""
    last = (
        [_("You are the last superadmin. Make somebody else one first.")] if _is_last_superadmin(user) else []
    )
    return [*last, *data_map.obstacles(user)]


@transaction.atomic
def keep(user: User, *, now: datetime) -> bool:
    """The person keeps the account; whether it was to be deleted, and still there to keep."""
    return _keep(user, by="person", now=now)


def keep_by_link(token: str, *, now: datetime) -> User:
    """Keep the account by the mailed link, signed in or not; raises `ValidationFailed` for a link that does not."""
    with transaction.atomic():
        links = DeletionLink.objects.filter(link_hash=DeletionLink.hash_of(token))
        if found := links.first():
            # The user first, then the link, as everywhere: two ways to keep one account do not deadlock.
            User.objects.select_for_update(no_key=True).filter(id=found.user_id).first()
        link = consume(links, now=now)
        if link is None or not _keep(link.user, by="link", now=now):
            sentence = _("This link is wrong, was used before, or comes too late.")
            raise ValidationFailed(sentence, reason="invalid_token", details={"token": [sentence]})
    return link.user


def erase_due(*, now: datetime) -> int:
    """Erase those whose days of grace are over; how many are gone. Killed anywhere, the next run goes on.

    What stops the erasure of one person does not stop the others; the run fails after them, so that it is seen.
    """
    due = User.objects.filter(deletion_due_at__lte=now).order_by("deletion_due_at")
    gone, failures = 0, []
    for user in due[:BATCH]:
        try:
            gone += erase(user, now=now)
        except Exception as failure:  # noqa: BLE001 - raised below, with those of the others
            # Only the class: the words of an error may hold addresses.
            log.error("erasure_failed", user_id=str(user.id), error=type(failure).__name__)
            failures.append(failure)
    if failures:
        raise ExceptionGroup("accounts that could not be erased", failures)
    return gone


def erase(user: User, *, now: datetime) -> bool:
    """Erase one person, if it is time; whether nothing is left."""
    if not _begin(user, now=now) or not purge_dependants(user):
        return False
    with transaction.atomic():
        return _finish(user, now=now)


def _lock(user: User) -> User:
    """The person; a superadmin with all the others: of two that go at once, one is the last.

    Everybody in one order, nobody before: else two would wait for each other.
    """
    rows = User.objects.select_for_update(no_key=True).order_by("id")
    if user.role == User.Role.SUPERADMIN:
        list(rows.filter(role=user.role))
    return rows.get(id=user.id)


def _require_may_go(user: User) -> None:
    if sentences := why_not(user):
        reason = "last_superadmin" if _is_last_superadmin(user) else "owns_something"
        raise Conflict(" ".join(sentences), reason=reason)


def _is_last_superadmin(user: User) -> bool:
    others = User.objects.filter(
        role=User.Role.SUPERADMIN, status=User.Status.ACTIVE, deletion_due_at=None
    ).exclude(id=user.id)
    return user.role == User.Role.SUPERADMIN and not others.exists()


def _mail_the_link(user: User, *, due_at: datetime, now: datetime) -> None:
    token = crypto.new_secret("jnu_ml_")
    DeletionLink.objects.create(
        user=user, link_hash=DeletionLink.hash_of(token), created_at=now, expires_at=due_at
    )
    context = {
        "due_at": due_at,
        "link": f"{settings.JANUA.base_url}/account/deletion/cancel?token={token}",
        **mailed.circumstances(now),
    }
    mail.send("deletion_requested", user.email, context, locale=user.locale)


def _keep(user: User, *, by: str, now: datetime) -> bool:
    waiting = User.objects.filter(id=user.id, deletion_due_at__isnull=False)
    if not waiting.exclude(status=User.Status.ERASING).update(deletion_due_at=None, updated_at=now):
        return False
    DeletionLink.objects.filter(user=user, used_at=None).update(used_at=now)
    audit.record(
        DeletionCancelled(
            actor_type="user", actor_id=user.id, target_type="user", target_id=str(user.id), by=by
        )
    )
    return True


@transaction.atomic
def _begin(user: User, *, now: datetime) -> bool:
    """From here on the account cannot be kept, and nobody signs in to it."""
    due = User.objects.select_for_update(no_key=True).filter(id=user.id, deletion_due_at__lte=now).first()
    if due is None:
        return False
    if due.status == User.Status.ERASING:
        return True
    if _is_last_superadmin(due):
        log.warning("erasure_of_last_superadmin_waits", user_id=str(due.id))
        return False
    User.objects.filter(id=due.id).update(status=User.Status.ERASING, updated_at=now)
    # Now, while the rows that hang on the person still tell of every address; and again at the end, for what came
    # in between.
    _erase_what_does_not_hang_on(due, now=now)
    return True


def _finish(user: User, *, now: datetime) -> bool:
    """What does not hang on the user's row, the row itself, and one last mail."""
    left = User.objects.select_for_update().filter(id=user.id, status=User.Status.ERASING).first()
    if left is None:
        return False
    _erase_what_does_not_hang_on(left, now=now)
    user_id, email, locale = left.id, left.email, left.locale
    left.delete()
    mail.send("account_deleted", email, {}, locale=locale)
    audit.record(UserErased(actor_type="system", target_type="user", target_id=str(user_id)))
    return True


def _erase_what_does_not_hang_on(user: User, *, now: datetime) -> None:
    # The trail last, after the floors above too: what is erased before it is found by what it tells.
    for holding in sorted(data_map.holdings(), key=lambda holding: holding.model == "audit.PersonalData"):
        if holding.erase:
            holding.erase(user, now)
