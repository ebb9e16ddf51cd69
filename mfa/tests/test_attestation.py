"""Who vouches for an authenticator: nobody, itself, or its maker by a certificate that leads to a root we know."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.browsers import proven
from core import clock
from core.errors import ValidationFailed
from mfa import relying_party
from mfa.models import Passkey, WebAuthnChallenge
from mfa.services import passkeys
from tests.support.attestation import Maker, of_unknown_key
from tests.support.authenticator import Authenticator

MODEL, OTHER = bytes(range(16)), bytes(16)
AAGUID = "00010203-0405-0607-0809-0a0b0c0d0e0f"

Operator = Callable[..., None]


@pytest.fixture
def operator(janua_options: Any, tmp_path: Path) -> Operator:
    """Trusts these makers, and perhaps only these models."""

    def decide(*makers: Maker, models: tuple[str, ...] = ()) -> None:
        roots = tmp_path / f"{len(list(tmp_path.iterdir()))}.pem"
        roots.write_bytes(b"".join(maker.root for maker in makers))
        janua_options(webauthn_attestation="direct", webauthn_roots=roots, webauthn_aaguids=models)

    return decide


def register(user: User, maker: Maker | None, *, format: str = "packed", aaguid: bytes = MODEL) -> Passkey:
    key = Authenticator(
        origin=relying_party.origins()[0],
        rp_id=relying_party.rp_id(),
        format=format,
        maker=maker,
        aaguid=aaguid,
    )
    now = clock.now()
    session = proven(user, at=now)
    options = passkeys.begin_registration(session=session, kind=Passkey.Kind.PASSKEY, now=now)
    made = key.register(options)
    return passkeys.finish_registration(session=session, credential=made, now=now).passkey


def test_the_browser_is_told_what_the_operator_wants(alice: User, operator: Operator) -> None:
    operator(Maker())
    now = clock.now()
    session = proven(alice, at=now)
    options = passkeys.begin_registration(session=session, kind=Passkey.Kind.PASSKEY, now=now)
    assert options["attestation"] == "direct"


def test_a_maker_among_the_roots_vouches(alice: User, operator: Operator) -> None:
    makers = [Maker(model=MODEL, name="First"), Maker(name="Second")]
    operator(*makers)
    for maker in makers:
        assert register(alice, maker).attestation_format == "packed"


def test_nobody_else_does(alice: User, operator: Operator) -> None:
    maker = Maker(model=MODEL)
    operator(maker)
    namesake, expired = Maker(model=MODEL), replace(maker, days=-1)
    others_certificate = replace(namesake, turn=lambda _der: maker.certificate())
    for other, format in (
        *((None, "none"), (None, "packed"), (namesake, "packed")),
        *((expired, "packed"), (others_certificate, "packed")),
    ):
        with pytest.raises(ValidationFailed):
            register(alice, other, format=format)
    assert not Passkey.objects.exists()
    assert not WebAuthnChallenge.objects.filter(used_at=None).exists()


def test_of_the_models_listed_only_what_its_certificate_names(alice: User, operator: Operator) -> None:
    right, silent, other = Maker(model=MODEL, name="1"), Maker(name="2"), Maker(model=OTHER, name="3")
    operator(right, silent, other, models=(AAGUID,))
    assert str(register(alice, right).aaguid) == AAGUID
    for maker in (silent, other):
        with pytest.raises(ValidationFailed):
            register(alice, maker)
    with pytest.raises(ValidationFailed):
        register(alice, other, aaguid=OTHER)


def test_a_certificate_of_another_model_is_a_lie_also_where_all_are_welcome(
    alice: User, operator: Operator
) -> None:
    maker = Maker(model=OTHER)
    operator(maker)
    with pytest.raises(ValidationFailed):
        register(alice, maker)


def test_certificates_that_cannot_be_read_are_refused(alice: User, operator: Operator) -> None:
    for turn in (
        of_unknown_key,
        lambda der: der[:-1],
        lambda _der: b"",
        lambda _der: b"\x30\x03\x02\x01\x01",
    ):
        with pytest.raises(ValidationFailed):
            register(alice, Maker(model=MODEL, turn=turn))
    maker = Maker(model=MODEL, turn=lambda der: der.replace(b"\x04\x10" + MODEL, b"\x04\x11" + MODEL))
    operator(maker)
    with pytest.raises(ValidationFailed):
        register(alice, maker)
