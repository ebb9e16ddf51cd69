"""The arithmetic of the audit chains, and a verifier that needs neither Django nor a database.

    python audit/standalone.py EXPORT --key-file KEY [--anchors HEADS]

EXPORT is written by `manage.py audit_verify --export`, KEY (hexadecimal) by `--write-key`, HEADS is a copy of
the anchors kept on another machine. Only the standard library is imported: copy this one file.
"""

import argparse
import hashlib
import hmac
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Row = dict[
    str, Any
]  # one entry: SIGNED_FIELDS, "hash", and "personal" {"salt", "data"} while it is not erased
Anchors = Mapping[int, str]  # sequence number -> hash, of one chain
Kind = Literal["edited", "missing", "inserted", "reordered", "cut", "re-chained"]

SIGNED_FIELDS = (
    "id",
    "chain",
    "seq",
    "at",
    "organization_id",
    "action",
    "actor_type",
    "actor_id",
    "session_id",
    "client_id",
    "target_type",
    "target_id",
    "result",
    "request_id",
    "data",
    "personal_digest",
    "previous_hash",
)
NEIGHBOURHOOD = 1000  # how far from its place a moved entry is searched for


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain, as its one row tells it; sealed, because the row itself is no evidence."""

    chain: str
    seq: int
    hash: str
    seal: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad sequence number of a chain, and what seems to have been done to it."""

    seq: int
    kind: Kind
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verification of one chain came to; `count` entries were good."""

    chain: str
    count: int
    finding: Finding | None

    def __str__(self) -> str:
        if self.finding is None:
            return f"{self.chain}: {self.count} events, intact"
        return f"{self.chain}: TAMPERED at {self.finding.seq}: {self.finding.kind} ({self.finding.detail})"


def canonical(value: object) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, ASCII only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def event_hash(key: bytes, row: Row) -> str:
    """HMAC-SHA-256 over the entry and, through `previous_hash`, over everything before it."""
    return _mac(key, {"kind": "event", **{name: row[name] for name in SIGNED_FIELDS}})


def head_seal(key: bytes, chain: str, seq: int, last_hash: str) -> str:
    """Proof that we wrote this head: a cut whose head is moved back to the last remaining entry lacks it."""
    return _mac(key, {"kind": "head", "chain": chain, "seq": seq, "hash": last_hash})


def anchor_signature(key: bytes, anchor: Mapping[str, Any]) -> str:
    """Proof of a head that was written out of the database."""
    return _mac(key, {"kind": "anchor", **{name: anchor[name] for name in ("chain", "seq", "hash", "at")}})


def personal_digest(salt: str, data: object) -> str:
    """What the chain holds of personal data. Once the salt is erased, it says nothing about anybody."""
    return _mac(bytes.fromhex(salt), data)


def load_anchors(key: bytes, lines: Iterable[str]) -> tuple[dict[str, dict[int, str]], list[int]]:
    """The anchored heads by chain, and the numbers of the lines that are not ours."""
    anchors: dict[str, dict[int, str]] = {}
    bad_lines = []
    for number, line in enumerate(lines, start=1):
        try:
            anchor = json.loads(line)
            is_ours = anchor_signature(key, anchor) == anchor["signature"]
        except (ValueError, KeyError, TypeError):
            is_ours = False
        if is_ours:
            # The first word counts: a chain that was cut and grown again is anchored twice at one number.
            anchors.setdefault(anchor["chain"], {}).setdefault(anchor["seq"], anchor["hash"])
        else:
            bad_lines.append(number)
    return anchors, bad_lines


def verify_chain(key: bytes, name: str, head: Head | None, rows: Iterable[Row], anchors: Anchors) -> Verdict:
    """Walk one chain in order, in constant memory, up to the first bad entry."""
    if head is None:
        return Verdict(name, 0, Finding(1, "cut", "the chain is gone, but anchors name it"))
    count, previous_hash = 0, ""
    for row, following in _with_following(rows):
        finding = _check(key, head, count + 1, previous_hash, row, following)
        if finding is None and anchors.get(count + 1, row["hash"]) != row["hash"]:
            finding = Finding(
                count + 1, "re-chained", "cut at or before this entry and grown again: an anchor differs"
            )
        if finding is not None:
            return Verdict(name, count, finding)
        count, previous_hash = count + 1, row["hash"]
    return Verdict(name, count, _check_end(key, head, count, previous_hash, anchors))


def _check(
    key: bytes, head: Head, number: int, previous_hash: str, row: Row, following: Row | None
) -> Finding | None:
    if number > head.seq and _is_genuine(key, row):
        return Finding(number, "cut", "the head of the chain was set back before this entry")
    if number > head.seq:
        return Finding(number, "inserted", "the entry lies behind the head of the chain")
    if row["seq"] != number:
        return _misnumbered(number, row, following)
    if not _is_genuine(key, row):
        return _classify(key, head, number, previous_hash, row, following)
    if row["previous_hash"] != previous_hash:
        return Finding(number, "re-chained", "a genuine entry of another history")
    personal = row.get("personal")
    if personal is not None and not _is_genuine_personal(personal, row["personal_digest"]):
        return Finding(number, "edited", "the personal data do not match their digest")
    return None


def _check_end(key: bytes, head: Head, count: int, last_hash: str, anchors: Anchors) -> Finding | None:
    last_known = max(head.seq, max(anchors, default=0))
    if last_known > count:
        return Finding(count + 1, "cut", f"entries {count + 1} to {last_known} are gone")
    if head.hash != last_hash or not _is_genuine_head(key, head):
        return Finding(count + 1, "cut", f"the head was rewritten: entries after {count} may be gone")
    return None


def _classify(
    key: bytes, head: Head, number: int, previous_hash: str, row: Row, following: Row | None
) -> Finding:
    """Name what was done to an entry whose hash is wrong, from where it and its follower do belong."""
    origin = _number_of(key, row)
    next_origin = _number_of(key, following) if following else None
    if origin and origin > number and next_origin in {None, origin + 1}:
        return Finding(number, "missing", f"the entries from {origin} on were moved up")
    if origin:
        return Finding(number, "reordered", f"this is entry {origin}")
    if next_origin == number:
        return Finding(number, "inserted", "the entries from here on were moved down")
    is_linked = row["previous_hash"] == previous_hash
    next_hash = following["previous_hash"] if following else head.hash
    goes_on = following is not None and _is_genuine(key, following)
    if is_linked and next_hash == row["hash"] and not goes_on and not _is_genuine_head(key, head):
        return Finding(number, "re-chained", "linked from here on with hashes of another key")
    return Finding(number, "edited", "the contents do not match their hash")


def _misnumbered(number: int, row: Row, following: Row | None) -> Finding:
    if row["seq"] < number:
        return Finding(number, "inserted", f"an entry numbered {row['seq']} stands here")
    if following and following["seq"] < row["seq"]:
        return Finding(number, "reordered", f"entry {row['seq']} stands in its place")
    return Finding(number, "missing", f"the next entry is {row['seq']}")


def _number_of(key: bytes, row: Row) -> int | None:
    """The sequence number under which we wrote this entry, if it is ours at all."""
    seq = row["seq"]
    nearby = range(max(1, seq - NEIGHBOURHOOD), seq + NEIGHBOURHOOD + 1)
    return next((number for number in nearby if _is_genuine(key, {**row, "seq": number})), None)


def _is_genuine(key: bytes, row: Row) -> bool:
    stored: str = row["hash"]
    return event_hash(key, row) == stored


def _is_genuine_head(key: bytes, head: Head) -> bool:
    return head_seal(key, head.chain, head.seq, head.hash) == head.seal


def _is_genuine_personal(personal: Mapping[str, Any], digest: str) -> bool:
    try:
        return personal_digest(personal["salt"], personal["data"]) == digest
    except ValueError:
        return False  # the salt is not hexadecimal any more


def _with_following(rows: Iterable[Row]) -> Iterator[tuple[Row, Row | None]]:
    iterator = iter(rows)
    row = next(iterator, None)
    while row is not None:
        following = next(iterator, None)
        yield row, following
        row = following


def _mac(key: bytes, value: object) -> str:
    return hmac.new(key, canonical(value), hashlib.sha256).hexdigest()


def verify_export(key: bytes, lines: Iterable[str], anchors: Mapping[str, Anchors]) -> Iterator[Verdict]:
    """Verify an export: for each chain its head, then its entries, one JSON object a line."""
    records = (json.loads(line) for line in lines)
    record = next(records, None)
    seen = set()
    while record is not None:
        head = Head(record["chain"], record["seq"], record["hash"], record["seal"])
        seen.add(head.chain)
        rest: list[Row] = []
        yield verify_chain(key, head.chain, head, _until_head(records, rest), anchors.get(head.chain, {}))
        # A bad entry ends the walk early: skip to the next head.
        record = rest[0] if rest else next((r for r in records if "seal" in r), None)
    for name in sorted(anchors.keys() - seen):
        yield verify_chain(key, name, None, (), {})


def _until_head(records: Iterator[Row], rest: list[Row]) -> Iterator[Row]:
    for record in records:
        if "seal" in record:
            rest.append(record)
            return
        yield record


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an export of Janua's audit trail.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--key-file", type=Path, required=True, help="the audit key, in hexadecimal")
    parser.add_argument("--anchors", type=Path, help="a copy of heads.jsonl")
    options = parser.parse_args(arguments)
    key = bytes.fromhex(options.key_file.read_text(encoding="ascii").strip())
    anchor_lines = options.anchors.read_text(encoding="utf-8").splitlines() if options.anchors else []
    anchors, bad_lines = load_anchors(key, anchor_lines)
    is_clean = not bad_lines
    for number in bad_lines:
        print(f"anchors: line {number} is not ours")
    try:
        with options.export.open(encoding="utf-8") as lines:
            for verdict in verify_export(key, lines, anchors):
                print(verdict)
                is_clean = is_clean and verdict.finding is None
    except (ValueError, KeyError, TypeError) as error:
        print(f"TAMPERED: the export does not read as one: {error!r}")
        return 1
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
