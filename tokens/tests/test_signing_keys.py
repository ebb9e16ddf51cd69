"""A signing key's life: next, current, retired, revoked."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from audit.models import Event
from core import clock
from core.errors import Conflict, NotFound, TokenInvalid
from tokens.models import SigningKey
from tokens.services import jwt, keys

NOW = clock.now()
LATER = NOW + keys.JWKS_MAX_AGE
S = SigningKey.State
pytestmark = pytest.mark.django_db


def states() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in SigningKey.objects.order_by("created_at"):
        found.setdefault(key.state, []).append(key.kid)
    return found


def kid_of(state: str) -> str:
    return SigningKey.objects.get(state=state).kid


def a_token() -> str:
    claims = {"iss": "http://localhost:4100", "sub": "s", "aud": "a", "iat": int(NOW.timestamp())}
    return jwt.sign("JWT", {**claims, "exp": claims["iat"] + 60})


def is_believed(token: str) -> bool:
    try:
        jwt.verify(token, jwt.ID_TOKEN_HINT, audiences=None, now=NOW)
    except TokenInvalid:
        return False
    return True


def test_the_first_start_makes_a_current_and_a_next_key() -> None:
    keys.ensure_keys(now=NOW)
    assert {state: len(kids) for state, kids in states().items()} == {"current": 1, "next": 1}
    assert set(SigningKey.objects.values_list("algorithm", flat=True)) == {"RS256"}


def test_the_second_start_changes_nothing() -> None:
    keys.ensure_keys(now=NOW)
    before = states()
    keys.ensure_keys(now=LATER)
    assert states() == before


def test_private_halves_are_sealed_at_rest() -> None:
    keys.ensure_keys(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_pem, public_jwk FROM tokens_signingkey")
        rows = cursor.fetchall()
    assert all("PRIVATE" not in pem for pem, _public in rows)
    assert all('"d"' not in str(public) for _pem, public in rows)
    assert SigningKey.objects.earliest("created_at").private_pem.startswith("-----BEGIN PRIVATE KEY-----")


def test_rotation_moves_each_key_one_step() -> None:
    keys.ensure_keys(now=NOW)
    first, second = kid_of(S.CURRENT), kid_of(S.NEXT)
    rotated = keys.rotate_signing_key(now=LATER)
    assert rotated.kid == second == kid_of(S.CURRENT)
    assert kid_of(S.RETIRED) == first
    assert kid_of(S.NEXT) not in {first, second}
    assert SigningKey.objects.get(kid=second).activated_at == LATER
    assert Event.objects.filter(action="signing_key.rotated").count() == 1


def test_a_key_signs_only_after_every_cache_can_know_it() -> None:
    keys.ensure_keys(now=NOW)
    with pytest.raises(Conflict, match="Try again in"):
        keys.rotate_signing_key(now=LATER - timedelta(seconds=1))
    keys.rotate_signing_key(now=LATER)


def test_an_emergency_does_not_wait() -> None:
    keys.ensure_keys(now=NOW)
    before = kid_of(S.NEXT)
    assert keys.rotate_signing_key(now=NOW, at_once=True).kid == before


def test_tokens_of_a_retired_key_are_believed_and_new_ones_use_the_new_key() -> None:
    keys.ensure_keys(now=NOW)
    old = a_token()
    keys.rotate_signing_key(now=LATER)
    assert is_believed(old)
    assert keys.ring().current.kid == kid_of(S.CURRENT)


def test_a_retired_key_stays_published_until_its_last_token_is_dead() -> None:
    keys.ensure_keys(now=NOW)
    keys.rotate_signing_key(now=LATER)
    retired = SigningKey.objects.get(state=S.RETIRED)
    assert retired.dead_at == LATER + keys.LONGEST_TOKEN
    assert retired in SigningKey.objects.published(retired.dead_at - timedelta(seconds=1))
    assert retired not in SigningKey.objects.published(retired.dead_at)


def test_nothing_of_a_revoked_key_is_believed() -> None:
    keys.ensure_keys(now=NOW)
    stolen, token = kid_of(S.CURRENT), a_token()
    keys.revoke_signing_key(kid=stolen, now=NOW)
    assert not is_believed(token)
    assert kid_of(S.REVOKED) == stolen
    assert stolen not in {key["kid"] for key in keys.ring().jwks}
    assert {state: len(kids) for state, kids in states().items()} == {"current": 1, "next": 1, "revoked": 1}
    assert is_believed(a_token())


def test_a_revoked_next_key_is_replaced() -> None:
    keys.ensure_keys(now=NOW)
    current, stolen = kid_of(S.CURRENT), kid_of(S.NEXT)
    keys.revoke_signing_key(kid=stolen, now=NOW)
    assert kid_of(S.CURRENT) == current
    assert kid_of(S.NEXT) != stolen


def test_a_retired_key_may_be_revoked() -> None:
    keys.ensure_keys(now=NOW)
    token = a_token()
    keys.rotate_signing_key(now=LATER)
    keys.revoke_signing_key(kid=kid_of(S.RETIRED), now=LATER)
    assert not is_believed(token)


def test_an_unknown_key_cannot_be_revoked() -> None:
    with pytest.raises(NotFound):
        keys.revoke_signing_key(kid="nonsense", now=NOW)


def test_a_change_of_algorithm_retires_the_old_kind(janua_options: Any) -> None:
    keys.ensure_keys(now=NOW)
    old = a_token()
    janua_options(jwt_algorithm="ES256")
    keys.ensure_keys(now=LATER)
    ring = keys.ring()
    assert ring.current.algorithm == "ES256"
    assert is_believed(old)
    assert is_believed(a_token())
    assert {key["alg"] for key in ring.jwks} == {"RS256", "ES256"}
    assert not SigningKey.objects.filter(algorithm="RS256", state__in=(S.CURRENT, S.NEXT)).exists()


def test_back_to_the_first_algorithm(janua_options: Any) -> None:
    for algorithm in ("RS256", "ES256", "RS256"):
        janua_options(jwt_algorithm=algorithm)
        keys.ensure_keys(now=NOW)
    assert keys.ring().current.algorithm == "RS256"
    assert len(states()["current"]) == len(states()["next"]) == 1


def test_the_ring_makes_the_first_keys_by_itself() -> None:
    assert keys.ring().current.kid == kid_of(S.CURRENT)
