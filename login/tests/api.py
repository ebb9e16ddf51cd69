"""Calling /api/v1/auth as a program does."""

import json
from typing import Any

from django.test import Client

AUTH = "/api/v1/auth"


def call(path: str, body: Any = None, *, token: str = "", method: str = "POST") -> Any:
    """One call with a JSON body; CSRF is checked, as for any cookie-less program."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    client = Client(enforce_csrf_checks=True)
    if body is None:
        return client.generic(method, f"{AUTH}/{path}", headers=headers)
    return client.generic(
        method, f"{AUTH}/{path}", _json(body), content_type="application/json", headers=headers
    )


def problem_of(response: Any) -> tuple[int, str, str]:
    """(status, code, reason) of a refusal."""
    assert response["Content-Type"] == "application/problem+json", response.content[:300]
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["request_id"] == response["X-Request-ID"]
    return response.status_code, body["code"], body.get("reason", "")


def _json(body: Any) -> bytes:

    return json.dumps(body).encode()
