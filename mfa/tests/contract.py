"""What every factor must hold to, whatever its method: a mixin for one test class each (architecture: contract tests).

Through `mfa.services.factors.verify`, the one door of all answers. What the login adds (attempts, counters) is tested
in `login/tests/test_factor_guesses.py`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import ClassVar

import pytest
from django.db import connections

from accounts.models import User
from mfa.factors import FACTORS, Answer
from mfa.methods import Method
from mfa.services import factors
from mfa.services.factors import Accepted

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
RUNNERS, ROUNDS = 8, 25
HOLDER, OTHER_HOLDER = "attempt:0197-one", "attempt:0197-another"


class FactorContract:
    """A subclass says how its method is enrolled and answered. `lifetime` None: an answer does not age."""

    method: ClassVar[Method]
    amr: ClassVar[tuple[str, ...]]
    lifetime: ClassVar[timedelta | None]
    is_bound_to_holder: ClassVar[bool]

    def enrol(self, user: User) -> None:
        """As the set-up leaves it."""
        raise NotImplementedError

    def right(self, user: User, *, holder: str, now: datetime) -> Answer:
        """A fresh right answer of this person for this holder; the challenge it needs is made here."""
        raise NotImplementedError

    def wrong(self, answer: Answer) -> Answer:
        """An answer like this one, and wrong."""
        raise NotImplementedError

    def verify(
        self, user: User, answer: Answer, *, holder: str = HOLDER, now: datetime = NOW
    ) -> Accepted | None:
        return factors.verify(user, answer, holder=holder, now=now)

    def test_it_is_offered_while_it_is_set_up(self, alice: User, bob: User) -> None:
        self.enrol(alice)
        assert self.method in factors.methods_of(alice, now=NOW)
        assert factors.methods_of(bob, now=NOW) == ()
        assert FACTORS[self.method].method is self.method

    def test_a_right_answer_is_accepted_once(self, alice: User) -> None:
        self.enrol(alice)
        answer = self.right(alice, holder=HOLDER, now=NOW)
        assert self.verify(alice, answer) == Accepted(self.method, self.amr, is_factor=True)
        assert self.verify(alice, answer) is None
        assert self.verify(alice, answer, now=NOW + timedelta(seconds=5)) is None

    def test_a_wrong_answer_is_refused(self, alice: User) -> None:
        self.enrol(alice)
        answer = self.right(alice, holder=HOLDER, now=NOW)
        assert self.verify(alice, self.wrong(answer)) is None

    def test_an_answer_is_its_owners(self, alice: User, bob: User) -> None:
        for user in (alice, bob):
            self.enrol(user)
        answer = self.right(alice, holder=HOLDER, now=NOW)
        assert self.verify(bob, answer) is None
        assert self.verify(alice, answer) is not None

    def test_an_answer_is_for_whoever_asked(self, alice: User) -> None:
        self.enrol(alice)
        answer = self.right(alice, holder=HOLDER, now=NOW)
        found = self.verify(alice, answer, holder=OTHER_HOLDER)
        assert (found is None) is self.is_bound_to_holder

    def test_an_answer_ages(self, alice: User) -> None:
        self.enrol(alice)
        answer = self.right(alice, holder=HOLDER, now=NOW)
        late = NOW + (self.lifetime or timedelta(days=365))
        assert (self.verify(alice, answer, now=late) is None) is (self.lifetime is not None)

    def test_who_has_no_such_factor_is_refused(self, alice: User, bob: User) -> None:
        self.enrol(alice)
        answer = self.right(alice, holder=HOLDER, now=NOW)
        assert self.verify(bob, answer) is None

    @pytest.mark.parametrize(
        "code", ["", " ", "0", "²²²²²²", "-12345", "1e5", "１２３４５６７", "\x00" * 6, "A" * 64, "۱۲۳۴۵"]
    )
    def test_what_is_no_answer_is_refused(self, alice: User, code: str) -> None:
        self.enrol(alice)
        self.right(alice, holder=HOLDER, now=NOW)
        assert self.verify(alice, Answer(method=self.method, code=code)) is None
        assert self.verify(alice, Answer(method=self.method, code=code, credential={})) is None

    @pytest.mark.django_db(transaction=True)
    def test_of_parallel_uses_one_wins(self, alice: User) -> None:
        """S136, S137, S138: eight at once, 25 rounds, each with a connection of its own."""
        self.enrol(alice)
        for round_number in range(ROUNDS):
            now = NOW + timedelta(minutes=10 * round_number)
            answer = self.right(alice, holder=HOLDER, now=now)
            found = at_once(lambda: self.verify(alice, answer, now=now))  # noqa: B023
            assert sum(each is not None for each in found) == 1, f"round {round_number}"


def at_once(work: Callable[[], Accepted | None], runners: int = RUNNERS) -> list[Accepted | None]:
    """Run it in so many threads that wait for each other at the line."""
    line = Barrier(runners)

    def run(_number: int) -> Accepted | None:
        try:
            connections["default"].ensure_connection()
            line.wait(timeout=30)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(runners) as pool:
        return list(pool.map(run, range(runners)))
