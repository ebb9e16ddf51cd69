"""How long operators wait for lists and searches among very many people: p95, as the wall clock says."""

import random
import time
from collections.abc import Iterator
from urllib.parse import quote

from bench.site import OPERATOR, PASSWORD, Site
from bench.wire import Connection, get, post_json
from tests.support.http_client import Browserless

GOAL_MS = 100
REQUESTS = 100
Asked = list[tuple[dict[str, str], str]]


def waits(site: Site, people: int) -> Iterator[str]:
    """One line for each way to look for people: p50, p95, goal."""
    api = {"Authorization": f"Bearer {_token(site)}"}
    console = {"Cookie": _cookies(site)}
    rows, table = "/api/v1/users", "/admin/accounts/user/"
    kinds: dict[str, Asked] = {
        "list over REST": [(api, f"{rows}?limit=100")] * REQUESTS,
        "deep page over REST": [(api, f"{rows}?limit=100&cursor={_deep(site, api)}")] * REQUESTS,
        "search over REST, one address": [(api, f"{rows}?search={word}") for word in _addresses(people)],
        "search over REST, a common word": [(api, f"{rows}?search=seed")] * REQUESTS,
        "search over REST, nobody": [(api, f"{rows}?search=nobody{n}") for n in range(REQUESTS)],
        "suspended people over REST": [(api, f"{rows}?status=suspended")] * REQUESTS,
        "console, list": [(console, table)] * REQUESTS,
        "console, search of one address": [(console, f"{table}?q={word}") for word in _addresses(people)],
        "console, search of a common word": [(console, f"{table}?q=seed")] * REQUESTS,
    }
    for name, asked in kinds.items():
        took = sorted(_took(site, asked))
        half, most = took[len(took) // 2], took[len(took) * 95 // 100]
        verdict = "met" if most <= GOAL_MS else "MISSED"
        yield f"{name:<34} p50 {half:>6.1f} ms  p95 {most:>6.1f} ms  (goal {GOAL_MS}, {verdict})"


def _took(site: Site, asked: Asked) -> Iterator[float]:
    connection = Connection("localhost", site.server.port)
    for headers, target in asked:
        started = time.perf_counter()
        connection.exchange(get(site.host, target, **headers))
        yield (time.perf_counter() - started) * 1000


def _addresses(people: int) -> list[str]:
    draw = random.Random("who is looked for")
    return [quote(f"seed{draw.randrange(people)}@") for _ in range(REQUESTS)]


def _deep(site: Site, headers: dict[str, str]) -> str:
    """The cursor after some pages."""
    connection, cursor = Connection("localhost", site.server.port), ""
    for _ in range(20):
        target = f"/api/v1/users?limit=100{cursor and f'&cursor={cursor}'}"
        cursor = connection.exchange(get(site.host, target, **headers)).json()["next_cursor"]
    return cursor


def _token(site: Site) -> str:
    body = {"email": OPERATOR, "password": PASSWORD}
    connection = Connection("localhost", site.server.port)
    answer = connection.exchange(post_json(site.host, "/api/v1/auth/login", body))
    token: str = answer.json()["tokens"]["access_token"]
    return token


def _cookies(site: Site) -> str:
    browser = Browserless(site.server.base_url)
    page = browser.get("/login")
    browser.submit(page, page.form("password"), {"email": OPERATOR, "password": PASSWORD})
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)
