"""The one verifier: each wrong input is refused (RFC 8725), and refused as TokenInvalid, never as a bug."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt as jose
from joserfc.jwk import ECKey, RSAKey

from core.errors import TokenInvalid
from tokens.services import jwt, keys

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
API = "http://localhost:4100/api/v1"
pytestmark = pytest.mark.django_db


def claims(**changes: Any) -> dict[str, Any]:
    given = {
        "iss": "http://localhost:4100",
        "sub": "s",
        "aud": API,
        "client_id": "c",
        "iat": AT,
        "exp": AT + 60,
        "jti": "00000000-0000-4000-8000-000000000001",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def signed(header: dict[str, Any] | None = None, **changes: Any) -> str:
    current = keys.ring().current
    head = {"alg": current.algorithm, "kid": current.kid, "typ": "at+jwt", **(header or {})}
    return jose.encode({k: v for k, v in head.items() if v is not None}, claims(**changes), current.key)


def verify(token: str, *, audience: str = API, now: datetime = NOW) -> dict[str, Any]:
    return jwt.verify(token, jwt.ACCESS_TOKEN, audiences=frozenset({audience}), now=now)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_part(token: str, index: int, raw: bytes) -> str:
    parts = token.split(".")
    parts[index] = b64(raw)
    return ".".join(parts)


def by_another_key() -> str:
    header = {"alg": "RS256", "kid": keys.ring().current.kid, "typ": "at+jwt"}
    return jose.encode(header, claims(), RSAKey.generate_key(2048))


def by_the_public_key_as_secret() -> str:
    """The classic confusion: an HMAC keyed with the public key that everybody knows."""
    current = keys.ring().current
    header = {"alg": "HS256", "kid": current.kid, "typ": "at+jwt"}
    signed_part = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims()).encode())}"
    secret = current.key.as_pem(private=False)
    return f"{signed_part}.{b64(hmac.digest(secret, signed_part.encode(), 'sha256'))}"


def unsigned() -> str:
    header = {"alg": "none", "kid": keys.ring().current.kid, "typ": "at+jwt"}
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims()).encode())}."


def by_a_key_of_its_own() -> str:
    key = ECKey.generate_key("P-256")
    header = {"alg": "ES256", "jwk": key.as_dict(private=False), "typ": "at+jwt"}
    return jose.encode(header, claims(), key)


def test_a_good_token_is_read() -> None:
    assert verify(signed())["sub"] == "s"
    assert verify(jwt.sign("at+jwt", claims()))["jti"] == claims()["jti"]


WRONG: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no JWT": lambda: "nonsense",
    "two parts": lambda: ".".join(signed().split(".")[:2]),
    "five parts": lambda: signed() + ".a.b",
    "not base64": lambda: "!!!." + signed().partition(".")[2],
    "not ASCII": lambda: "é" + signed(),
    "a header that is a list": lambda: with_part(signed(), 0, b"[]"),
    "a header that is no JSON": lambda: with_part(signed(), 0, b"{"),
    "a header nested deeply": lambda: with_part(signed(), 0, b"[" * 5000),
    "a doubled header member": lambda: with_part(signed(), 0, b'{"alg":"RS256","alg":"none"}'),
    "other claims under the signature": lambda: with_part(signed(), 1, json.dumps(claims(sub="x")).encode()),
    "no signature": lambda: signed().rpartition(".")[0] + ".",
    "half a signature": lambda: signed()[:-40],
    "alg none": unsigned,
    "another key under our kid": by_another_key,
    "the public key as HMAC secret": by_the_public_key_as_secret,
    "a key in the header": by_a_key_of_its_own,
    "an unknown kid": lambda: signed({"kid": "nonsense"}),
    "no kid": lambda: signed({"kid": None}),
    "another typ": lambda: signed({"typ": "JWT"}),
    "no typ": lambda: signed({"typ": None}),
    "a foreign header member": lambda: signed({"jku": "https://evil.example/jwks.json"}),
    "a critical extension": lambda: with_part(
        signed(), 0, b'{"alg":"RS256","typ":"at+jwt","crit":["x"],"x":1}'
    ),
    "another issuer": lambda: signed(iss="http://evil.example"),
    "our issuer with a slash": lambda: signed(iss="http://localhost:4100/"),
    "another audience": lambda: signed(aud="https://other.example"),
    "an audience besides ours": lambda: signed(aud=[API, "https://other.example"]),
    "no audience in the list": lambda: signed(aud=[]),
    "an audience that is a number": lambda: signed(aud=[1]),
    "expired now": lambda: signed(exp=AT),
    "expired long ago": lambda: signed(exp=1),
    "exp as text": lambda: signed(exp="9999999999"),
    "exp as true": lambda: signed(exp=True),
    "exp as fraction": lambda: signed(exp=AT + 60.5),
    "issued in the future": lambda: signed(iat=AT + 61, exp=AT + 600),
    "not valid yet": lambda: signed(nbf=AT + 61),
    "too long": lambda: signed(sub="x" * 20_000),
    **{f"no {name}": lambda name=name: signed(**{name: None}) for name in sorted(jwt.ACCESS_TOKEN.required)},
}


@pytest.mark.parametrize("case", WRONG)
def test_each_wrong_input_is_refused(case: str) -> None:
    with pytest.raises(TokenInvalid) as caught:
        verify(WRONG[case]())
    assert caught.value.reason == "invalid_token"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_flipped_bit_of_the_signature_is_refused(janua_options: Any, algorithm: str) -> None:
    janua_options(jwt_algorithm=algorithm)
    keys.ensure_keys(now=NOW)
    head, _, signature = signed().rpartition(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[10] ^= 1
    with pytest.raises(TokenInvalid, match="signature"):
        verify(f"{head}.{b64(bytes(raw))}")


def test_a_minute_of_clock_skew_is_forgiven_backwards_only() -> None:
    verify(signed(iat=AT + 60, nbf=AT + 60, exp=AT + 600))
    with pytest.raises(TokenInvalid, match="expired"):
        verify(signed(), now=datetime.fromtimestamp(AT + 60, tz=UTC))


def test_an_id_token_hint_may_be_expired_but_not_forged() -> None:
    token = signed({"typ": "JWT"}, exp=1, iat=1)
    assert jwt.verify(token, jwt.ID_TOKEN_HINT, audiences=None, now=NOW)["sub"] == "s"
    with pytest.raises(TokenInvalid):
        jwt.verify(by_another_key(), jwt.ID_TOKEN_HINT, audiences=None, now=NOW)


def test_an_access_token_is_no_id_token() -> None:
    with pytest.raises(TokenInvalid, match="kind"):
        jwt.verify(signed(), jwt.ID_TOKEN_HINT, audiences=None, now=NOW)
