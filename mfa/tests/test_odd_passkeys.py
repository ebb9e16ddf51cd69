"""What strangers call a new passkey: keys that are none, statements that break parsers, makers nobody trusts."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webauthn.helpers.structs import AttestationFormat

from accounts.models import User
from accounts.tests.browsers import proven
from core.errors import ValidationFailed
from mfa import ceremonies, relying_party
from mfa.models import Passkey
from mfa.services import passkeys
from tests.support.attestation import Maker, of_unknown_key
from tests.support.authenticator import EDDSA, ES256, RS256, Authenticator, b64, unb64

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FORMATS = [each.value for each in AttestationFormat] + ["unheard-of"]


def device(**knobs: Any) -> Authenticator:
    return Authenticator(origin=relying_party.origins()[0], rp_id=relying_party.rp_id(), **knobs)


def register(
    user: User, key: Authenticator, change: Callable[[dict[str, Any]], Any] = lambda told: None
) -> Passkey:
    session = proven(user, at=NOW)
    options = passkeys.begin_registration(session=session, kind=Passkey.Kind.PASSKEY, now=NOW)
    told = key.register(options)
    change(told)
    return passkeys.finish_registration(session=session, credential=told, now=NOW).passkey


def refused(
    user: User, key: Authenticator, change: Callable[[dict[str, Any]], Any] = lambda told: None
) -> bool:
    with pytest.raises(ValidationFailed):
        register(user, key, change)
    return not Passkey.objects.exists()


def ec2(**members: Any) -> dict[int, Any]:
    good = {"kty": 2, "alg": ES256, "crv": 1, "x": b"\1" * 32, "y": b"\2" * 32, **members}
    return dict(zip((1, 3, -1, -2, -3), good.values(), strict=True))


ODD_KEYS: dict[str, Any] = {
    "ES256 on P-384": ec2(crv=2, x=b"\1" * 48, y=b"\2" * 48),
    "not on its curve": ec2(),
    "secp256k1": ec2(crv=8),
    "an unheard-of curve": ec2(crv=99),
    "no coordinates": ec2(x=b"", y=b""),
    "coordinates are text": ec2(x="x", y="y"),
    "EdDSA that is no OKP": ec2(alg=EDDSA),
    "ES256 that is RSA": {1: 3, 3: ES256, -1: b"\xc1" * 256, -2: b"\1\0\1"},
    "RSA of 1024 bits": {1: 3, 3: RS256, -1: b"\xc1" * 128, -2: b"\1\0\1"},
    "RSA of 16384 bits": {1: 3, 3: RS256, -1: b"\xc1" * 2048, -2: b"\1\0\1"},
    "RSA with exponent 1": {1: 3, 3: RS256, -1: b"\xc1" * 256, -2: b"\1"},
    "Ed448": {1: 1, 3: EDDSA, -1: 7, -2: b"\1" * 57},
    "a short Ed25519": {1: 1, 3: EDDSA, -1: 6, -2: b"\1" * 31},
    "U2F's own form, empty": 4,
    "a list": [1, 2],
    "no type": {3: ES256},
    "none": {1: 0, 3: ES256},
}


@pytest.mark.parametrize("odd", ODD_KEYS)
def test_a_key_that_could_never_sign_or_is_weak_is_not_kept(alice: User, odd: str) -> None:
    assert refused(alice, device(cose=ODD_KEYS[odd]))


def test_p384_keys_do_not_pass_as_es256(alice: User) -> None:
    """A good point of the wrong curve: section 5.8.5 ties ES256 to P-256."""
    numbers = device(alg=-35).key.public_key().public_numbers()
    x, y = numbers.x.to_bytes(48, "big"), numbers.y.to_bytes(48, "big")
    assert refused(alice, device(cose=ec2(crv=2, x=x, y=y)))


def _say(name: str, spell: Callable[[str], str]) -> Callable[[dict[str, Any]], Any]:
    return lambda told: told.update({name: spell(told[name])})


OTHER_SPELLINGS: dict[str, Callable[[str], str]] = {
    "padded": lambda told: f"{told}=",
    "broken into lines": lambda told: f"{told[:8]}\n{told[8:]}",
    "with a blank": lambda told: f" {told}",
    "other bits at the end": lambda told: told[:-1] + _next(told[-1]),
    "the other alphabet": lambda told: f"{told[:-2]}+/",
    "letters of others": lambda told: f"{told}é",
    "empty": lambda told: "",
}


def _next(letter: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return letters[letters.index(letter) + 1]


@pytest.mark.parametrize("how", OTHER_SPELLINGS)
def test_an_id_has_one_spelling(alice: User, how: str) -> None:
    key = device(credential_id=b"\x00" * 32)
    assert refused(alice, key, _say("id", OTHER_SPELLINGS[how]))
    assert refused(
        alice, key, lambda told: told.update(dict.fromkeys(("id", "rawId"), OTHER_SPELLINGS[how](told["id"])))
    )


def test_the_id_told_is_the_one_that_was_made(alice: User) -> None:
    told = b64(b"z" * 32)
    assert refused(alice, device(), lambda credential: credential.update(id=told, rawId=told))


@pytest.mark.parametrize(("length", "is_good"), [(1, True), (1023, True), (1024, False), (20_000, False)])
def test_an_id_is_at_most_1023_bytes(alice: User, length: int, *, is_good: bool) -> None:
    key = device(credential_id=b"i" * length)
    if is_good:
        assert unb64(register(alice, key).credential_id) == key.credential_id
    else:
        assert refused(alice, key)
        short = b64(b"i" * 32)
        assert refused(alice, key, lambda told: told.update(id=short, rawId=short))


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (["usb"] * 5000 + ["nfc"], ["nfc", "usb"]),
        ([["usb"], {}, None, 1], []),
        ("usb", []),
        ({"usb": 1}, []),
        (7, []),
        (None, []),
    ],
)
def test_transports_are_a_hint_and_take_no_room(alice: User, told: Any, kept: list[str]) -> None:
    passkey = register(alice, device(), lambda credential: credential["response"].update(transports=told))
    assert passkey.transports == kept
    assert passkeys.begin_registration(session=proven(alice, at=NOW), kind=Passkey.Kind.PASSKEY, now=NOW)


def test_the_largest_counter_is_kept(alice: User) -> None:
    assert register(alice, device(count=2**32 - 1)).sign_count == 2**32 - 1


def test_extensions_are_neither_asked_for_nor_minded(alice: User) -> None:
    more = {"credProps": {"rk": True}, "prf": {"enabled": True}, "x": [[[[]]]]}
    assert register(alice, device(), lambda told: told.update(clientExtensionResults=more))


def circular() -> list[Any]:
    """CBOR tags 28 and 29: a list that holds itself."""
    ring: list[Any] = []
    ring.append(ring)
    return ring


def deep() -> list[Any]:
    chain: list[Any] = []
    for _ in range(380):
        chain = [chain]
    return chain


BROKEN_CHAINS: dict[str, Callable[[], Any]] = {
    "junk": lambda: [b"junk"],
    "numbers": lambda: [1, 2],
    "text": lambda: "x",
    "an unknown kind of key": lambda: [Maker(turn=of_unknown_key).certificate()],
    "cut off": lambda: [Maker().certificate()[:-9]],
    "in a circle": circular,
    "deep": deep,
}


@pytest.mark.parametrize("chain", BROKEN_CHAINS)
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("is_strict", [False, True])
def test_a_broken_statement_is_refused_in_every_format(
    alice: User, janua_options: Any, tmp_path: Path, form: str, chain: str, *, is_strict: bool
) -> None:
    if is_strict:
        roots = tmp_path / "roots.pem"
        roots.write_bytes(Maker().root)
        janua_options(webauthn_attestation="direct", webauthn_roots=roots)
    statement = {
        **dict.fromkeys(("sig", "response"), b"a.b.c"),
        "alg": ES256,
        "ver": "2.0",
        "x5c": BROKEN_CHAINS[chain](),
        "certInfo": b"\xffTCG\x80\x17" + bytes(20),
        "pubArea": b"\0\x23\0\x0b" + bytes(20),
    }
    assert refused(alice, device(format=form, statement=statement))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=80) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4)
    ),
    max_leaves=8,
)
STATEMENTS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("alg", "sig", "x5c", "ver", "response", "certInfo", "pubArea"), VALUES),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(sorted({*FORMATS} - {"none"})),
    statement=STATEMENTS,
    key=VALUES.filter(lambda key: key is not None),
)
def test_whatever_parsers_raise_is_a_refusal(alice: User, form: str, statement: Any, key: Any) -> None:
    for odd in (device(format=form, statement=statement or {"x": 1}), device(cose=key)):
        assert refused(alice, odd)


def test_ids_are_known_by_their_shape() -> None:
    assert ceremonies.is_credential_id("AZaz09-_")
    for told in ("", "A=", "A\n", "A\0", "é", "A" * 1365, None, 5, ["A"], {"A": 1}):
        assert not ceremonies.is_credential_id(told)
