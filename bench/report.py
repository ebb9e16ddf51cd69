"""The table."""

from collections.abc import Iterable, Iterator
from statistics import median

from bench.crowd import Crowd
from bench.measure import Figures
from bench.operations import ROWS, Row

LINE = "{:<30} {:>8} {:>9} {:>8} {:>7} {:>8}  {}"


def table(figures: Figures) -> Iterator[str]:
    """Each row beside its goal and its limit."""
    yield LINE.format("CPU ms per request", "measured", "goal", "stretch", "limit", "of limit", "")
    yield "-" * 90
    for row in ROWS:
        if row.name in figures.rows:
            yield _line(row, figures)
    yield LINE.format("RS256 signature", f"{median(figures.signature):.3f}", "", "", "", "", "")
    yield LINE.format("Argon2id hash", f"{median(figures.password_hash):.2f}", "", "", "", "", "")


def _line(row: Row, figures: Figures) -> str:
    spent, limit = figures.of(row), figures.limit_of(row)
    goal = row.goal
    if goal is not None and row.goal_is_beyond_hash:
        goal += median(figures.password_hash)
    verdict = "" if goal is None else "met" if spent <= goal else "MISSED"
    if row.hashes:
        verdict += f" ({spent - row.hashes * median(figures.password_hash):.2f} beyond the hash)"
    return LINE.format(
        row.name, f"{spent:.2f}", _number(goal), _number(row.stretch), f"{limit:.2f}", f"{spent / limit:.1f}x",
        verdict,
    )  # fmt: skip


def around(name: str, prepare: float, serve: float, megabytes: float, most: float) -> str:
    """Start and memory of one way to run Janua; the goal of a start is 3 s."""
    total = prepare + serve
    return (
        f"{name}: second start {total:.1f} s (prepare {prepare:.1f}, serve {serve:.1f}; goal 3.0, {_met(total, 3)}), "
        f"memory {megabytes:.0f} MB (goal {most:.0f}, {_met(megabytes, most)})"
    )


def crowds(name: str, runs: Iterable[Crowd]) -> Iterator[str]:
    """Throughput at each concurrency, and the last against the first; the goal is 0.9."""
    done = list(runs)
    for run in done:
        yield f"{name}, {run.clients} clients: {run.per_second:.0f}/s, {run.failed} of {run.answered} failed"
    ratio = done[-1].per_second / done[0].per_second
    is_met = ratio >= 0.9 and not any(run.failed for run in done)
    yield f"throughput of {done[-1].clients} against {done[0].clients}: {ratio:.2f} (goal 0.90, {_word(is_met)})"


def _met(value: float, most: float) -> str:
    return _word(value <= most)


def _word(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
