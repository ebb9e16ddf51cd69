"""The trail as JSON lines, for the stand-alone verifier and for keeping."""

import json
import os
from pathlib import Path
from typing import IO

from audit.rows import chain_key
from audit.standalone import Head, Row
from audit.verify import heads, read_rows


def export_trail(path: Path, *, with_personal: bool) -> int:
    """Write every chain, its head first; return the number of entries. Refuses to overwrite a file."""
    with _new_private_file(path) as file:
        return sum(_export_chain(file, head, with_personal) for head in heads())


def write_key(path: Path) -> None:
    """Write the key of the chains for the stand-alone verifier. Whoever has it can also forge entries."""
    with _new_private_file(path) as file:
        file.write(chain_key().hex() + "\n")


def _export_chain(file: IO[str], head: Head, with_personal: bool) -> int:
    _write(file, {"chain": head.chain, "seq": head.seq, "hash": head.hash, "seal": head.seal})
    count = 0
    for row in read_rows(head):
        _write(file, row if with_personal else {name: row[name] for name in row if name != "personal"})
        count += 1
    return count


def _write(file: IO[str], row: Row) -> None:
    file.write(json.dumps(row) + "\n")


def _new_private_file(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii")
