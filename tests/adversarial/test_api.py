"""The REST API under attack: foreign fields, leaks, odd bodies, odd text (S204, S205, S247-S249).

Cases: S120 S248.
"""

import io
import json
import time
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from accounts import passwords
from accounts.factories import PASSWORD
from accounts.models import User
from oauth.services.clients import Registered
from tests.adversarial.tools import api_login, bearer, post_form, post_json, session_for, tokens_of

FOREIGN = {
    "is_staff": True, "is_superuser": True, "is_active": True, "email_verified": True, "org": "x", "role": "superadmin", "plan": "gold",
    "id": "00000000-0000-4000-8000-000000000000", "created_at": "2020-01-01T00:00:00Z", "secret": "x", "scopes": ["admin"],
    "mfa_enabled": False, "status": "active", "metadata": {"a": 1}, "user": {"id": "x"}, "owner": "x", "password_changed_at": None,
    "must_change_password": False, "__proto__": {"role": "x"}, "constructor": {}, "user_id": "x", "organization_id": "x", "last_login": None,
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "auth/register": {"email": "new@example.com", "password": PASSWORD},
    "auth/login": {"email": "alice@example.com", "password": PASSWORD},
    "auth/token/refresh": {"refresh_token": "jnu_rt_" + "A" * 43},
    "auth/refresh": {"refresh_token": "jnu_rt_" + "A" * 43},
    "auth/email/verify": {"email": "alice@example.com", "code": "123456"},
    "auth/email/resend": {"email": "alice@example.com"},
    "auth/password/forgot": {"email": "alice@example.com"},
    "auth/password/reset": {"email": "alice@example.com", "code": "12345678", "new_password": PASSWORD},
    "auth/password/change": {"current_password": PASSWORD, "new_password": "quarry-lantern-hazel-27"},
}  # fmt: skip


@pytest.fixture
def header(alice: Any) -> dict[str, str]:
    return bearer(api_login(Browser(), alice)["access_token"])


@pytest.mark.parametrize("path", BODIES)
def test_s204_no_body_takes_a_foreign_field(alice: Any, header: dict[str, str], path: str) -> None:
    users = User.objects.count()
    for name, value in FOREIGN.items():
        answer = post_json(Browser(), f"/api/v1/{path}", {**BODIES[path], name: value}, **header)
        assert answer.status_code == 422, (name, answer.content)
        assert answer.json()["details"][name]
    assert User.objects.count() == users


@pytest.mark.parametrize("name", [*FOREIGN, "password", "email", "phone_number_verified", "name", "sub"])
def test_s204_a_profile_takes_its_own_fields_only(alice: Any, header: dict[str, str], name: str) -> None:
    body = {"given_name": "Al", name: FOREIGN.get(name, "x")}
    answer = Browser().patch("/api/v1/users/me", body, content_type="application/json", **header)
    assert answer.status_code == 422
    assert "not known" in str(answer.json()["details"][name])
    stored = User.objects.get(id=alice.id)
    assert (stored.given_name, stored.role, stored.password) == ("Alice", "", alice.password)


def test_s204_an_address_takes_known_members_of_text_only(alice: Any, header: dict[str, str]) -> None:
    for address in (
        {"x": "y"},
        {"country": {"a": 1}},
        {"country": ["DE"]},
        {"country": None},
        {"country": "x" * 301},
        "DE",
        ["DE"],
        1,
        None,
    ):
        answer = Browser().patch(
            "/api/v1/users/me", {"address": address}, content_type="application/json", **header
        )
        assert answer.status_code == 422, address


def test_s205_no_answer_holds_a_secret_or_anybody_else(
    alice: Any, bob: Any, header: dict[str, str], acme: Registered
) -> None:
    browser = Browser()
    session_for(browser, alice)
    tokens = tokens_of(browser, acme)
    answers = [
        Browser().get("/api/v1/auth/me", **header), Browser().get("/api/v1/users/me", **header),
        Browser().patch("/api/v1/users/me", {"nickname": "al"}, content_type="application/json", **header),
        post_json(Browser(), "/api/v1/auth/login", BODIES["auth/login"]), Browser().get("/oauth/userinfo", **bearer(tokens["access_token"])),
        post_json(Browser(), "/api/v1/auth/register", {"email": bob.email, "password": PASSWORD}),
        Browser().get("/.well-known/openid-configuration"), Browser().get("/health"),
        browser.get("/account"), browser.get("/account/sessions"), browser.get("/account/apps"),
    ]  # fmt: skip
    alice.refresh_from_db()
    for answer in answers:
        text = answer.content.decode()
        for secret in (
            alice.password,
            "argon2",
            acme.secret,
            "secret_hash",
            "password_changed_at",
            "must_change_password",
            str(bob.id),
        ):
            assert secret not in text
    assert bob.email not in "".join(
        answer.content.decode() for answer in answers if "register" not in str(answer.request)
    )


SQL = [
    "'", "''", "' OR '1'='1", "' OR 1=1 --", "\" OR \"\"=\"", "'; DROP TABLE accounts_user; --", "') OR ('1'='1", "1; SELECT pg_sleep(5)",
    "' UNION SELECT NULL--", "%", "_", "%%", "\\", "\\'", "/* */", "$$x$$", "${7*7}", "{{7*7}}", "%s", "%(key)s", "{0}", "`id`", "|id", ";id", "$(id)",
    "../../etc/passwd", "..\\..\\x", "\u2019 OR 1=1", "\uff07 OR 1=1", "\u0001", "\t", "\x7f", "\u200b", "\u202e", "\ufeff", "\ud7ff", "\U0010ffff",
    "null", "undefined", "NaN", "true", "[]", "{}", "0", "-1", "1e309", "9" * 50, "0x1", "' || pg_sleep(5) || '", "<!--", "]]>", "&amp;", "x" * 250,
]  # fmt: skip


@pytest.mark.parametrize("nasty", SQL)
def test_s247_odd_text_is_only_text(
    alice: Any, header: dict[str, str], acme: Registered, nasty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "check_password", lambda *_: False)  # the slow part is not under attack
    monkeypatch.setattr(passwords, "make_password", lambda *_: "!")
    users = User.objects.count()
    for path, body in BODIES.items():
        for name in body:
            answer = post_json(
                Browser(), f"/api/v1/{path}", {**body, name: nasty}, **(header if "change" in path else {})
            )
            assert answer.status_code < 500, (path, name)
            assert answer.status_code != 200
    for name in ("given_name", "locale", "timezone"):
        answer = Browser().patch("/api/v1/users/me", {name: nasty}, content_type="application/json", **header)
        assert answer.status_code in (200, 422)
        if answer.status_code == 200:
            assert answer.json()[name] == nasty.strip()
    for name in (
        "token",
        "client_id",
        "client_secret",
        "grant_type",
        "code",
        "refresh_token",
        "redirect_uri",
    ):
        form = {
            "client_id": acme.client.client_id,
            "client_secret": acme.secret,
            "grant_type": "authorization_code",
            "code": "x",
            name: nasty,
        }
        for path in ("/oauth/token", "/oauth/introspect", "/oauth/revoke"):
            assert post_form(path, form).status_code < 500
    for path in (
        "/oauth/authorize",
        "/login",
        "/oauth/logout",
        "/verify-email",
        "/password/reset",
        "/admin/",
    ):
        for name in ("client_id", "next", "token", "id_token_hint", "q"):
            assert Browser().get(path, {name: nasty}).status_code < 500
    assert User.objects.count() == users


def test_s247_odd_text_in_the_consoles_search(olivia: Any, alice: Any) -> None:
    browser = Browser()
    session_for(browser, olivia)
    for nasty in SQL:
        for path in ("accounts/user", "audit/event", "oauth/client"):
            for name in ("q", "o", "p"):
                assert browser.get(f"/admin/{path}/", {name: nasty}).status_code in (200, 302, 400), (
                    path,
                    name,
                    nasty,
                )


DEEP = '{"a":' * 10_000 + "1" + "}" * 10_000
ODD_JSON = {
    "deep object": DEEP, "deep list": '{"email":' + "[" * 10_000 + "]" * 10_000 + "}", "33 levels": '{"a":' * 33 + "1" + "}" * 33,
    "doubled": '{"email":"a@example.com","email":"alice@example.com","password":"x"}', "doubled within": '{"a":{"b":1,"b":2}}',
    "NaN": '{"email":NaN}', "Infinity": '{"email":-Infinity}', "huge number": '{"email":1' + "0" * 400 + "}", "list": "[]", "text": '"x"', "null": "null",
    "broken": '{"a":', "trailing": "{} x", "two": "{}{}", "single quotes": "{'a':1}", "comment": "{}//x", "BOM": "\ufeff{}", "NUL": '{"email":"a\\u0000b"}',
    "lone surrogate": '{"email":"\\ud800"}', "lone surrogate name": '{"\\udfff":1}',
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD_JSON)
def test_s248_odd_json_is_refused_with_a_sentence(db: None, kind: str) -> None:
    for path in ("auth/login", "auth/register", "auth/token/refresh"):
        answer = post_json(Browser(), f"/api/v1/{path}", ODD_JSON[kind])
        assert answer.status_code == 400, answer.content
        assert answer.json()["detail"]


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe{}", b'{"email":"\xc3\x28"}', '{"email":"a"}'.encode("utf-16"), b"\x00", b"\x80"]
)
def test_s248_what_is_not_utf8_is_refused(db: None, raw: bytes) -> None:
    assert post_json(Browser(), "/api/v1/auth/login", raw).status_code == 400


def test_s248_large_bodies_are_refused_quickly(db: None) -> None:
    many = json.dumps({f"k{number}": number for number in range(100_000)})
    for body in ('{"email":"' + "x" * 10_000_000 + '"}', many, "[" * 250_000, '{"a":' * 40_000):
        started = time.perf_counter()
        answer = post_json(Browser(), "/api/v1/auth/login", body)
        assert answer.status_code in (400, 413)
        assert time.perf_counter() - started < 10


def test_s248_many_small_members_are_refused_quickly(db: None) -> None:
    body = json.dumps({f"{number:x}": 0 for number in range(25_000)})[: 255 * 1024]
    started = time.perf_counter()
    assert post_json(Browser(), "/api/v1/auth/login", body).status_code in (400, 422)
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
        "application/json-patch+json",
        "x",
    ],
)
def test_s248_only_json_is_json(alice: Any, content_type: str) -> None:
    body = json.dumps(BODIES["auth/login"])
    answer = Browser().post("/api/v1/auth/login", body, content_type=content_type)
    assert answer.status_code == 415 if content_type else answer.status_code in (415, 422)


@pytest.mark.parametrize(
    "path", ["/login", "/signup", "/oauth/token", "/oauth/authorize", "/oauth/logout", "/logout"]
)
def test_s249_forms_with_too_many_fields(db: None, path: str) -> None:
    body = "&".join(f"a{number}=1" for number in range(10_000))
    form = "application/x-www-form-urlencoded"
    assert Browser().post(path, body, content_type=form).status_code == 400
    parts = {f"a{number}": "1" for number in range(1000)}
    assert Browser().post(path, parts).status_code == 400


@pytest.mark.parametrize("path", ["/login", "/oauth/token", "/logout", "/account/profile"])
def test_s249_many_or_large_files(alice: Any, path: str) -> None:
    browser = Browser(enforce_csrf_checks=True)
    session_for(browser, alice)
    files = {f"f{number}": SimpleUploadedFile("x", b"x") for number in range(1000)}
    assert browser.post(path, files).status_code in (400, 403, 413)
    large = io.BytesIO(b"x" * 20_000_000)
    large.name = "large"
    assert browser.post(path, {"f": large}).status_code in (400, 413)


def test_s249_query_and_headers_are_bounded(db: None) -> None:
    assert Browser().get("/login?" + "a" * 20_000).status_code == 414
    assert Browser().get("/login", HTTP_COOKIE="a=" + "b" * 100_000).status_code == 200
    query = "&".join(f"a{number}=1" for number in range(2000))
    assert Browser().get(f"/oauth/authorize?{query}").status_code in (400, 414)


def test_s120_the_status_of_an_account_is_not_for_its_owner_to_set(
    alice: Any, header: dict[str, str]
) -> None:
    for method in ("put", "delete", "post"):
        assert (
            getattr(Browser(), method)(
                "/api/v1/users/me", {"status": "x"}, content_type="application/json", **header
            ).status_code
            == 405
        )
    assert settings.REST_FRAMEWORK["UNAUTHENTICATED_USER"] is None
