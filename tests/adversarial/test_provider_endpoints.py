"""Introspection, revocation, userinfo and sign-out by clients under attack (S062-S070), CORS and caches (S236, S237).

Cases: S064 S066 S067 S069.
"""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser

from accounts.factories import UserFactory
from oauth.factories import REDIRECT_URI, register_client
from oauth.services.clients import Registered
from tests.adversarial.tools import (
    api_login,
    bearer,
    introspect,
    me,
    post_form,
    post_token,
    refresh,
    session_for,
    sign_in,
    tokens_of,
    userinfo,
)

RETURN_TO = "https://app.example/bye"


@pytest.fixture
def signed_in(alice: Any) -> Browser:
    browser = Browser()
    session_for(browser, alice)
    return browser


@pytest.fixture
def shop(db: None) -> Registered:
    """A client with a registered address to return to after a sign-out."""
    return register_client(client_name="Shop", post_logout_redirect_uris=[RETURN_TO])


def credentials(registered: Registered) -> dict[str, str]:
    return {"client_id": registered.client.client_id, "client_secret": registered.secret or ""}


def test_s062_introspection_needs_a_client_with_a_secret(signed_in: Browser, acme: Registered) -> None:
    token = tokens_of(signed_in, acme)["access_token"]
    public = register_client(token_endpoint_auth_method="none")
    for form in ({}, {"client_id": acme.client.client_id}, {**credentials(acme), "client_secret": "x"},
                 {"client_id": public.client.client_id}, {"client_id": "nobody", "client_secret": "x"}):  # fmt: skip
        answer = post_form("/oauth/introspect", {**form, "token": token})
        assert answer.status_code == 401
        assert "active" not in answer.json()
    assert post_form("/oauth/introspect", {"token": token}, **bearer(token)).status_code == 401


def test_s062_another_clients_tokens_are_inactive_without_a_word(
    signed_in: Browser, acme: Registered, rival: Registered
) -> None:
    tokens = tokens_of(signed_in, acme)
    for name in ("access_token", "refresh_token", "id_token"):
        assert introspect(rival, tokens[name]).json() == {"active": False}
    assert introspect(acme, tokens["access_token"]).json()["active"] is True
    assert introspect(acme, tokens["refresh_token"]).json()["active"] is True
    assert introspect(acme, tokens["id_token"]).json() == {"active": False}


def test_s064_another_client_revokes_nothing(signed_in: Browser, acme: Registered, rival: Registered) -> None:
    public = register_client(token_endpoint_auth_method="none")
    tokens = tokens_of(signed_in, acme)
    for other in (rival, public):
        for name in ("access_token", "refresh_token", "id_token"):
            answer = post_form("/oauth/revoke", {**credentials(other), "token": tokens[name]})
            assert answer.status_code == 200
            assert answer.content == b""
    assert userinfo(tokens["access_token"]) == 200
    assert refresh(acme, tokens["refresh_token"]).status_code == 200


def test_s064_revocation_is_not_open_to_strangers(signed_in: Browser, acme: Registered, alice: Any) -> None:
    tokens = tokens_of(signed_in, acme)
    for form in ({}, {"client_id": acme.client.client_id}, {**credentials(acme), "client_secret": "x"}):
        assert post_form("/oauth/revoke", {**form, "token": tokens["refresh_token"]}).status_code == 401
    mine = api_login(Browser(), alice)
    for token in mine.values():
        post_form("/oauth/revoke", {**credentials(acme), "token": str(token)})
    assert me(mine["access_token"]) == 200


def test_s064_a_revoked_token_is_dead_everywhere(signed_in: Browser, acme: Registered) -> None:
    tokens = tokens_of(signed_in, acme)
    post_form("/oauth/revoke", {**credentials(acme), "token": tokens["access_token"]})
    assert userinfo(tokens["access_token"]) == 401
    assert introspect(acme, tokens["access_token"]).json() == {"active": False}
    successor = refresh(acme, tokens["refresh_token"]).json()
    post_form("/oauth/revoke", {**credentials(acme), "token": successor["refresh_token"]})
    assert userinfo(successor["access_token"]) == 401
    assert refresh(acme, successor["refresh_token"]).status_code == 400


def test_s066_no_token_in_the_query(signed_in: Browser, acme: Registered) -> None:
    token = tokens_of(signed_in, acme)["access_token"]
    assert Browser().get("/oauth/userinfo", {"access_token": token}).status_code == 401
    assert post_form(f"/oauth/userinfo?access_token={token}", {}).status_code == 401
    assert Browser().get("/api/v1/auth/me", {"access_token": token, "token": token}).status_code == 401
    cookies = Browser()
    cookies.cookies["access_token"] = token
    assert cookies.get("/oauth/userinfo").status_code == 401
    assert post_form("/oauth/userinfo", {"access_token": token}).status_code == 200
    assert post_form("/oauth/userinfo", {"access_token": [token, token]}).status_code == 400


def test_s067_only_a_persons_access_token_with_openid(
    signed_in: Browser, acme: Registered, alice: Any
) -> None:
    tokens = tokens_of(signed_in, acme)
    service = register_client(grant_types=["client_credentials"], scope="jobs")
    own = post_token(service, grant_type="client_credentials").json()["access_token"]
    first_party = api_login(Browser(), alice)["access_token"]
    for token in (tokens["id_token"], tokens["refresh_token"], own, first_party):
        answer = Browser().get("/oauth/userinfo", **bearer(token))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert "sub" not in answer.json()
    plain = tokens_of(signed_in, acme, scope="email")["access_token"]
    assert userinfo(plain) == 403


def test_s067_userinfo_tells_what_was_granted_and_no_more(signed_in: Browser, acme: Registered) -> None:
    token = tokens_of(signed_in, acme, scope="openid")["access_token"]
    assert Browser().get("/oauth/userinfo", **bearer(token)).json().keys() == {"sub"}


PREFIXES = [
    "https://evil.test/", f"{RETURN_TO}/", f"{RETURN_TO}?x=1", f"{RETURN_TO}#x", "https://app.example@evil.test/bye",
    "https://app.example.evil.test/bye", "https://evil@app.example/bye", "//app.example/bye", "/account", "javascript:alert(1)",
    f"{RETURN_TO}%0d%0aX: y", "HTTPS://app.example/bye", REDIRECT_URI,
]  # fmt: skip


@pytest.mark.parametrize("target", PREFIXES)
def test_s069_sign_out_leads_only_to_registered_addresses(
    signed_in: Browser, shop: Registered, target: str
) -> None:
    hint = tokens_of(signed_in, shop)["id_token"]
    for query in (
        {"id_token_hint": hint}, {"client_id": shop.client.client_id}, {},
        {"id_token_hint": hint, "client_id": shop.client.client_id},
    ):  # fmt: skip
        query = {**query, "post_logout_redirect_uri": target}
        for answer in (signed_in.get("/oauth/logout", query), signed_in.post("/oauth/logout", query),
                       Browser().get("/oauth/logout", query)):  # fmt: skip
            assert answer.status_code == 400
            assert "Location" not in answer
    assert signed_in.get("/account").status_code == 200, "and nobody was signed out"


def test_s069_another_clients_address_is_not_this_clients(
    signed_in: Browser, shop: Registered, acme: Registered
) -> None:
    hint = tokens_of(signed_in, acme)["id_token"]
    for query in ({"id_token_hint": hint}, {"client_id": acme.client.client_id},
                  {"id_token_hint": hint, "client_id": shop.client.client_id}):  # fmt: skip
        query = {**query, "post_logout_redirect_uri": RETURN_TO}
        assert signed_in.get("/oauth/logout", query).status_code == 400


def test_s069_state_injects_nothing(signed_in: Browser, shop: Registered) -> None:
    hint = tokens_of(signed_in, shop)["id_token"]
    query = {"id_token_hint": hint, "post_logout_redirect_uri": RETURN_TO, "state": "a&b=c\r\nX: y#z"}
    answer = signed_in.get("/oauth/logout", query)
    assert answer["Location"] == f"{RETURN_TO}?state=a%26b%3Dc%0D%0AX%3A+y%23z"


def test_s070_without_a_hint_the_person_is_asked(signed_in: Browser, shop: Registered) -> None:
    for query in (
        {},
        {"client_id": shop.client.client_id},
        {"post_logout_redirect_uri": RETURN_TO, "client_id": shop.client.client_id},
    ):
        for answer in (signed_in.get("/oauth/logout", query), signed_in.post("/oauth/logout", query)):
            assert answer["Location"].startswith("/oauth/logout/confirm?")
            assert signed_in.get(answer["Location"]).status_code == 200
    assert signed_in.get("/account").status_code == 200


def test_s070_the_confirmation_is_not_forged(alice: Any, shop: Registered) -> None:
    browser = Browser(enforce_csrf_checks=True)
    session_for(browser, alice)
    path = browser.get("/oauth/logout")["Location"]
    assert browser.post(path).status_code == 403
    assert browser.post("/logout").status_code == 403
    assert browser.get("/account").status_code == 200
    for forged in ("", "x", "eyJyZXR1cm5fdG8iOiJodHRwczovL2V2aWwudGVzdCJ9:1tX:x"):
        assert browser.get("/oauth/logout/confirm", {"request": forged}).status_code == 400


def test_s070_a_hint_of_another_session_or_person_only_asks(
    signed_in: Browser, shop: Registered, alice: Any
) -> None:
    other, again = Browser(), Browser()
    session_for(other, UserFactory())
    session_for(again, alice)
    for browser in (other, again):
        hint = tokens_of(browser, shop)["id_token"]
        answer = signed_in.get("/oauth/logout", {"id_token_hint": hint})
        assert answer["Location"].startswith("/oauth/logout/confirm?")
    assert signed_in.get("/account").status_code == 200


def test_s236_what_is_somebodys_is_kept_by_no_cache(signed_in: Browser, acme: Registered, alice: Any) -> None:
    tokens = tokens_of(signed_in, acme)
    mine = api_login(Browser(), alice)
    answers = [
        signed_in.get(path)
        for path in (
            "/account",
            "/account/profile",
            "/account/sessions",
            "/account/apps",
            "/login",
            "/logout",
            "/",
        )
    ]
    for answer in answers:
        assert answer["Cache-Control"] == "no-store"
        assert "Cookie" in answer["Vary"]
    answers = [
        Browser().get("/api/v1/auth/me", **bearer(mine["access_token"])), Browser().get("/oauth/userinfo", **bearer(tokens["access_token"])),
        introspect(acme, tokens["access_token"]), refresh(acme, tokens["refresh_token"]), Browser().get("/api/v1/auth/me"),
        post_form("/oauth/token", {}), Browser().get("/nothing-here"), Browser().get("/admin/"),
        sign_in(Browser(), alice),
    ]  # fmt: skip
    for answer in answers:
        assert "no-store" in answer["Cache-Control"], answer.request


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/openapi.json",
    ],
)
def test_s236_what_may_be_cached_sets_no_cookie(signed_in: Browser, path: str) -> None:
    answer = signed_in.get(path)
    assert answer["Cache-Control"].startswith("public")
    assert not answer.cookies
    assert "Set-Cookie" not in answer


@pytest.mark.parametrize(
    "origin",
    ["null", "https://evil.test", "https://app.example.evil.test", "http://localhost:4100.evil.test"],
)
def test_s237_nothing_that_reads_a_cookie_speaks_to_other_origins(
    signed_in: Browser, alice: Any, origin: str
) -> None:
    token = api_login(Browser(), alice)["access_token"]
    for path in (
        "/api/v1/auth/me",
        "/api/v1/users/me",
        "/account",
        "/login",
        "/oauth/authorize",
        "/oauth/introspect",
        "/health",
        "/admin/",
    ):
        for answer in (
            signed_in.get(path, HTTP_ORIGIN=origin, **bearer(token)),
            signed_in.options(path, HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="PATCH"),
        ):
            assert not [name for name in answer.headers if name.lower().startswith("access-control")], path


@pytest.mark.parametrize("origin", ["null", "https://evil.test"])
def test_s237_open_endpoints_carry_no_credentials(signed_in: Browser, origin: str) -> None:
    for path in (
        "/oauth/token",
        "/oauth/userinfo",
        "/oauth/revoke",
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
    ):
        answer = signed_in.get(path, HTTP_ORIGIN=origin)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("path", ["token", "introspect", "revoke", "device_authorization"])
@pytest.mark.parametrize("body", [b"scope=%00", b"scope=%ff", b"&" * 300])
def test_what_is_refused_before_the_endpoint_names_its_error_too(path: str, body: bytes) -> None:
    """RFC 6749 section 5.2: clients look for `error`, not for a page."""
    form = "application/x-www-form-urlencoded"
    answer = Browser().post(f"/oauth/{path}", body, content_type=form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("nasty", ['x"y', "a\\b", "\u00e9", "a\u2028b", "\x7f"])
def test_a_description_has_only_the_characters_that_the_standard_allows(
    signed_in: Browser, acme: Registered, nasty: str
) -> None:
    """RFC 6749 sections 4.1.2.1 and 5.2: %x20-21 / %x23-5B / %x5D-7E, whatever the request said."""
    request = {"client_id": acme.client.client_id, "redirect_uri": REDIRECT_URI, "response_type": "code"}
    back = signed_in.get("/oauth/authorize", {**request, "scope": nasty})["Location"]
    tv = register_client(grant_types=["urn:ietf:params:oauth:grant-type:device_code"])
    answers = [
        parse_qs(urlsplit(back).query)["error_description"][0],
        post_form("/oauth/device_authorization", {**credentials(tv), "scope": nasty}).json()[
            "error_description"
        ],
    ]
    for description in answers:
        assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", description), description
