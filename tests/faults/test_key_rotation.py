"""Signing keys rotate under load, and one is revoked: whoever keeps the JWKS as told never meets an unknown key.

The full size, by hand (rotation every 30 s, for five minutes):
JANUA_TEST_ROTATION=20,30,10 make test ARGS="tests/faults/test_key_rotation.py -n 0"
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.faults.conftest import PACE
from tests.faults.ledger import Ledger, moment
from tests.faults.load import load, machine, refresher
from tests.faults.reckoning import each_act_stands_once_in_the_trail, each_refresh_token_has_one_successor
from tests.faults.verifiers import Verifier, kid_of, tokens_in, watching
from tests.faults.world import PASSWORD, PEOPLE, World, bearer
from tests.support.oauth_client import authorize_code_flow

VERIFIERS = 5
RING_SECONDS = 1.0
TRIALS = 40  # of requests on fresh connections: both workers answer some of them

pytestmark = pytest.mark.timeout(900)


def test_rotation_fails_no_verification(world: World, say: Callable[[str], None]) -> None:
    with load(world, machine, refresher) as ledger, watching(world, ledger, VERIFIERS) as verifiers:
        for _ in range(PACE.rotations):
            time.sleep(PACE.every)
            world.server.manage("rotate_signing_key")
        time.sleep(world.jwks_max_age)
    tokens = tokens_in(ledger)
    signed = Counter(map(kid_of, tokens))
    assert [verifier.failures for verifier in verifiers] == [[]] * VERIFIERS
    assert len(signed) == PACE.rotations + 1
    assert min(verifier.verified for verifier in verifiers) >= len(tokens)
    latecomer = Verifier(world)
    assert all(latecomer.accepts(token) for token in tokens), "retired keys verify while their tokens live"
    nothing_was_lost(world, ledger)
    verified, fetched = (sum(getattr(each, what) for each in verifiers) for what in ("verified", "fetched"))
    say(
        f"{PACE.rotations} rotations {PACE.every} s apart, {len(tokens)} tokens by {len(signed)} keys, {verified} verifications by "
        f"{VERIFIERS} verifiers with {fetched} fetches of the JWKS (max-age {world.jwks_max_age} s): 0 failed"
    )


def test_a_stolen_key_is_refused_everywhere(world: World, say: Callable[[str], None]) -> None:
    rest = world.login(PEOPLE[2])["access_token"]
    answer = authorize_code_flow(world.browser, world.client, email=PEOPLE[0], password=PASSWORD)
    client = world.client.exchange_code(answer).json()["access_token"]
    stolen = kid_of(rest)
    assert kid_of(client) == stolen
    assert openings(world, rest, client) == {"me", "userinfo", "introspection"}
    time.sleep(PACE.every)  # whatever ran before, `next` is known to everybody
    with (
        load(world, machine, refresher) as ledger,
        watching(world, ledger, VERIFIERS) as verifiers,
        last_acceptance(lambda: bool(openings(world, rest, client))) as by_us,
        last_acceptance(lambda: any(each.accepts(rest) for each in verifiers)) as by_others,
    ):
        time.sleep(world.jwks_max_age)  # every verifier holds a set
        world.server.manage("rotate_signing_key", f"--revoke={stolen}")
        revoked_at = moment()
        time.sleep(RING_SECONDS)
        assert not any(openings(world, rest, client) for _ in range(TRIALS))
        time.sleep(max(0.0, revoked_at + world.jwks_max_age + RING_SECONDS - moment()))
        assert not any(each.accepts(rest) for each in verifiers)
    assert by_us.at <= revoked_at + RING_SECONDS
    assert by_others.at <= revoked_at + RING_SECONDS + world.jwks_max_age
    assert {kid for each in verifiers for kid in each.failures} <= {stolen}, "the next key was known to all"
    nothing_was_lost(world, ledger)
    say(
        f"last accepted {by_us.at - revoked_at:+.2f} s by us, {by_others.at - revoked_at:+.2f} s by verifiers after "
        f"the command's end (max-age {world.jwks_max_age} s); then {3 * TRIALS} requests to both workers refused"
    )


def openings(world: World, rest: str, client: str) -> set[str]:
    """Which of our own doors the tokens open."""
    asked = world.client
    introspected = world.call(
        "POST", "/oauth/introspect", data={"token": client}, auth=(asked.client_id, asked.client_secret or "")
    )
    found = {
        "me": world.call("GET", "/api/v1/auth/me", headers=bearer(rest)).status_code == 200,
        "userinfo": world.call("GET", "/oauth/userinfo", headers=bearer(client)).status_code == 200,
        "introspection": bool(introspected.json()["active"]),
    }
    return {door for door, is_open in found.items() if is_open}


@dataclass
class Acceptance:
    """When the last trial that was accepted began."""

    at: float = 0.0


@contextmanager
def last_acceptance(is_accepted: Callable[[], bool]) -> Iterator[Acceptance]:
    """Try all the time while the block runs."""
    stop, last = threading.Event(), Acceptance()

    def keep_trying() -> None:
        while not stop.is_set():
            began = moment()
            if is_accepted():
                last.at = began
            time.sleep(0.02)

    thread = threading.Thread(target=keep_trying, daemon=True)
    thread.start()
    try:
        yield last
    finally:
        stop.set()
        thread.join(60)
    assert last.at, "it was accepted before"


def nothing_was_lost(world: World, ledger: Ledger) -> None:
    assert not ledger.refused()
    assert not ledger.unknown()
    each_act_stands_once_in_the_trail(world, ledger)
    each_refresh_token_has_one_successor(world, ledger)
