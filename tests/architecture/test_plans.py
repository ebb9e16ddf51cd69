"""On tables of some ten thousand rows, no statement of a hot path or of the clean-up reads one from end to end.

Each statement is captured while the real request runs, and explained as it was sent. PostgreSQL chooses by its
own statistics of the seeded tables; nothing is forbidden to it.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, models, transaction
from django.test import Client

from accounts.factories import PASSWORD, UserFactory
from accounts.models import DataExport, DeletionLink, EmailVerification, PasswordReset, Session, SignUp, User
from accounts.services import activity
from accounts.tasks import erase_accounts, purge_accounts, sweep_exports
from accounts.tests.browsers import signed_in
from admin_panel.health import all_checks
from admin_panel.seeding.people import People
from admin_panel.seeding.trail import Trail
from audit.models import Event
from audit.verify import PAGE, heads, read_rows
from core import clock, outbox, purging, tasks
from core.models import Mail, ThrottleCounter
from oauth.factories import register_client
from oauth.models import (
    DEVICE_CODE,
    AuthorizationCode,
    AuthorizationRequest,
    ClientAssertion,
    Consent,
    DeviceGrant,
)
from oauth.services import consents
from oauth.services.clients import Registered, names_of
from oauth.tasks import purge_authorizations
from oauth.tests.device_flow import begin, register_tv
from oauth.tests.flows import authorize, code_for, post, redeem, tokens_for
from tokens.models import RevokedAccessToken
from tokens.tasks import purge_tokens

PEOPLE, TOKENS, EVENTS = 20_000, 40_000, 30_000
LARGE = 1000  # rows from which on reading a whole table is a finding
SHARE = 0.02  # of each table, what the clean-up finds due: an hour's or a day's worth
UNFOLLOWED = """
    SELECT conrelid::regclass || '.' || attname FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND NOT EXISTS (
        SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND indpred IS NULL
    )
"""
SCANS = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"}


@pytest.fixture(scope="module")
def large_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[People]:
    """Seeded once for this file, and rolled back at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = People(PEOPLE, TOKENS, clock.now(), password_hash="!")
        people.load(str)
        Trail(EVENTS, PEOPLE, people.user_id, people.now).load(str)
        _fill_the_rest(people)
        yield people
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _on_it(large_database: People, db: None, janua_options: Any) -> None:
    janua_options(redis_url="", rate_limits="on")


@dataclass
class Plans:
    """The statements that ran, and what PostgreSQL makes of them."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def note(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)\b", sql):
            self.statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    def findings(self) -> set[str]:
        """Each large table that is read from end to end, and by which statement."""
        assert self.statements
        large = _large_tables()
        return {
            f"{node['Node Type']} on {node['Relation Name']}: {sql[:600]}"
            for sql, parameters in self.statements
            for node in _nodes(_explain(sql, parameters))
            if node.get("Relation Name") in large and node["Node Type"] in SCANS and "Index Cond" not in node
        }


@contextmanager
def watched() -> Iterator[Plans]:
    plans = Plans()
    with connection.execute_wrapper(plans.note):
        yield plans


def _explain(sql: str, parameters: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        found = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _large_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LARGE])
        return {name for (name,) in cursor.fetchall()}


def _fill_the_rest(people: People) -> None:
    """Five thousand rows in each further table that requests or the clean-up read; a few of them are due."""
    now, count = people.now, 5000
    client = register_client().client
    sessions = list(Session.objects.values_list("id", "user_id")[:count])

    def ends(number: int, life: timedelta = timedelta(hours=1)) -> Any:
        return now - timedelta(days=100) if number < count * SHARE else now + life * (number / count)

    def fill(model: type[models.Model], row: Callable[[int], dict[str, Any]]) -> None:
        model._default_manager.bulk_create(model(**row(number)) for number in range(count))

    def mailed(number: int) -> dict[str, Any]:
        hashes = {"code_hash": "", "link_hash": str(number)}
        return {"email": f"{number}@a.example", "created_at": now, "expires_at": ends(number), **hashes}

    fill(SignUp, mailed)
    fill(PasswordReset, mailed)
    fill(EmailVerification, lambda number: {**mailed(number), "user_id": sessions[number][1]})
    fill(DeletionLink, lambda number: {
        "user_id": sessions[number][1], "link_hash": str(number), "created_at": now, "expires_at": ends(number)
    })  # fmt: skip
    fill(DataExport, lambda number: {
        "user_id": sessions[number][1], "created_at": now, "ready_at": now, "expires_at": ends(number),
        "archive": "left" if number % 500 == 0 else "",
    })  # fmt: skip
    fill(ThrottleCounter, lambda number: {"key": str(number), "count": 1, "expires_at": ends(number)})
    fill(RevokedAccessToken, lambda number: {"jti": uuid4(), "expires_at": ends(number)})
    fill(Mail, lambda number: {
        "kind": "verify_email", "recipient": "a@a.example", "status": "failed" if number % 50 == 0 else "sent",
        "text": "left" if number % 500 == 0 else "", "next_attempt_at": now,
        "created_at": ends(number) if number < count * SHARE else now - timedelta(days=30) * (number / count),
    })  # fmt: skip
    fill(AuthorizationRequest, lambda number: {
        "client": client, "parameters": {}, "created_at": now, "expires_at": ends(number)
    })  # fmt: skip
    fill(AuthorizationCode, lambda number: {
        "session_id": sessions[number][0], "user_id": sessions[number][1], "application": client,
        "code": str(number), "expires_at": ends(number),
    })  # fmt: skip
    fill(ClientAssertion, lambda number: {"assertion_hash": str(number), "expires_at": ends(number)})
    fill(DeviceGrant, lambda number: {
        "client_id": client.client_id, "device_code": str(number), "user_code": str(number), "requested_at": now,
        "expires_at": ends(number),
    })  # fmt: skip
    owners = list(User.objects.values_list("id", flat=True)[:count])
    fill(Consent, lambda number: {"user_id": owners[number], "client": client, "granted_at": now})
    with connection.cursor() as cursor:
        for table in ("accounts_session", "tokens_tokenfamily"):
            cursor.execute(
                f"UPDATE {table} SET expires_at = expires_at - interval '90 days' WHERE id IN "
                f"(SELECT id FROM {table} ORDER BY id LIMIT {int(TOKENS / 5 * SHARE)})"
            )
        cursor.execute("ANALYZE")


def log_in(email: str) -> dict[str, str]:
    body = {"email": email, "password": PASSWORD}
    response = Client().post("/api/v1/auth/login", body, content_type="application/json")
    assert response.status_code == 200, response.content
    tokens: dict[str, str] = response.json()["tokens"]
    return tokens


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Cast:
    """Somebody among the twenty thousand, and a client of hers."""

    alice: User
    acme: Registered
    machine: Registered
    browser: Client
    console: Client
    own: dict[str, str]
    granted: dict[str, Any]
    code: str


@pytest.fixture
def cast(_on_it: None) -> Cast:
    alice, acme = UserFactory(email="alice@example.com"), register_client()
    consents.grant(alice, acme.client, ("openid", "email"), now=clock.now())
    machine = register_client(grant_types=["client_credentials"], scope="reports")
    own, granted, code = log_in(alice.email), tokens_for(alice, acme), code_for(alice, acme)
    console = signed_in(UserFactory(email="olivia@janua.dev", role="superadmin"))
    return Cast(alice, acme, machine, signed_in(alice), console, own, granted, code)


def _refresh(cast: Cast) -> Any:
    body = {"refresh_token": cast.own["refresh_token"]}
    return Client().post("/api/v1/auth/token/refresh", body, content_type="application/json")


def _replay(cast: Cast) -> Any:
    """The retry window, then a replay that revokes the family and sends a mail."""
    token = cast.granted["refresh_token"]
    for _ in range(2):
        following = post("/oauth/token", cast.acme, grant_type="refresh_token", refresh_token=token).json()
    post("/oauth/token", cast.acme, grant_type="refresh_token", refresh_token=following["refresh_token"])
    return post("/oauth/token", cast.acme, grant_type="refresh_token", refresh_token=token)


def _device(cast: Cast) -> Any:
    """Asked for, polled, and opened by the person."""
    tv = register_tv()
    codes = begin(tv)
    cast.browser.get("/device", {"user_code": codes["user_code"]})
    cast.browser.post("/device", {"user_code": codes["user_code"]})
    return post("/oauth/token", tv, grant_type=DEVICE_CODE, device_code=codes["device_code"])


def _people(cast: Cast, query: str) -> Any:
    token = log_in("olivia@janua.dev")["access_token"]
    answer = Client().get(f"/api/v1/users?{query}", headers=bearer(token))
    assert answer.status_code == 200, answer.content
    return answer


HOT: dict[str, Callable[[Cast], Any]] = {
    "login": lambda cast: log_in(cast.alice.email),
    "refused login": lambda cast: Client().post(
        "/api/v1/auth/login", {"email": "nobody@a.example", "password": PASSWORD}, content_type="application/json"
    ),
    "client_credentials": lambda cast: post("/oauth/token", cast.machine, grant_type="client_credentials"),
    "refresh, REST": _refresh,
    "refresh, OAuth, retried and replayed": _replay,
    "code redemption": lambda cast: redeem(cast.acme, cast.code),
    "code replayed": lambda cast: (redeem(cast.acme, cast.code), redeem(cast.acme, cast.code)),
    "introspection": lambda cast: post("/oauth/introspect", cast.acme, token=cast.granted["access_token"]),
    "introspection of a refresh token": lambda cast: post(
        "/oauth/introspect", cast.acme, token=cast.granted["refresh_token"]
    ),
    "revocation": lambda cast: post("/oauth/revoke", cast.acme, token=cast.granted["refresh_token"]),
    "revocation of an access token": lambda cast: post(
        "/oauth/revoke", cast.acme, token=cast.granted["access_token"]
    ),
    "userinfo": lambda cast: Client().get("/oauth/userinfo", headers=bearer(cast.granted["access_token"])),
    "me": lambda cast: Client().get("/api/v1/auth/me", headers=bearer(cast.own["access_token"])),
    "authorize": lambda cast: authorize(cast.browser, cast.acme),
    "authorize, signed out": lambda cast: authorize(Client(), cast.acme),
    "profile by session cookie": lambda cast: cast.browser.get("/account/profile"),
    "sessions of a person": lambda cast: cast.browser.get("/account/sessions"),
    "account of a person": lambda cast: cast.browser.get("/account"),
    "activity of a person": lambda cast: [cast.browser.get("/account/activity", {"kind": kind}) for kind in ("", "apps")],
    "a picture": lambda cast: Client().get(f"/avatars/{'x' * 43}.png"),
    "data of a person": lambda cast: cast.browser.get("/account/privacy"),
    "apps of a person": lambda cast: cast.browser.get("/account/apps"),
    "sign-up": lambda cast: Client().post(
        "/api/v1/auth/register", {"email": "new@a.example", "password": PASSWORD}, content_type="application/json"
    ),
    "device": _device,
    "health": lambda cast: all_checks(),
    "list of users": lambda cast: _people(cast, "created_after=2020-01-01T00:00:00Z"),
    "search of users": lambda cast: _people(cast, "search=seed19999"),
    "operators' search": lambda cast: cast.console.get("/admin/accounts/user/?q=seed19999"),
}  # fmt: skip


@pytest.mark.parametrize("path", HOT)
def test_no_hot_path_reads_a_large_table(path: str, cast: Cast) -> None:
    with watched() as plans:
        HOT[path](cast)
    assert plans.findings() == set()


def test_the_activity_of_a_busy_person_reads_no_large_table(large_database: People) -> None:
    """The trail has more of the first people than of others. Page after page is a stretch of an index."""
    busy, cursor, read = User.objects.get(id=large_database.user_id(0)), None, 0
    with watched() as plans:
        while read == 0 or cursor:
            page = activity.read(busy, names_of_apps=names_of, cursor=cursor, limit=5)
            cursor, read = page.next_cursor, read + len(page.entries)
    assert read > 5
    assert plans.findings() == set()


@pytest.mark.parametrize(
    "task", [purge_accounts, purge_tokens, purge_authorizations, tasks.purge], ids=lambda task: task.__name__
)
def test_no_clean_up_reads_a_large_table(task: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    # Of these tables a thousand rows are an eighth, for which one reads it all; of millions they are nothing.
    monkeypatch.setattr(purging, "BATCH", 20)
    monkeypatch.setattr(outbox, "BATCH", 2)
    with watched() as plans:
        task()
    assert any(sql.startswith("DELETE") for sql, _ in plans.statements)
    assert plans.findings() == set()


@pytest.mark.parametrize("sweep", [sweep_exports, erase_accounts], ids=lambda task: task.__name__)
def test_no_sweep_of_what_is_due_reads_a_large_table(sweep: Callable[[], None]) -> None:
    with watched() as plans:
        sweep()
    assert plans.findings() == set()


def test_verifying_the_trail_sorts_nothing() -> None:
    """A page of the chain is a stretch of one index; sorting the chain for each page would be quadratic."""
    with watched() as plans:
        read = sum(1 for head in heads() for _ in read_rows(head))
    assert read == Event.objects.count()
    sorts = [
        node["Plan Rows"]
        for sql, values in plans.statements
        for node in _nodes(_explain(sql, values))
        if "Sort" in node["Node Type"]
    ]
    assert max(sorts, default=0) < 3 * PAGE  # where little is left, sorting that is quickest
    assert not any("Seq Scan on audit_event:" in finding for finding in plans.findings())


def test_every_foreign_key_has_an_index() -> None:
    """Deleting a row makes PostgreSQL look for whatever points at it, in statements that nobody sees."""
    with connection.cursor() as cursor:
        cursor.execute(UNFOLLOWED)
        assert cursor.fetchall() == []


def test_a_full_read_is_found() -> None:
    """The test's own test."""
    with watched() as plans:
        list(User.objects.filter(given_name="nobody"))
    assert [finding.partition(":")[0] for finding in plans.findings()] == ["Seq Scan on accounts_user"]
