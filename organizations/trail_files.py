"""Lines of an organization's trail as JSON, and as files to take along: JSON lines, or a table."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from audit.models import Event
from core import clock
from core.spreadsheets import cell
from organizations.services.trail import Line

TYPES = {"jsonl": "application/x-ndjson; charset=utf-8", "csv": "text/csv; charset=utf-8; header=present"}
FORMATS = tuple(TYPES)


def shown(line: Line) -> dict[str, Any]:
    row = line.event
    return {
        "id": str(row.id),
        "seq": row.seq,
        "at": _time(row),
        "action": row.action,
        "result": row.result,
        "actor": {
            "type": row.actor_type,
            "id": str(row.actor_id) if row.actor_id else "",
            "name": line.actor_name,
        },
        "target": {"type": row.target_type, "id": row.target_id, "name": line.target_name},
        "client_id": row.client_id,
        "request_id": row.request_id,
        "data": row.data,
        "personal": dict(line.personal),
    }


def as_jsonl(lines: Iterable[Line]) -> Iterator[str]:
    """One JSON object per line, as the list shows it."""
    for line in lines:
        yield json.dumps(shown(line), ensure_ascii=False) + "\n"


COLUMNS = (
    *("seq", "at", "action", "result", "actor_type", "actor_id", "actor_name", "target_type", "target_id"),
    *("target_name", "ip", "user_agent", "client_id", "request_id", "data", "personal"),
)


def as_csv(lines: Iterable[Line]) -> Iterator[str]:
    """RFC 4180, for spreadsheets: no cell begins a formula (S253)."""
    yield _written(COLUMNS)
    for line in lines:
        row, personal = line.event, dict(line.personal)
        facts = {
            **{name: str(getattr(row, name) or "") for name in COLUMNS if hasattr(row, name)},
            "at": _time(row),
            "actor_name": line.actor_name,
            "target_name": line.target_name,
            "ip": str(personal.pop("ip", "")),
            "user_agent": str(personal.pop("user_agent", "")),
            "data": json.dumps(row.data, ensure_ascii=False),
            "personal": json.dumps(personal, ensure_ascii=False) if personal else "",
        }
        yield _written([cell(facts[name]) for name in COLUMNS])


def _written(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def _time(row: Event) -> str:
    return row.at.isoformat().replace("+00:00", "Z")


WRITERS: Mapping[str, Callable[[Iterable[Line]], Iterator[str]]] = {"jsonl": as_jsonl, "csv": as_csv}


def as_file(lines: Iterable[Line], file_format: str) -> dict[str, Any]:
    """What `core.downloads.streamed` takes."""
    return {
        "pieces": WRITERS[file_format](lines),
        "file_name": f"audit-{clock.now().date().isoformat()}.{file_format}",
        "content_type": TYPES[file_format],
    }
