"""Reading the chains out of the database, page by page: no long snapshot, constant memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from audit.models import Chain, Event
from audit.rows import chain_key, signed_row
from audit.standalone import SIGNED_FIELDS, Anchors, Finding, Head, Row, Verdict, verify_chain

PAGE = 1000
LEAST_NUMBER = -(2**63)  # entries are numbered from 1, but somebody may have put one in front
Progress = Callable[[str, int], None]
_COLUMNS = (*(name for name in SIGNED_FIELDS if name != "chain"), "hash", "personal__salt", "personal__data")


class UnreadableEntryError(Exception):
    """The entry with this number does not even read as what its columns hold."""

    def __init__(self, seq: int) -> None:
        super().__init__(seq)
        self.seq = seq


def verify_all(anchors: Mapping[str, Anchors], progress: Progress) -> Iterator[Verdict]:
    """Verify every chain that the database or an anchor knows of."""
    names = set(Chain.objects.values_list("name", flat=True))
    for name in sorted(names | anchors.keys()):
        yield _verify(name, anchors.get(name, {}), progress)
    headless = Event.objects.filter(~Exists(Chain.objects.filter(pk=OuterRef("chain_id"))))
    for chain_id, seq in headless.order_by("chain_id", "seq").values_list("chain_id", "seq")[:1]:
        yield Verdict(
            f"chain {chain_id}", 0, Finding(seq, "cut", "the chain's head is gone, its entries are left")
        )


def heads() -> Iterator[Head]:
    """The head of every chain, as its row tells it."""
    for chain in Chain.objects.order_by("name").iterator(PAGE):
        yield Head(chain.name, chain.seq, chain.hash, chain.seal)


def read_rows(head: Head) -> Iterator[Row]:
    """The entries up to the head, which was read before; then one that lies behind the chain's row, if any.

    An entry and its head are committed together, so a busy chain that grows meanwhile shows no such entry:
    one statement compares the two.
    """
    # By the chain's id, which the index of the numbers begins with: by its name every page would sort the chain.
    chain_id = Chain.objects.values_list("pk", flat=True).get(name=head.chain)
    entries = Event.objects.filter(chain_id=chain_id).order_by("seq")
    first = LEAST_NUMBER
    while page := _page(entries.filter(seq__gte=first, seq__lte=head.seq), head.chain):
        yield from page
        first = page[-1]["seq"] + 1
    last = Chain.objects.filter(pk=chain_id).values("seq")
    yield from _page(entries.filter(seq__gt=last), head.chain)


def _verify(name: str, anchors: Anchors, progress: Progress) -> Verdict:
    chain = Chain.objects.filter(name=name).first()
    head = Head(chain.name, chain.seq, chain.hash, chain.seal) if chain else None
    rows = _counted(read_rows(head), name, progress) if head else ()
    try:
        return verify_chain(chain_key(), name, head, rows, anchors)
    except UnreadableEntryError as error:
        return Verdict(name, error.seq - 1, Finding(error.seq, "edited", "the entry does not read"))


def _page(entries: QuerySet[Event], chain_name: str) -> list[Row]:
    try:
        return [_row(chain_name, values) for values in entries.values(*_COLUMNS)[:PAGE]]
    except (ValueError, TypeError, AttributeError):
        return _readable_part(entries, chain_name)


def _readable_part(entries: QuerySet[Event], chain_name: str) -> list[Row]:
    """The rows in front of the unreadable one; raises `Unreadable` when there is none left."""
    rows: list[Row] = []
    for seq in list(entries.values_list("seq", flat=True)[:PAGE]):
        try:
            rows.append(_row(chain_name, entries.values(*_COLUMNS).get(seq=seq)))
        except (ValueError, TypeError, AttributeError):
            if rows:
                return rows
            raise UnreadableEntryError(seq) from None
    return rows


def _row(chain_name: str, values: Mapping[str, Any]) -> Row:
    row: Row = {**signed_row(chain_name, values), "hash": values["hash"]}
    if values["personal__salt"] is not None:
        row["personal"] = {"salt": values["personal__salt"], "data": values["personal__data"]}
    return row


def _counted(rows: Iterable[Row], name: str, progress: Progress) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        yield row
        progress(name, count)
