"""Our one-time codes are everybody's: oathtool and pyotp agree with them, over many seeds and moments."""

import subprocess
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from accounts.models import User
from accounts.tests.browsers import proven
from core import clock
from mfa import qr
from mfa.factors.totp import STEP_SECONDS, accept_code
from mfa.models import Factor
from mfa.services import totp

DICE = Random(20261126)
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


def moment() -> datetime:
    return FIRST + timedelta(seconds=DICE.randrange(int((LAST - FIRST).total_seconds())))


def seed() -> str:
    return b32encode(DICE.randbytes(totp.SEED_BYTES)).decode()


SAMPLES = [(seed(), moment()) for _ in range(200)]


def a_factor(user: User, seed: str) -> Factor:
    factor: Factor = Factor.objects.create(user=user, method="totp", seed=seed, created_at=FIRST)
    return factor


def oathtool(seed: str, when: datetime) -> str:
    command = ["oathtool", "--totp", "--base32", f"--now={when:%Y-%m-%d %H:%M:%S UTC}", seed]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_oathtool_agrees(alice: User) -> None:
    for seed, when in SAMPLES:
        factor = a_factor(alice, seed)
        assert accept_code(factor, oathtool(seed, when), now=when)
        assert not accept_code(factor, oathtool(seed, when), now=when)


def test_pyotp_agrees(alice: User) -> None:
    for seed, when in SAMPLES:
        factor = a_factor(alice, seed)
        code = pyotp.TOTP(seed).at(when)
        assert accept_code(factor, code, now=when)
        assert not accept_code(factor, code, now=when)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_to_either_side_is_right(alice: User, steps: int, is_right: bool) -> None:
    for seed, when in SAMPLES[:20]:
        shown = pyotp.TOTP(seed).at(when + timedelta(seconds=steps * STEP_SECONDS))
        assert accept_code(a_factor(alice, seed), shown, now=when) is is_right


def test_what_the_app_is_told(alice: User, janua_options: object) -> None:
    alice.email = "alice+home & co@example.com"
    factor = totp.begin(session=proven(alice), now=clock.now())
    factor.user = alice
    uri = totp.uri_of(factor)
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/localhost:alice+home & co@example.com"
    assert parse_qs(parts.query) == {
        "secret": [factor.seed],
        "issuer": ["localhost"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
    read = pyotp.parse_uri(uri)
    assert isinstance(read, pyotp.TOTP)
    when = moment()
    assert (read.name, read.issuer) == (alice.email, "localhost")
    assert read.at(when) == oathtool(factor.seed, when)


def test_the_key_is_shown_in_groups_of_four() -> None:
    assert totp.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"


def test_the_qr_code_is_plain_svg_black_on_white() -> None:
    drawn = qr.svg_of("otpauth://totp/x")
    assert drawn.startswith("<svg ")
    assert 'fill="#fff"' in drawn
    assert 'stroke="#000"' in drawn
    assert "style" not in drawn
    assert "<script" not in drawn
