"""What the audit tests share: events, raw SQL, and the command's answer."""

from dataclasses import dataclass, field
from io import StringIO
from typing import Any, ClassVar
from uuid import UUID

from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.events import PERSONAL, AuditEvent
from audit.models import Chain
from audit.services import record
from core.models import uuid7

ALICE = UUID("0190a000-0000-7000-8000-00000000a11c")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeaBrewed(AuditEvent):
    tag: ClassVar[str] = "tea.brewed"
    cups: int = 1
    note: Any = ""
    email: str = field(default="", metadata=PERSONAL)


def brew(count: int = 1, **fields: Any) -> None:
    for cup in range(count):
        with transaction.atomic():
            record(TeaBrewed(**{"actor_id": ALICE, "email": "alice@example.com", "cups": cup, **fields}))


def sql(statement: str, *parameters: Any) -> None:
    """What somebody with the database's password may do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def system_chain_id() -> int:
    return Chain.objects.get(name="system").pk


def delete_entry(seq: int) -> None:
    sql("DELETE FROM audit_personaldata WHERE event_id IN (SELECT id FROM audit_event WHERE seq = %s)", seq)
    sql("DELETE FROM audit_event WHERE seq = %s", seq)


def shift_entries(first: int, by: int) -> None:
    """Move the entries from `first` on; twice, because each single row must keep (chain, seq) unique."""
    sql("UPDATE audit_event SET seq = -seq WHERE seq >= %s", first)
    sql("UPDATE audit_event SET seq = -seq + %s WHERE seq < 0", by)


def copy_entry(source: int, seq: int) -> None:
    """Insert a forged entry that looks like the entry `source`."""
    columns = (
        "chain_id, at, organization_id, action, actor_type, actor_id, session_id, client_id, target_type, "
        "target_id, result, request_id, data, personal_digest, previous_hash, hash"
    )
    new_id = uuid7().hex if connection.vendor == "sqlite" else uuid7()
    sql(
        f"INSERT INTO audit_event (id, seq, {columns})"
        f" SELECT %s, %s, {columns} FROM audit_event WHERE seq = %s",
        new_id, seq, source,
    )  # fmt: skip


def audit_verify(*arguments: str) -> tuple[int, str]:
    """The exit code of `manage.py audit_verify` and what it prints."""
    output = StringIO()
    try:
        call_command("audit_verify", *arguments, stdout=output, stderr=output)
    except CommandError as error:
        return error.returncode, output.getvalue()
    return 0, output.getvalue()
