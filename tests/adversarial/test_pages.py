"""What people see, under attack: markup from outside, the content policy, forged forms (S227, S230-S232, S257).

Cases: S231.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from core.models import Mail
from janua.policies import find_policy
from oauth.factories import register_client
from oauth.services.clients import Registered
from tests.adversarial.tools import api_login, asked, authorize, bearer, post_json, session_for, sign_in

MARKUP = "<img src=x onerror=alert(1)>"
NASTY = [
    MARKUP,
    "{{7191*7193}}{% debug %}",
    "javascript:alert(1)",
    "\"'><script>alert(1)</script>",
    "</title><svg onload=x>",
    "{{request.user.password}}",
]


def markup_free(text: str) -> bool:
    return not re.search(r"<img src=x|<script>alert|<svg onload|onerror=alert\(1\)>(?!.*&)", text)


def routes() -> Iterator[tuple[str, str]]:
    """(name, path) of every page and endpoint, from the URL map; ids are made up."""

    def walk(patterns: list[Any], prefix: str, space: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, path, pattern.namespace or space)
            elif isinstance(pattern, URLPattern) and pattern.name:
                path = re.sub(r"<(uuid|path|int|str|slug):\w+>", "00000000-0000-4000-8000-000000000000", path)
                yield (
                    (f"{space}:{pattern.name}" if space else pattern.name),
                    "/" + path.replace("^", "").replace("(?P<url>.*)$", "x"),
                )

    yield from walk(get_resolver().url_patterns, "", "")


ROUTES = sorted(set(routes()))


def test_every_route_has_a_policy() -> None:
    assert len(ROUTES) > 40
    assert [name for name, _ in ROUTES if find_policy(name) is None] == []


@pytest.mark.parametrize("nasty", NASTY)
def test_s227_names_are_words_and_nothing_else(olivia: Any, nasty: str) -> None:
    user = UserFactory(
        email="eve@example.com", given_name=nasty[:100], family_name=nasty[:100], nickname=nasty[:100]
    )
    registered = register_client(
        client_name=nasty, scope=f"openid {nasty.replace(' ', '').replace(chr(34), '')}"
    )
    browser, operator = Browser(HTTP_USER_AGENT=nasty), Browser(HTTP_USER_AGENT=nasty)
    session = session_for(browser, user)
    session_for(operator, olivia)
    type(session).objects.filter(id=session.id).update(user_agent=nasty)
    consent = browser.get("/oauth/authorize", asked(registered, scope=registered.client.scope))["Location"]
    texts = [
        browser.get(path).content.decode()
        for path in (consent, "/account", "/account/profile", "/account/sessions", "/account/password")
    ]
    texts.append(Browser().get("/login", {"next": consent}).content.decode())
    authorize(browser, registered)
    texts.append(browser.get("/account/apps").content.decode())
    texts.append(
        browser.get(
            browser.get("/oauth/logout", {"client_id": registered.client.client_id})["Location"]
        ).content.decode()
    )
    admin = ["/admin/accounts/user/", f"/admin/accounts/user/{user.id}/change/", "/admin/accounts/session/", "/admin/oauth/client/",
             f"/admin/oauth/client/{registered.client.pk}/change/", "/admin/audit/event/", "/admin/oauth/consent/"]  # fmt: skip
    texts += [operator.get(path).content.decode() for path in admin]
    for text in texts:
        assert markup_free(text)
        assert "51724863" not in text, "a template was evaluated"
        assert 'href="javascript:' not in text
        assert user.password not in text


@pytest.mark.parametrize("nasty", NASTY)
def test_s227_what_was_typed_comes_back_as_words(alice: Any, nasty: str) -> None:
    browser = Browser()
    for path, form in (
        ("/login", {"email": nasty, "password": nasty, "next": nasty}), ("/signup", {"email": nasty, "password": nasty, "given_name": nasty}),
        ("/password/forgot", {"email": nasty}),
    ):  # fmt: skip
        assert markup_free(browser.post(path, form).content.decode())
    for path in (
        "/nothing",
        "/oauth/authorize",
        "/oauth/logout",
        "/verify-email",
        "/password/reset",
        "/oauth/logout/confirm",
        "/login",
        "/docs",
    ):
        for name in (
            "next",
            "client_id",
            "error",
            "error_description",
            "token",
            "request",
            "q",
            "login_hint",
        ):
            assert markup_free(browser.get(path, {name: nasty}).content.decode()), (path, name)
    assert markup_free(browser.get(f"/{MARKUP}").content.decode())


@pytest.mark.parametrize("nasty", NASTY)
def test_s227_login_hint_and_mails(alice: Any, nasty: str, acme: Registered) -> None:
    path = Browser().get("/oauth/authorize", asked(acme, login_hint=nasty))["Location"]
    assert markup_free(Browser().get("/login", {"next": path}).content.decode())
    browser = Browser(HTTP_USER_AGENT=nasty)
    post_json(
        browser,
        "/api/v1/auth/register",
        {"email": "new@example.com", "password": PASSWORD, "given_name": nasty, "family_name": nasty},
    )
    post_json(
        browser, "/api/v1/auth/register", {"email": alice.email, "password": PASSWORD, "given_name": nasty}
    )
    browser.post("/password/forgot", {"email": alice.email})
    User.objects.filter(id=alice.id).update(last_login="2026-01-01T00:00:00Z")
    sign_in(browser, alice)
    assert {mail.kind for mail in Mail.objects.all()} >= {
        "verify_email",
        "already_registered",
        "reset_password",
        "sign_in_new_device",
    }
    for mail in Mail.objects.all():
        assert markup_free(mail.html)
        assert "\n" not in mail.subject
        assert "51724863" not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "http://evil.test", "//evil.test", "https://"]
)
def test_s227_links_of_clients_are_https(db: None, address: str) -> None:
    from oauth.errors import InvalidClientMetadata

    for name in ("client_uri", "logo_uri", "policy_uri", "tos_uri"):
        with pytest.raises(InvalidClientMetadata):
            register_client(**{name: address})


def _is_strict(answer: Any) -> bool:
    policy = {
        part.split()[0]: part.split()[1:]
        for part in answer["Content-Security-Policy"].split(";")
        if part.strip()
    }
    everything = [word for words in policy.values() for word in words]
    return (
        not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:", "'unsafe-hashes'"}
        & set(everything)
        and policy["frame-ancestors"] == ["'none'"]
        and policy["base-uri"] == ["'none'"]
        and policy["object-src"] == ["'none'"]
        and policy["form-action"][0] == "'self'"
        and policy["default-src"] in (["'self'"], ["'none'"])
        and answer["X-Content-Type-Options"] == "nosniff"
    )


@pytest.mark.parametrize(("name", "path"), ROUTES)
def test_s230_every_page_has_the_strict_policy(olivia: Any, name: str, path: str) -> None:
    for browser in (Browser(), Browser(raise_request_exception=False)):
        if browser.raise_request_exception:
            session_for(browser, olivia)
        for method in ("get", "put"):
            answer = getattr(browser, method)(path)
            if "text/html" in answer.get("Content-Type", ""):
                assert _is_strict(answer), (path, answer["Content-Security-Policy"])
                text = answer.content.decode() if not answer.streaming else ""
                assert not re.search(
                    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son\w+=", text
                ), path


@pytest.mark.parametrize(
    "path", ["/login?q=%00", "/login?q=%ff", "/%ff", "/nothing", "/login?" + "x" * 17_000, "/oauth/authorize"]
)
def test_s230_error_pages_too(db: None, path: str) -> None:
    answer = Browser().get(path)
    assert answer.status_code >= 400
    assert _is_strict(answer)
    assert _is_strict(Browser().get("/login", HTTP_HOST="evil.test"))


STATE_CHANGING = [
    (name, path) for name, path in ROUTES if (policy := find_policy(name)) and policy.is_csrf_checked
]
NO_COOKIE = [
    (name, path) for name, path in ROUTES if (policy := find_policy(name)) and not policy.is_csrf_checked
]
ANYBODYS = {
    ("api_passkey_login_options", "post")
}  # gives out a challenge, which is of use to whoever got it alone
FOREIGN: list[dict[str, str]] = [
    {},
    {"HTTP_ORIGIN": "https://evil.test"},
    {"HTTP_ORIGIN": "null"},
    {"HTTP_REFERER": "https://evil.test/"},
]


@pytest.mark.parametrize(("name", "path"), STATE_CHANGING)
def test_s231_pages_refuse_forms_that_are_not_ours(olivia: Any, name: str, path: str) -> None:
    for headers in FOREIGN:
        browser = Browser(enforce_csrf_checks=True)
        session_for(browser, olivia)
        for content_type in (
            "application/x-www-form-urlencoded",
            "text/plain",
            "application/json",
            "multipart/form-data; boundary=x",
        ):
            answer = browser.post(path, b"{}", content_type=content_type, **headers)
            assert answer.status_code == 403, (content_type, headers)


@pytest.mark.parametrize(("name", "path"), NO_COOKIE)
def test_s231_the_rest_reads_no_session_cookie(olivia: Any, name: str, path: str) -> None:
    """Nothing to forge: with the session alone these routes do nothing for anybody."""
    before = User.objects.get(id=olivia.id).__dict__
    browser = Browser(enforce_csrf_checks=True)
    session_for(browser, olivia)
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/json"):
        for method in ("post", "patch", "delete", "put"):
            answer = getattr(browser, method)(
                path, b"", content_type=content_type, HTTP_ORIGIN="https://evil.test"
            )
            assert answer.status_code >= 300 or (name, method) in ANYBODYS, (method, content_type)
    assert browser.get("/account").status_code == 200
    after = User.objects.get(id=olivia.id).__dict__
    assert {**before, "_state": 0} == {**after, "_state": 0}


def test_s231_a_token_of_another_browser_is_no_token(alice: Any) -> None:
    attacker, victim = Browser(enforce_csrf_checks=True), Browser(enforce_csrf_checks=True)
    page = attacker.get("/login").content.decode()
    found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    victim.get("/login")
    session_for(victim, alice)
    form = {"csrfmiddlewaretoken": found.group(1)}
    assert victim.post("/logout", form).status_code == 403
    own = attacker.cookies[settings.CSRF_COOKIE_NAME].value
    assert victim.post("/logout", {}, HTTP_X_CSRFTOKEN=own).status_code == 403


@pytest.mark.parametrize("headers", FOREIGN)
def test_s232_sign_in_is_not_forged(alice: Any, headers: dict[str, str]) -> None:
    browser = Browser(enforce_csrf_checks=True)
    answer = sign_in(browser, alice, **headers)
    assert answer.status_code == 403
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    browser.get("/login")
    assert sign_in(browser, alice, **headers).status_code == 403


@pytest.mark.parametrize("path", ["/.git/config", "/.env", "/metrics", "/server-status", "/debug", "/__debug__/", "/static/../janua/config.py",
                                  "/static/%2e%2e/%2e%2e/etc/passwd", "/data/janua.sqlite3", "/api/v1/", "/api/schema", "/wp-login.php", "/o/token"])  # fmt: skip
def test_s257_nothing_lies_about(db: None, path: str) -> None:
    answer = Browser().get(path)
    assert answer.status_code == 404
    assert not re.search(
        rb"Traceback|Django|Python/|gunicorn|settings|[0-9]+\.[0-9]+\.[0-9]+", answer.content
    )


def test_s257_health_in_detail_is_for_operators_and_monitors(
    alice: Any, olivia: Any, janua_options: Any
) -> None:
    from pydantic import SecretStr

    browser, operator = Browser(), Browser()
    session_for(browser, alice)
    session_for(operator, olivia)
    for visitor, headers in ((Browser(), {}), (browser, {}), (Browser(), bearer("")), (Browser(), bearer("x")),
                             (Browser(), bearer(api_login(Browser(), olivia)["access_token"]))):  # fmt: skip
        assert visitor.get("/health/detailed", **headers).json().keys() == {"status"}
    assert "checks" in operator.get("/health/detailed").json()
    janua_options(health_token=SecretStr("monitor-token"))
    assert Browser().get("/health/detailed", **bearer("monitor-toke")).json().keys() == {"status"}
    assert "checks" in Browser().get("/health/detailed", **bearer("monitor-token")).json()


def test_s257_a_crash_shows_nothing(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.services import recovery

    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("the-inner-secret")

    monkeypatch.setattr(recovery, "request_reset", crash)
    browser = Browser(raise_request_exception=False)
    for answer in (
        browser.post("/password/forgot", {"email": alice.email}),
        post_json(browser, "/api/v1/auth/password/forgot", {"email": alice.email}),
    ):
        assert answer.status_code == 500
        assert b"inner-secret" not in answer.content
        assert b"Traceback" not in answer.content


@pytest.mark.parametrize("method", ["trace", "options", "put", "delete", "patch", "head"])
@pytest.mark.parametrize(("name", "path"), [route for route in ROUTES if not route[0].startswith("admin:")])
def test_odd_methods_are_answered_calmly(db: None, name: str, path: str, method: str) -> None:
    answer = getattr(Browser(), method)(path, HTTP_X_SECRET="echo-me-not")
    assert answer.status_code < 500
    assert b"echo-me-not" not in answer.content
    if method == "trace":
        assert answer.status_code in (302, 401, 405)
