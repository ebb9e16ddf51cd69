"""A program and the REST API: an account from its first to its last request."""

from typing import Any

import jwt
import pytest
import requests

from tests.support.smtp import code_in, link_in
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
CHANGED = "copper-lantern-meadow-37"
RESET = "walnut-ferry-mosaic-52"


class Program:
    """Calls the API as one account would."""

    def __init__(self, stage: Stage, email: str) -> None:
        self.stage = stage
        self.email = email
        self.access_token = ""

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.access_token}"} if self.access_token else {}
        url = f"{self.stage.base_url}/api/v1{path}"
        return requests.request(method, url, json=body, headers=headers, timeout=20)

    def post(self, path: str, **body: str) -> requests.Response:
        return self.call("POST", path, body)

    def expect(self, status: int, answer: requests.Response) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        body: dict[str, Any] = answer.json() if answer.content else {}
        return body

    def log_in(self, password: str) -> dict[str, Any]:
        """Log in; keep the access token for what follows."""
        self.access_token = ""
        body = self.expect(200, self.post("/auth/login", email=self.email, password=password))
        self.access_token = body["tokens"]["access_token"]
        return body

    def mailed_code(self, after: int) -> str:
        return code_in(self.stage.mail.wait_for_mail(to=self.email, subject="code", after=after))

    @property
    def mails(self) -> int:
        return len(self.stage.mail.messages)


@pytest.fixture
def registered(stage: Stage, request: pytest.FixtureRequest) -> Program:
    """An account whose address is verified, not logged in."""
    program = Program(stage, f"{request.node.name.replace('_', '-')[:40]}@example.com")
    before = program.mails
    body = program.expect(201, program.post("/auth/register", email=program.email, password=PASSWORD))
    assert body["user"]["email_verified"] is False
    program.expect(
        200, program.post("/auth/email/verify", email=program.email, code=program.mailed_code(before))
    )
    return program


def test_program_registers_verifies_and_logs_in(stage: Stage) -> None:
    program = Program(stage, "first-robot@example.com")
    program.expect(201, program.post("/auth/register", email=program.email, password=PASSWORD))
    refused = program.expect(401, program.post("/auth/login", email=program.email, password=PASSWORD))
    assert refused["reason"] == "email_not_verified"

    first = code_in(stage.mail.wait_for_mail(to=program.email))
    before = program.mails
    program.expect(202, program.post("/auth/email/resend", email=program.email))
    second = program.mailed_code(before)
    if first != second:  # one in a million times they are equal
        program.expect(422, program.post("/auth/email/verify", email=program.email, code=first))
    body = program.expect(200, program.post("/auth/email/verify", email=program.email, code=second))
    assert body["user"]["email_verified"] is True
    program.expect(422, program.post("/auth/email/verify", email=program.email, code=second))

    signed_in = program.log_in(PASSWORD)
    me = program.expect(200, program.call("GET", "/auth/me"))
    assert me["id"] == signed_in["user"]["id"] == body["user"]["id"]


def test_link_of_the_mail_verifies_as_well_as_its_code(stage: Stage) -> None:
    program = Program(stage, "link-robot@example.com")
    program.expect(201, program.post("/auth/register", email=program.email, password=PASSWORD))
    link = link_in(stage.mail.wait_for_mail(to=program.email), "/verify-email")
    token = link.partition("token=")[2]
    assert program.expect(200, program.post("/auth/email/verify", token=token))["user"]["email_verified"]
    program.log_in(PASSWORD)


def test_access_token_verifies_offline_with_the_published_keys(registered: Program) -> None:
    """RFC 9068 section 4, with PyJWT and nothing of ours."""
    base_url = registered.stage.base_url
    body = registered.log_in(PASSWORD)
    token = body["tokens"]["access_token"]
    published = requests.get(f"{base_url}/.well-known/jwks.json", timeout=20).json()
    header = jwt.get_unverified_header(token)
    key = jwt.PyJWKSet.from_dict(published)[header["kid"]]
    claims = jwt.decode(
        token, key, algorithms=["RS256"], issuer=base_url, audience=f"{base_url}/api/v1",
        options={"require": ["exp", "iat", "jti", "sub", "client_id"]},
    )  # fmt: skip
    assert header["typ"] == "at+jwt"
    assert claims["sub"] == body["user"]["id"]
    assert claims["sid"] == body["session"]["id"]
    assert claims["exp"] - claims["iat"] == body["tokens"]["expires_in"]
    assert claims["amr"] == ["pwd"]


def test_refresh_gives_the_next_pair_and_logout_ends_both(registered: Program) -> None:
    tokens = registered.log_in(PASSWORD)["tokens"]
    body = registered.expect(
        200, registered.post("/auth/token/refresh", refresh_token=tokens["refresh_token"])
    )
    assert body["token_type"] == "Bearer"
    assert {body["access_token"], body["refresh_token"]}.isdisjoint(tokens.values())
    registered.access_token = body["access_token"]
    registered.expect(200, registered.call("GET", "/auth/me"))

    assert registered.post("/auth/logout").status_code == 204
    registered.expect(401, registered.call("GET", "/auth/me"))
    registered.expect(401, registered.post("/auth/token/refresh", refresh_token=body["refresh_token"]))


def test_program_changes_its_profile_and_nothing_beside_it(registered: Program) -> None:
    registered.log_in(PASSWORD)
    changes = {"given_name": "Ro", "family_name": "Bot", "locale": "pt-BR", "timezone": "America/Lima"}
    body = registered.expect(200, registered.call("PATCH", "/users/me", changes))
    assert {name: body[name] for name in changes} == changes
    assert body["name"] == "Ro Bot"
    refused = registered.expect(422, registered.call("PATCH", "/users/me", {"role": "superadmin"}))
    assert list(refused["details"]) == ["role"]
    assert registered.expect(200, registered.call("GET", "/users/me"))["role"] == ""


def test_password_change_keeps_this_session_and_ends_the_others(registered: Program) -> None:
    other = Program(registered.stage, registered.email)
    other.log_in(PASSWORD)
    registered.log_in(PASSWORD)
    wrong = registered.post("/auth/password/change", current_password=CHANGED, new_password=CHANGED)
    registered.expect(401, wrong)
    before = registered.mails
    changed = registered.post("/auth/password/change", current_password=PASSWORD, new_password=CHANGED)
    assert changed.status_code == 204
    registered.stage.mail.wait_for_mail(to=registered.email, subject="password", after=before)
    registered.expect(200, registered.call("GET", "/auth/me"))
    registered.expect(401, other.call("GET", "/auth/me"))
    registered.access_token = ""
    registered.expect(401, registered.post("/auth/login", email=registered.email, password=PASSWORD))
    registered.log_in(CHANGED)


def test_forgotten_password_is_reset_by_the_mailed_code(registered: Program) -> None:
    email = registered.email
    registered.log_in(PASSWORD)
    signed_in, registered.access_token = registered.access_token, ""
    before = registered.mails
    registered.expect(202, registered.post("/auth/password/forgot", email=email))
    code = registered.mailed_code(before)
    weak = registered.post("/auth/password/reset", email=email, code=code, new_password="short")
    assert list(registered.expect(422, weak)["details"]) == ["new_password"]
    good = registered.post("/auth/password/reset", email=email, code=code, new_password=RESET)
    assert good.status_code == 204, good.text
    again = registered.post("/auth/password/reset", email=email, code=code, new_password=CHANGED)
    registered.expect(422, again)

    registered.access_token = signed_in
    registered.expect(401, registered.call("GET", "/auth/me"))
    registered.access_token = ""
    registered.expect(401, registered.post("/auth/login", email=email, password=PASSWORD))
    registered.log_in(RESET)


def test_nobody_learns_from_a_resend_or_a_reset_whether_an_account_exists(registered: Program) -> None:
    stranger = Program(registered.stage, "nobody-at-all@example.com")
    for path in ("/auth/email/resend", "/auth/password/forgot"):
        known = registered.expect(202, registered.post(path, email=registered.email))
        assert stranger.expect(202, stranger.post(path, email=stranger.email)) == known
    assert registered.stage.mail.mails(to=stranger.email) == []
