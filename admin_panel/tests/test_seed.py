"""`manage.py seed`: a database that Janua itself could have written, once, and never in production."""

import io
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import Session, User
from audit.models import Event, PersonalData
from audit.verify import verify_all
from tests.support.janua import JanuaServer
from tokens.models import RefreshToken, TokenFamily

SMALL = ("--users=300", "--refresh-tokens=1502", "--audit-events=3000")
SCHEMA = """
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    ORDER BY 1
"""


def seed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("seed", *(arguments or SMALL), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def schema() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        return cursor.fetchall()


def test_it_writes_what_was_asked_for(db: None) -> None:
    seed()
    counts = [model._default_manager.count() for model in (User, TokenFamily, RefreshToken)]
    assert counts == [300, 301, 1502]
    assert Event.objects.count() == PersonalData.objects.count() == 3000
    tokens = RefreshToken.objects.all()
    assert tokens.filter(used_at=None).count() == 300  # the last family is not full
    assert (
        0
        < tokens.filter(used_at=None, expires_at__lt=User.objects.latest("created_at").created_at).count()
        < 300
    )
    assert 1 < Session.objects.values("user").distinct().count() < 300


def test_the_trail_verifies_and_goes_on(db: None) -> None:
    _sign_in(seed())
    (verdict,) = verify_all({}, lambda *_: None)
    assert verdict.finding is None
    assert verdict.count == Event.objects.count() > 3000


def test_everybody_has_the_password_that_is_printed(db: None) -> None:
    assert _sign_in(seed()).status_code == 200


def test_indexes_and_constraints_are_what_they_were(db: None) -> None:
    before = schema()
    seed()
    assert schema() == before


def test_it_seeds_once(db: None) -> None:
    seed()
    with pytest.raises(CommandError, match="seeded before"):
        seed()


def test_production_is_not_seeded_by_mistake(db: None, janua_options: Any) -> None:
    janua_options(base_url="https://id.example.com")
    with pytest.raises(CommandError, match="is production"):
        seed()
    assert not User.objects.exists()
    seed(*SMALL, "--yes-this-is-a-test-database")
    assert User.objects.count() == 300


@pytest.mark.parametrize("wrong", ["--users=-1", "--users=many", "--users=0"])
def test_wrong_numbers_are_refused(wrong: str) -> None:
    with pytest.raises(CommandError):
        seed(wrong)


@pytest.mark.slow
def test_sqlite_is_seeded_too() -> None:
    janua = JanuaServer()
    try:
        janua.manage("prepare")
        janua.manage("seed", *SMALL)
        assert "intact" in janua.manage("audit_verify").stdout
    finally:
        janua.close()


def _sign_in(printed: str) -> Any:
    found = re.fullmatch(r"(\S+) to \S+, password (\S+)\n", printed)
    assert found is not None
    body = {"email": found[1].replace("seed0", "seed7"), "password": found[2]}
    return Client().post("/api/v1/auth/login", body, content_type="application/json")
