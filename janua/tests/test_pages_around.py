"""Health, the OpenAPI document, and refusals outside of any app."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client
from pydantic import SecretStr

from accounts.models import User
from accounts.tests.browsers import signed_in
from admin_panel import health
from janua import views


def test_health_is_one_word(db: None, client: Client) -> None:
    response = client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "healthy"})


def away(*_: Any, **__: Any) -> None:
    raise OperationalError("connection refused")


def test_health_without_the_database_is_503(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:  # the test's own roll-back needs the cursor again
        patch.setattr(health.connection, "cursor", away)
        patch.setattr(health.connection, "close", lambda: None)
        response = client.get("/health")
    assert (response.status_code, response.json()) == (503, {"status": "unhealthy"})


def test_details_are_for_operators_and_monitors(
    alice: User, olivia: User, client: Client, janua_options: Any
) -> None:
    janua_options(health_token=SecretStr("a-long-monitoring-token"))
    path = "/health/detailed"
    assert client.get(path).json() == {"status": "healthy"}
    assert signed_in(alice).get(path).json() == {"status": "healthy"}
    assert client.get(path, headers={"Authorization": "Bearer wrong"}).json() == {"status": "healthy"}
    by_token = client.get(path, headers={"Authorization": "Bearer a-long-monitoring-token"})
    for response in (signed_in(olivia).get(path), by_token):
        assert response.json()["checks"].keys() == {"database", "cache", "queue", "mail", "keys"}


def test_without_a_configured_token_none_opens_the_details(db: None, client: Client) -> None:
    for header in ("Bearer ", "Bearer", ""):
        response = client.get("/health/detailed", headers={"Authorization": header})
        assert "checks" not in response.json()


def test_the_openapi_document_is_the_committed_one(client: Client) -> None:
    response = client.get("/openapi.json")
    assert response.content == views.OPENAPI_FILE.read_bytes()
    assert json.loads(response.content)["openapi"].startswith("3.1")
    again = client.get("/openapi.json", headers={"If-None-Match": f"W/{response['ETag']}"})
    assert again.status_code == 304


def test_a_database_that_is_away_is_503_and_a_bug_is_500(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False

    def fail(error: Exception) -> int:
        def broken() -> None:
            raise error

        monkeypatch.setattr(views, "_openapi", broken)
        response = client.get("/openapi.json")
        assert "Traceback" not in response.content.decode()
        assert response["Cache-Control"] == "no-store"
        return int(response.status_code)

    assert fail(OperationalError("away")) == 503
    assert fail(ZeroDivisionError("a secret detail")) == 500
    assert fail(DatabaseError("a bug in a statement")) == 500
