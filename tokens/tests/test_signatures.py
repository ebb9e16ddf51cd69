"""Our own JWS speaks as others do: what PyJWT signs we verify, what we sign PyJWT verifies, and nothing laxer."""

from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from core import clock
from core.errors import TokenInvalid
from tokens.services import jwt, key_pairs, keys
from tokens.services.signatures import prepare

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
DATA = b"what is signed"
each_algorithm = pytest.mark.parametrize("algorithm", keys.SIGNING_ALGORITHMS)


def claims() -> dict[str, Any]:
    issued = int(clock.now().timestamp())
    return {
        "iss": "http://localhost:4100",
        "sub": "ß\u2028\U0001f600",
        "aud": "a",
        "iat": issued,
        "exp": issued + 60,
    }


def verify(token: str) -> dict[str, Any]:
    return jwt.verify(token, jwt.ID_TOKEN_HINT, audiences=None, now=clock.now())


@each_algorithm
@pytest.mark.django_db
def test_others_verify_what_we_sign(algorithm: str) -> None:
    token, given = jwt.sign("JWT", claims(), algorithm), claims()
    public = next(key for key in keys.ring().jwks if key["kid"] == keys.ring().signing[algorithm].kid)
    assert (
        pyjwt.decode(token, pyjwt.PyJWK(public), algorithms=[algorithm], audience="a")["sub"] == given["sub"]
    )


@each_algorithm
@pytest.mark.django_db
def test_we_verify_what_others_sign(algorithm: str) -> None:
    key = keys.ring().signing[algorithm]
    token = pyjwt.encode(claims(), key.key.private_key, algorithm, headers={"kid": key.kid})
    assert verify(token)["sub"] == claims()["sub"]


@each_algorithm
@pytest.mark.django_db
def test_a_key_serves_its_own_algorithm_only(algorithm: str) -> None:
    """RFC 8725 section 3.1: also an RSA key of ours does not sign in the other padding."""
    for other in {"RS256", "PS256", "RS512"} - {algorithm}:
        key = keys.ring().signing["RS256" if algorithm == "ES256" else algorithm]
        if other != key.algorithm:
            token = pyjwt.encode(claims(), key.key.private_key, other, headers={"kid": key.kid})
            with pytest.raises(TokenInvalid, match="key"):
                verify(token)


@each_algorithm
@pytest.mark.django_db
def test_a_token_is_written_in_one_way_only(algorithm: str) -> None:
    """RFC 7515 section 2: no padding, no foreign characters, no stray bits in the last one."""
    token = jwt.sign("JWT", claims(), algorithm)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    stray = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    for other in (f"{token}=", f"{token}==", f"{token}\n", f" {token}", f"{token[:-3]}\n{token[-3:]}", stray):
        with pytest.raises(TokenInvalid):
            verify(other)
    for index in range(3):
        parts = token.split(".")
        parts[index] += "="
        with pytest.raises(TokenInvalid):
            verify(".".join(parts))


@each_algorithm
def test_every_length_but_the_right_one_is_refused(algorithm: str) -> None:
    key = key_pairs.generate(algorithm)
    prepared = prepare(algorithm, key.public_key, key.private_key)
    signature = prepared.sign(DATA)
    assert prepared.is_valid(signature, DATA)
    assert not prepared.is_valid(signature, DATA + b".")
    for wrong in (
        b"",
        b"\0",
        signature[:-1],
        signature + b"\0",
        b"\0" + signature,
        signature[::-1],
        bytes(len(signature)),
    ):
        assert not prepared.is_valid(wrong, DATA)


def test_elliptic_signatures_are_two_numbers_of_32_bytes_within_the_order() -> None:
    """RFC 7518 section 3.4; DER is not a JWS, and a number too large is not the same number."""
    key = key_pairs.generate("ES256")
    prepared = prepare("ES256", key.public_key, key.private_key)
    signatures = [prepared.sign(DATA) for _ in range(600)]  # some have a number with a leading zero
    assert {len(signature) for signature in signatures} == {64}
    assert all(prepared.is_valid(signature, DATA) for signature in signatures)
    r, s = (int.from_bytes(half) for half in (signatures[0][:32], signatures[0][32:]))
    assert not prepared.is_valid(encode_dss_signature(r, s), DATA)
    for r_, s_ in ((0, s), (r, 0), (0, 0), (ORDER, s), (r, ORDER), (2**256 - 1, 2**256 - 1)):
        assert not prepared.is_valid(r_.to_bytes(32) + s_.to_bytes(32), DATA)


@pytest.mark.parametrize("salt", [0, 20, 33, 222])
def test_the_salt_is_as_long_as_the_hash(salt: int) -> None:
    """RFC 7518 section 3.5."""
    key = key_pairs.generate("PS256")
    signature = key.private_key.sign(DATA, padding.PSS(padding.MGF1(SHA256()), salt), SHA256())
    assert not prepare("PS256", key.public_key).is_valid(signature, DATA)
