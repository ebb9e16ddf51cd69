"""Talking to `/api/v1` as one of the cast."""

from typing import Any

from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User


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
