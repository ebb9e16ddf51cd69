"""Heads of the chains, signed and written out of the database: what catches a cut tail.

`heads.jsonl` only grows. Copy it to another machine (`tail -F`): whoever can write both the database and this
file can cut what was appended since the last copy.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from audit.rows import chain_key
from audit.standalone import Head, anchor_signature, head_seal, load_anchors
from audit.text import utc_text
from audit.verify import heads

log = structlog.get_logger(__name__)


def directory() -> Path:
    path: Path = settings.JANUA.janua_data_dir / "audit"
    return path


def read_anchors() -> tuple[dict[str, dict[int, str]], list[int]]:
    """Anchored heads by chain, and the numbers of the lines that are not ours."""
    try:
        with (directory() / "heads.jsonl").open(encoding="utf-8", errors="replace") as lines:
            return load_anchors(chain_key(), lines)
    except FileNotFoundError:
        return {}, []


def anchor_heads(now: datetime) -> int:
    """Write out every head that has changed since the last time; return how many."""
    directory().mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(directory() / "heads.jsonl") as descriptor:
        known = _load_known()
        changed = list(_changed(heads(), known))
        if changed:
            _append(descriptor, "".join(_line(head, now) for head in changed).encode("ascii"))
            _save_known({**known, **{head.chain: [head.seq, head.hash] for head in changed}})
    return len(changed)


def _changed(present: Iterable[Head], known: dict[str, Any]) -> Iterator[Head]:
    for head in present:
        last_seq, last_hash = known.get(head.chain, (0, ""))
        if head.seq < last_seq:
            log.error("audit_head_went_back", reason=f"{head.chain}: from {last_seq} to {head.seq}")
        if head.seal != head_seal(chain_key(), head.chain, head.seq, head.hash):
            log.error("audit_head_was_rewritten", reason=f"{head.chain}: {head.seq}")
        elif (head.seq, head.hash) != (last_seq, last_hash):
            yield head


def _line(head: Head, now: datetime) -> str:
    anchor: dict[str, Any] = {"chain": head.chain, "seq": head.seq, "hash": head.hash, "at": utc_text(now)}
    return json.dumps({**anchor, "signature": anchor_signature(chain_key(), anchor)}) + "\n"


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, open for appending by one process at a time."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _append(descriptor: int, data: bytes) -> None:
    """All of it, on the disk, or (the disk is full) nothing: half a line would look like tampering."""
    size = os.fstat(descriptor).st_size
    if os.write(descriptor, data) != len(data):
        os.ftruncate(descriptor, size)
        raise OSError("the heads of the audit chains could not be written")
    os.fsync(descriptor)


def _load_known() -> dict[str, Any]:
    """What was written last: a convenience. Lost or damaged, every head is written once more."""
    try:
        known = json.loads((directory() / "last_heads.json").read_text(encoding="ascii"))
        return known if isinstance(known, dict) else {}
    except (OSError, ValueError):
        return {}


def _save_known(known: dict[str, Any]) -> None:
    draft = directory() / ".last_heads.json"
    draft.write_text(json.dumps(known), encoding="ascii")
    draft.replace(directory() / "last_heads.json")
