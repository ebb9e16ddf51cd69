"""Forged and misused JWTs (S076-S088): nothing but our own signature by a living key opens anything.

Cases: S077 S078 S079 S081 S083 S084 S086.
"""

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from joserfc import jwt as jose
from joserfc.jwk import RSAKey

from core import clock
from oauth.factories import register_client
from oauth.services.clients import Registered
from tests.adversarial.tools import api_login, introspect, me, session_for, tokens_of, userinfo
from tokens.models import SigningKey
from tokens.services import access, keys


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims, _ = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    return json.loads(header), json.loads(claims)


def compact(header: Any, claims: Any, signature: bytes | str = b"") -> str:
    head = header if isinstance(header, str) else json.dumps(header)
    body = claims if isinstance(claims, str) else json.dumps(claims)
    tail = signature if isinstance(signature, str) else b64(signature)
    return f"{b64(head.encode())}.{b64(body.encode())}.{tail}"


def hs256(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    signed = compact(header, claims).rstrip(".")
    return f"{signed}.{b64(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


def ours(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signed by our own current key, whatever stands in it."""
    return jose.encode(header, claims, keys.ring().current.key)


@pytest.fixture
def tokens(alice: Any, acme: Registered) -> dict[str, Any]:
    browser = Browser()
    session_for(browser, alice)
    return tokens_of(browser, acme)


@pytest.fixture
def api_token(alice: Any) -> str:
    return str(api_login(Browser(), alice)["access_token"])


def opens_nothing(acme: Registered, token: str) -> bool:
    """Refused by our API, by userinfo, and unknown to introspection."""
    inactive = introspect(acme, token).json() == {"active": False}
    return (me(token), userinfo(token), inactive) == (401, 401, True)


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "nOnE", "NONE", "", None, ["RS256"], "HS256", "rs256", "RS512", "PS256"]
)
@pytest.mark.parametrize("keep_signature", [True, False])
def test_s076_no_algorithm_but_ours(
    acme: Registered, tokens: dict[str, Any], algorithm: Any, keep_signature: bool
) -> None:
    for token in (tokens["access_token"], tokens["id_token"]):
        header, claims = parts_of(token)
        forged = compact(
            {**header, "alg": algorithm}, claims, token.rpartition(".")[2] if keep_signature else ""
        )
        assert opens_nothing(acme, forged)
        assert Browser().get("/oauth/logout", {"id_token_hint": forged}).status_code == 400
    assert opens_nothing(acme, compact({"alg": algorithm, "typ": "at+jwt"}, claims))


def test_s077_our_public_key_is_no_shared_secret(
    acme: Registered, tokens: dict[str, Any], api_token: str
) -> None:
    key = keys.ring().current.key
    document = Browser().get("/.well-known/jwks.json").content
    jwk = next(entry for entry in json.loads(document)["keys"] if entry["kid"] == keys.ring().current.kid)
    pem, der = key.as_pem(private=False), key.as_der(private=False)
    secrets = [pem, pem.strip(), der, document, json.dumps(jwk).encode(), json.dumps(jwk, separators=(",", ":")).encode(),
               jwk["n"].encode(), jwk["kid"].encode()]  # fmt: skip
    for token in (tokens["access_token"], api_token):
        header, claims = parts_of(token)
        for secret in secrets:
            assert opens_nothing(acme, hs256({**header, "alg": "HS256"}, claims, secret))
            assert opens_nothing(acme, hs256(header, claims, secret))


def test_s078_no_empty_key(acme: Registered, tokens: dict[str, Any]) -> None:
    header, claims = parts_of(tokens["access_token"])
    for secret in (b"", b'""', b"null", b"secret", settings.SECRET_KEY.encode()):
        assert opens_nothing(acme, hs256({**header, "alg": "HS256"}, claims, secret))
        assert opens_nothing(acme, hs256({"alg": "HS256", "typ": "at+jwt"}, claims, secret))


def test_s079_no_key_from_the_token_is_believed_or_fetched(acme: Registered, tokens: dict[str, Any]) -> None:
    header, claims = parts_of(tokens["access_token"])
    theirs = RSAKey.generate_key(2048)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/keys"
        for more in (
            {"jwk": theirs.as_dict(private=False)}, {"jku": url}, {"x5u": url}, {"x5c": ["MIIB"]},
            {"kid": "../../../../dev/null"}, {"kid": "' UNION SELECT 'x"}, {"kid": url}, {"kid": ""}, {"x5t": "x"}, {"cty": "JWT"}, {},
        ):  # fmt: skip
            assert opens_nothing(acme, jose.encode({**header, **more}, claims, theirs)), more
        for kid in (None, ["a"], {}, 7):
            assert opens_nothing(acme, compact({**header, "kid": kid}, claims, b"x" * 256)), kid
        with pytest.raises(TimeoutError):
            listener.accept()


def test_s079_a_good_signature_does_not_excuse_odd_headers(acme: Registered, tokens: dict[str, Any]) -> None:
    header, claims = parts_of(tokens["access_token"])
    assert userinfo(ours(header, claims)) == 200
    for more in (
        {"jwk": {}},
        {"jku": "https://x.test"},
        {"x5c": []},
        {"typ": "JWT"},
        {"typ": "at+JWT"},
        {"typ": ""},
        {"cty": "JWT"},
    ):
        assert opens_nothing(acme, ours({**header, **more}, claims)), more
    without = {name: value for name, value in header.items() if name != "typ"}
    assert opens_nothing(acme, ours(without, claims))


def test_s081_critical_extensions_and_doubled_members(acme: Registered, tokens: dict[str, Any]) -> None:
    header, claims = parts_of(tokens["access_token"])
    signature = tokens["access_token"].rpartition(".")[2]
    text, body = json.dumps(header), json.dumps(claims)
    for odd in (
        json.dumps({**header, "crit": ["bork"], "bork": True}), json.dumps({**header, "b64": False, "crit": ["b64"]}),
        text[:-1] + ', "alg": "none"}', '{"alg": "none", ' + text[1:], text[:-1] + ', "typ": "at+jwt"}', "[]", "null", "{}", "1",
        '{"alg":' * 500, text + " x",
    ):  # fmt: skip
        assert opens_nothing(acme, compact(odd, claims, signature))
    for odd in (
        body[:-1] + ', "sub": "x"}',
        body[:-1] + ', "exp": 9999999999}',
        "[]",
        "null",
        body + "x",
        '{"a":' * 500,
    ):
        assert opens_nothing(acme, compact(header, odd, signature))


@pytest.mark.parametrize("token", ["", "a", ".", "..", "a.b", "a.b.c", "a.b.c.d", "....", "é.ü.x", "%00.%00.%00", "A" * 20_000,
                                    "eyJhbGciOiJub25lIn0.e30.", " ", "null", "e30.e30.e30", "\u202e..", "W10.W10.W10"])  # fmt: skip
def test_s081_junk_is_refused_without_a_crash(acme: Registered, token: str) -> None:
    header = f"Bearer {token}".encode().decode("latin-1")
    for path in ("/api/v1/auth/me", "/oauth/userinfo"):
        assert Browser().get(path, HTTP_AUTHORIZATION=header).status_code == 401
    answer = introspect(acme, token)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json() == {"active": False}
    assert Browser().get("/oauth/logout", {"id_token_hint": token or "x"}).status_code in (400, 414)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer  x",
        "bearer\tx",
        "Basic x",
        "DPoP x",
        "Bearer a b",
        "Token x",
        "x",
        "Bearer x, Bearer y",
    ],
)
def test_odd_authorization_headers(db: None, header: str) -> None:
    for path in ("/api/v1/auth/me", "/oauth/userinfo"):
        assert Browser().get(path, HTTP_AUTHORIZATION=header).status_code == 401


def test_s083_each_kind_of_token_serves_its_purpose_only(
    alice: Any, acme: Registered, tokens: dict[str, Any], api_token: str
) -> None:
    assert opens_nothing(acme, tokens["id_token"])
    assert opens_nothing(acme, tokens["refresh_token"]) or userinfo(tokens["refresh_token"]) == 401
    assert me(tokens["refresh_token"]) == 401
    assert me(tokens["access_token"]) == 401, "a client's token does not open our own API"
    assert userinfo(api_token) == 401, "our own API's token is not a client's"
    assert introspect(acme, api_token).json() == {"active": False}
    for hint in (tokens["access_token"], api_token, tokens["refresh_token"]):
        answer = Browser().get("/oauth/logout", {"id_token_hint": hint})
        assert answer.status_code == 400
    browser = Browser()
    for secret in (tokens["access_token"], tokens["id_token"], tokens["refresh_token"], api_token):
        browser.cookies[settings.SESSION_COOKIE_NAME] = secret
        assert browser.get("/account").status_code == 302


def test_s083_a_clients_token_writes_nothing_at_our_api(alice: Any, tokens: dict[str, Any]) -> None:
    header = {"HTTP_AUTHORIZATION": f"Bearer {tokens['access_token']}"}
    for method, path in (
        ("patch", "/api/v1/users/me"), ("post", "/api/v1/auth/logout"), ("post", "/api/v1/auth/password/change"),
        ("get", "/api/v1/users/me"),
    ):  # fmt: skip
        answer = getattr(Browser(), method)(
            path, {"given_name": "Eve"}, content_type="application/json", **header
        )
        assert answer.status_code == 401, path
    alice.refresh_from_db()
    assert alice.given_name == "Alice"


@pytest.mark.parametrize(
    "change",
    [{"iss": "https://evil.test"}, {"iss": "http://localhost:4100.evil.test"}, {"iss": "http://localhost:410"},
     {"iss": ["http://localhost:4100"]}, {"iss": ""}, {"iss": None}, {"aud": "x"}, {"aud": ["http://localhost:4100", "x"]},
     {"aud": []}, {"aud": None}, {"aud": {}}, {"aud": [None]}, {"aud": "http://localhost:4100/"}, {"exp": None}, {"exp": "9999999999"}, {"exp": True},
     {"exp": 1e12}, {"exp": -1}, {"exp": [9999999999]}, {"nbf": 600}, {"iat": 86400}, {"iat": "0"}, {"nbf": "x"}, {"exp": 0}],
)  # fmt: skip
def test_s084_claims_of_another_place_or_time(
    acme: Registered, tokens: dict[str, Any], change: dict[str, Any]
) -> None:
    header, claims = parts_of(tokens["access_token"])
    issued = int(clock.now().timestamp())
    for name, value in change.items():
        if name in ("nbf", "iat", "exp") and type(value) is int and value >= 0:
            change = {name: issued + value}
    token = ours(header, {**claims, **change})
    assert (me(token), userinfo(token)) == (401, 401), change
    if "aud" not in change:  # a client may ask after its own token, whomever it is for
        assert introspect(acme, token).json() == {"active": False}


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "client_id", "iat", "exp", "jti"])
def test_s084_no_claim_may_be_missing(acme: Registered, tokens: dict[str, Any], name: str) -> None:
    header, claims = parts_of(tokens["access_token"])
    del claims[name]
    assert opens_nothing(acme, ours(header, claims))


def test_s084_a_token_dies_with_its_time(tokens: dict[str, Any], travel: Callable[..., None]) -> None:
    travel(timedelta(minutes=15, seconds=1))
    assert userinfo(tokens["access_token"]) == 401


def test_s086_the_jwks_shows_public_halves_only(db: None) -> None:
    for _ in range(3):
        document = Browser().get("/.well-known/jwks.json").json()
        states = set(SigningKey.objects.values_list("state", flat=True))
        for entry in document["keys"]:
            assert not {"d", "p", "q", "dp", "dq", "qi", "k", "oth"} & entry.keys()
            assert entry["use"] == "sig"
            assert entry["alg"] in keys.SIGNING_ALGORITHMS
        published = {entry["kid"] for entry in document["keys"]}
        living = SigningKey.objects.filter(state__in=("next", "current", "retired"))
        assert published == set(living.values_list("kid", flat=True)), states
        keys.rotate_signing_key(now=clock.now(), at_once=True)


def test_s086_a_revoked_key_leaves_at_once(db: None, tokens: dict[str, Any]) -> None:
    kid = keys.ring().current.kid
    keys.revoke_signing_key(kid=kid, now=clock.now())
    assert kid not in [entry["kid"] for entry in Browser().get("/.well-known/jwks.json").json()["keys"]]
    assert userinfo(tokens["access_token"]) == 401


def test_s088_a_retired_key_verifies_until_its_grace_is_over_and_not_after(
    acme: Registered, tokens: dict[str, Any], travel: Callable[..., None]
) -> None:
    """Whoever steals an old key must not sign with it for ever."""
    header, claims = parts_of(tokens["access_token"])
    old = keys.ring().current.key
    keys.rotate_signing_key(now=clock.now(), at_once=True)
    assert userinfo(tokens["access_token"]) == 200
    travel(timedelta(hours=24, minutes=1))
    keys.forget_ring()
    issued = int(clock.now().timestamp())
    forged = jose.encode(header, {**claims, "iat": issued, "exp": issued + 900}, old)
    assert opens_nothing(acme, forged)
    kids = [entry["kid"] for entry in Browser().get("/.well-known/jwks.json").json()["keys"]]
    assert header["kid"] not in kids


def test_s088_an_old_id_token_still_names_its_session_at_sign_out(
    alice: Any, acme: Registered, travel: Callable[..., None]
) -> None:
    """A hint may be older than the key's grace: the session it speaks of lives longer."""
    browser = Browser()
    session_for(browser, alice, keep=True)
    hint = tokens_of(browser, acme)["id_token"]
    keys.rotate_signing_key(now=clock.now(), at_once=True)
    travel(timedelta(hours=25))
    keys.forget_ring()
    assert browser.get("/oauth/logout", {"id_token_hint": hint}).status_code == 200
    assert browser.get("/account").status_code == 302


def test_s088_a_key_of_another_issuer(acme: Registered, tokens: dict[str, Any]) -> None:
    header, claims = parts_of(tokens["access_token"])
    theirs = RSAKey.generate_key(2048)
    assert opens_nothing(acme, jose.encode({**header, "kid": theirs.thumbprint()}, claims, theirs))


def test_a_service_token_speaks_for_nobody(db: None, acme: Registered) -> None:
    service = register_client(grant_types=["client_credentials"], scope="jobs")
    minted = access.mint_for_client(
        client_id=service.client.client_id,
        audience=[access.provider_audience()],
        scope="openid",
        now=clock.now(),
    )
    assert userinfo(minted.token) == 401
    forged = access.mint_for_client(
        client_id="janua", audience=[access.api_audience()], scope="", now=clock.now()
    )
    assert me(forged.token) == 401
