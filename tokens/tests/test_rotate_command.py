"""manage.py rotate_signing_key prints the kid that signs from now on, or says in one line why not."""

import io

import pytest
from django.core.management import CommandError, call_command

from tokens.models import SigningKey
from tokens.services import keys

pytestmark = pytest.mark.django_db


def rotate(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_signing_key", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_new_kid_is_printed() -> None:
    assert rotate("--now") == SigningKey.objects.get(algorithm="RS256", state="current").kid


def test_an_algorithm_may_be_named() -> None:
    before = keys.ring().signing
    assert rotate("--now", "--algorithm", "ES256") == keys.ring().signing["ES256"].kid != before["ES256"].kid
    assert keys.ring().current.kid == before["RS256"].kid


def test_too_early_is_one_clear_line() -> None:
    with pytest.raises(CommandError, match="Try again in") as caught:
        rotate()
    assert "\n" not in str(caught.value)


def test_a_stolen_key_is_revoked() -> None:
    stolen = keys.ring().current.kid
    assert rotate(f"--revoke={stolen}") == keys.ring().current.kid != stolen
    assert SigningKey.objects.get(kid=stolen).state == "revoked"


def test_the_kid_printed_is_of_the_stolen_keys_algorithm() -> None:
    stolen = keys.ring().signing["PS256"].kid
    assert rotate(f"--revoke={stolen}") == keys.ring().signing["PS256"].kid != stolen


def test_an_unknown_key_is_one_clear_line() -> None:
    with pytest.raises(CommandError, match="no signing key"):
        rotate("--revoke=nonsense")
