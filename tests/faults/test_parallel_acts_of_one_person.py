"""One person does the same thing many times at once: slow perhaps, but never a deadlock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.faults.ledger import moment
from tests.faults.world import PASSWORD, PEOPLE, World, bearer

AT_ONCE = 8
TIMES = 24


def test_parallel_logins_and_profile_updates(world: World, say: Callable[[str], None]) -> None:
    """Row locks of the person and of the audit chain are taken in one order, foreign keys included."""
    token = world.login(PEOPLE[2])["access_token"]
    credentials = {"email": PEOPLE[2], "password": PASSWORD}

    def act(number: int) -> int:
        if number % 3:
            return world.call("POST", "/api/v1/auth/login", json=credentials).status_code
        body = {"nickname": f"number {number}"}
        return world.call("PATCH", "/api/v1/users/me", json=body, headers=bearer(token)).status_code

    began = moment()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(act, range(TIMES)))
    assert statuses == [200] * TIMES
    assert "deadlock" not in world.postgres.process.log_text()
    say(f"{TIMES} acts in {moment() - began:.1f} s, no deadlock")
