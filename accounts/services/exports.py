"""The archive of one's own data: asked for, prepared in the background, taken once, wiped.

The row is the truth. Whatever wakes the work may be lost with a process or a broker: the sweep finds the row.
"""

from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import archive, data_map
from accounts.events import DataExportDownloaded, DataExportReady, DataExportRequested
from accounts.models import DataExport, Session, User
from accounts.services import sudo
from audit import services as audit
from core import limits, mail, throttle
from core.consume import consume, update_returning
from core.errors import Conflict, NotFound
from core.purging import purge_rows

LIFETIME = timedelta(hours=24)
CLAIM = timedelta(minutes=10)
BATCH = 10
ROWS_KEPT = timedelta(days=30)


def request_export(session: Session, *, now: datetime) -> DataExport:
    """Ask for the archive; raises `Conflict` while one is being prepared. Wake `tasks.prepare_export` afterwards."""
    sudo.require(session, now=now)
    user = session.user
    throttle.require(limits.DATA_EXPORT, str(user.id), now=now)
    row = DataExport(user=user, created_at=now, expires_at=now + LIFETIME)
    try:
        with transaction.atomic():
            DataExport.objects.filter(user=user, ready_at=None, expires_at__lte=now).delete()
            row.save(force_insert=True)
            audit.record(
                DataExportRequested(
                    actor_type="user", actor_id=user.id, target_type="data_export", target_id=str(row.id)
                )
            )
    except IntegrityError:
        raise Conflict(_("Your data are being prepared already."), reason="export_in_progress") from None
    return row


def exports_of(user: User) -> QuerySet[DataExport]:
    """What the person asked for in the last month, the newest first; without the archives themselves."""
    return DataExport.objects.filter(user=user).defer("archive").order_by("-created_at")


def get_export(user: User, export_id: UUID) -> DataExport:
    """Raises `NotFound` for what is not there and for what is somebody else's, alike."""
    row = exports_of(user).filter(id=export_id).first()
    if row is None:
        raise NotFound(_("There is no such export."), reason="export_not_found")
    return row


def take(session: Session, export_id: UUID, *, now: datetime) -> bytes:
    """The archive, this once: it is wiped as it is handed out. Raises `NotFound`, `Conflict`."""
    sudo.require(session, now=now)
    row = get_export(session.user, export_id)
    with transaction.atomic():
        ready = DataExport.objects.filter(id=row.id, ready_at__isnull=False)
        taken = consume(ready, now=now)
        if taken is None:
            raise Conflict(
                _("This archive is not there any more, or not yet."), reason=f"export_{row.status(now)}"
            )
        DataExport.objects.filter(id=row.id).update(archive="")
        audit.record(
            DataExportDownloaded(
                actor_type="user",
                actor_id=row.user_id,
                target_type="data_export",
                target_id=str(row.id),
            )
        )
    return b64decode(taken.archive)


def prepare(export_id: UUID, *, now: datetime) -> bool:
    """Build the archive, unless somebody alive is at it; whether it is ready now. A claim that dies runs out."""
    due = DataExport.objects.filter(id=export_id).due(now)
    claimed = update_returning(due, claimed_until=now + CLAIM)
    for row in claimed:
        packed = archive.build(row.user, now=now)
        with transaction.atomic():
            _finish(row, packed, now=now)
    return bool(claimed)


def prepare_due(*, now: datetime) -> int:
    """The sweep: what was lost on the way to the background; how many became ready."""
    due = DataExport.objects.due(now).order_by("created_at").values_list("pk", flat=True)
    return sum(prepare(export_id, now=now) for export_id in due[:BATCH])


def purge(*, now: datetime) -> None:
    """Wipe the archives whose day is over; forget the rows after a month."""
    full = DataExport.objects.filter(expires_at__lte=now).exclude(archive="")
    full.update(archive="")
    purge_rows(DataExport.objects.filter(expires_at__lt=now - ROWS_KEPT), oldest_by="expires_at")


def _finish(row: DataExport, packed: bytes, *, now: datetime) -> None:
    """Store it sealed and tell the person, in one transaction."""
    ours = DataExport.objects.filter(id=row.id, ready_at=None, claimed_until=row.claimed_until)
    is_ours = ours.update(
        ready_at=now, expires_at=now + LIFETIME, archive=b64encode(packed).decode(), size=len(packed)
    )
    if not is_ours:
        return
    context: dict[str, object] = {
        "link": f"{settings.JANUA.base_url}/account/privacy/exports/{row.id}",
        "hours": int(LIFETIME.total_seconds() // 3600),
    }
    mail.send("export_ready", row.user.email, context, locale=row.user.locale)
    audit.record(
        DataExportReady(
            actor_type="system",
            target_type="data_export",
            target_id=str(row.id),
            tables=len(data_map.exported()),
        )
    )
