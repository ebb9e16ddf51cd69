"""kill -9 of PostgreSQL in mid-load: as a whole, and one backend (which makes it restart itself)."""

import time
from collections.abc import Callable

from tests.faults.ledger import moment
from tests.faults.load import load
from tests.faults.reckoning import settle
from tests.faults.watch import watch
from tests.faults.world import PASSWORD, PEOPLE, World, bearer
from tests.support.process import kill

AWAY_SECONDS = 2.5
PROBLEM = "application/problem+json"


def test_postgresql_killed(world: World, say: Callable[[str], None]) -> None:
    """Meanwhile people get a page and programs a problem; afterwards all goes on without a restart of ours."""
    with load(world) as ledger, watch(world) as watched:
        ledger.wait_for_every_kind()
        own_token = world.login(PEOPLE[1])["access_token"]
        client_token = ledger.acknowledged("redeem")[-1].facts["answer"]["access_token"]
        world.postgres.kill9()
        killed_at = moment()
        people_get_a_page(world)
        programs_get_a_problem(world, own_token, client_token)
        time.sleep(max(0.0, killed_at + AWAY_SECONDS - moment()))
        assert watched.statuses("/livez", killed_at, moment()) == {200}
        assert watched.statuses("/readyz", killed_at + 0.2, moment() - 0.2) == {503}
        assert world.status("/health") == 503
        world.postgres.start()
        back_at = moment()
        ledger.wait_for_every_kind(back_at)
    ready, acts = watched.ready_again_after(back_at), ledger.recovered_after(back_at)
    say(
        f"ready {ready:.2f} s, every kind of act {acts:.2f} s after PostgreSQL was back; {settle(world, ledger, most_repeated_mails=1)}"
    )


def test_one_backend_killed(world: World, say: Callable[[str], None]) -> None:
    """PostgreSQL ends all sessions and recovers by itself; so must we."""
    with load(world) as ledger, watch(world) as watched:
        ledger.wait_for_every_kind()
        backend = world.value(
            "SELECT pid FROM pg_stat_activity WHERE datname = 'janua' AND pid <> pg_backend_pid() "
            "ORDER BY query_start DESC LIMIT 1"
        )
        killed_at = moment()
        kill([backend])
        time.sleep(0.5)
        ledger.wait_for_every_kind(killed_at)
    assert watched.statuses("/livez", killed_at, moment()) == {200}
    say(
        f"every kind of act acknowledged {ledger.recovered_after(killed_at):.2f} s later; {settle(world, ledger, most_repeated_mails=1)}"
    )


def people_get_a_page(world: World) -> None:
    cookies = {each.name: str(each.value) for each in world.browser.session.cookies}
    for path in ("/account", "/oauth/authorize?client_id=x"):
        response = world.call("GET", path, cookies=cookies)
        assert response.status_code == 503
        assert response.headers["Content-Type"].startswith("text/html")
        assert int(response.headers["Retry-After"]) > 0
        assert "Traceback" not in response.text
        assert "OperationalError" not in response.text


def programs_get_a_problem(world: World, own_token: str, client_token: str) -> None:
    credentials = {"email": PEOPLE[1], "password": PASSWORD}
    pair = (world.client.client_id, world.client.client_secret or "")
    responses = [
        world.call("POST", "/api/v1/auth/login", json=credentials),
        world.call("GET", "/api/v1/auth/me", headers=bearer(own_token)),
        world.call("POST", "/oauth/token", data={"grant_type": "client_credentials"}, auth=pair),
        world.call("POST", "/oauth/introspect", data={"token": "z"}, auth=pair),
        world.call("POST", "/oauth/revoke", data={"token": "z"}, auth=pair),
        world.call("GET", "/oauth/userinfo", headers=bearer(client_token)),
    ]
    for response in responses:
        assert (response.status_code, response.headers["Content-Type"]) == (503, PROBLEM), response.url
        assert response.json()["status"] == 503
        assert int(response.headers["Retry-After"]) > 0
