"""A provider of GitHub's shape, as an Enterprise Server has it: OAuth 2, `/api/v3/user` and its e-mails."""

import os
from typing import Any

from tests.support.identity_providers.answering import Answer, AnsweringProvider, as_json


class GitHubShaped(AnsweringProvider):
    name = "GitHub of the house"
    AUTHORIZE = "/login/oauth/authorize"
    TOKEN = "/login/oauth/access_token"

    def __init__(self, port: int = 0, *, asks: bool = False) -> None:
        super().__init__(port, asks=asks)
        self.profile: dict[str, Any] = {"id": 4711, "login": "octo", "name": "Octavia Cat", "email": None}
        self.emails: Any = [{"email": "octavia@example.com", "primary": True, "verified": True}]

    def more(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        if headers.get("Authorization") != "token upstream-access":
            return as_json({"message": "Bad credentials"}, 401)
        bodies = {"/api/v3/user": self.profile, "/api/v3/user/emails": self.emails}
        return as_json(bodies[path]) if path in bodies else super().more(path, query, headers)


if __name__ == "__main__":
    GitHubShaped(int(os.environ["PORT"]), asks=True).serve_forever()
