"""Talking to `/api/v1` as one of the cast."""

from typing import Any

from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User

JSON = "application/json"


class Rest:
    """A person's program: it has just logged in, so that sudo is open."""

    def __init__(self, user: User) -> None:
        body = {"email": user.email, "password": PASSWORD}
        answer = Client().post("/api/v1/auth/login", body, content_type=JSON)
        assert answer.status_code == 200, answer.content
        self._headers = {"Authorization": f"Bearer {answer.json()['tokens']['access_token']}"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """`body`: the query of a GET; `headers` with underscores, as in `If_Match`."""
        sent = {} if body is None else {"data": body}
        if method != "GET":
            sent["content_type"] = JSON
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        send = getattr(Client(), method.lower())
        return send(f"/api/v1{path}", headers={**self._headers, **given}, **sent)
