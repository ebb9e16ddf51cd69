"""Talking to `/api/v1` as one of the cast."""

from typing import Any

from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User

JSON = "application/json"


class Rest:
    """A program of the person's, logged in."""

    def __init__(self, user: User) -> None:
        body = {"email": user.email, "password": PASSWORD}
        answer = Client().post("/api/v1/auth/login", body, content_type="application/json")
        self.token: str = answer.json()["tokens"]["access_token"]

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"data": body} if body is not None and method == "GET" else {}
        if method == "GET":
            return Client().get(f"/api/v1{path}", **sent, headers=self._headers(headers))
        return getattr(Client(), method.lower())(
            f"/api/v1{path}", body, content_type="application/json", headers=self._headers(headers)
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}


class Api:
    """A person's program: it has just logged in, so that sudo is open."""

    def __init__(self, user: User) -> None:
        answer = Client().post(
            "/api/v1/auth/login", {"email": user.email, "password": PASSWORD}, content_type=JSON
        )
        assert answer.status_code == 200, answer.content
        self._headers = {"Authorization": f"Bearer {answer.json()['tokens']['access_token']}"}

    def get(self, path: str) -> Any:
        return Client().get(f"/api/v1/{path}", headers=self._headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self._send("post", path, body)

    def patch(self, path: str, body: Any, *, headers: dict[str, str] | None = None) -> Any:
        return self._send("patch", path, body, headers or {})

    def delete(self, path: str) -> Any:
        return Client().delete(f"/api/v1/{path}", headers=self._headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str] | None = None) -> Any:
        send = getattr(Client(), method)
        sent = {"data": body, "content_type": JSON} if body is not None else {}
        return send(f"/api/v1/{path}", headers={**self._headers, **(headers or {})}, **sent)
