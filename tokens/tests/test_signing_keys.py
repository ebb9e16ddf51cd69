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
LATER = NOW + timedelta(seconds=300) + keys.SPREAD
S = SigningKey.State
pytestmark = pytest.mark.django_db


def states(algorithm: str = "RS256") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in SigningKey.objects.filter(algorithm=algorithm).order_by("created_at"):
        found.setdefault(key.state, []).append(key.kid)
    return found


def kid_of(state: str) -> str:
    (kid,) = states()[state]
    return kid


def a_token(algorithm: str = "") -> str:
    claims = {"iss": "http://localhost:4100", "sub": "s", "aud": "a", "iat": int(NOW.timestamp())}
    return jwt.sign("JWT", {**claims, "exp": claims["iat"] + 60}, algorithm)


def is_believed(token: str) -> bool:
    try:
        jwt.verify(token, jwt.ID_TOKEN_HINT, audiences=None, now=NOW)
    except TokenInvalid:
        return False
    return True


@pytest.mark.parametrize("algorithm", keys.SIGNING_ALGORITHMS)
def test_the_first_start_makes_a_current_and_a_next_key_of_each_algorithm(algorithm: str) -> None:
    keys.ensure_keys(now=NOW)
    assert {state: len(kids) for state, kids in states(algorithm).items()} == {"current": 1, "next": 1}


def test_the_second_start_changes_nothing() -> None:
    keys.ensure_keys(now=NOW)
    before = set(SigningKey.objects.values_list("kid", "state"))
    keys.ensure_keys(now=LATER)
    assert set(SigningKey.objects.values_list("kid", "state")) == before


def test_an_installation_of_one_algorithm_gets_the_others_when_the_ring_is_read() -> None:
    keys.ensure_keys(now=NOW)
    SigningKey.objects.exclude(algorithm="RS256").delete()
    keys.forget_ring()
    before = states()
    assert set(keys.ring().signing) == set(keys.SIGNING_ALGORITHMS)
    assert states() == before


@pytest.mark.parametrize("algorithm", keys.SIGNING_ALGORITHMS)
def test_whoever_signs_may_choose_the_algorithm(algorithm: str) -> None:
    token = a_token(algorithm)
    assert jwt._part(token, 0)["alg"] == algorithm
    assert is_believed(token)


def test_a_configured_algorithm_is_the_one_of_who_does_not_choose(janua_options: Any) -> None:
    old = a_token()
    janua_options(jwt_algorithm="PS256")
    assert jwt._part(a_token(), 0)["alg"] == keys.ring().current.algorithm == "PS256"
    assert is_believed(old)


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
    assert SigningKey.objects.filter(state=S.RETIRED).count() == 1, "the other algorithms stay as they are"
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
    assert retired.dead_at == LATER + keys.LONGEST_TOKEN + keys.SPREAD
    assert retired.is_published(retired.dead_at - timedelta(seconds=1))
    assert not retired.is_published(retired.dead_at)


def test_what_signs_no_more_loses_its_private_half() -> None:
    keys.ensure_keys(now=NOW)
    old = a_token()
    keys.rotate_signing_key(now=LATER)
    assert SigningKey.objects.get(state=S.RETIRED).private_pem == ""
    keys.revoke_signing_key(kid=kid_of(S.CURRENT), now=LATER)
    assert SigningKey.objects.get(state=S.REVOKED).private_pem == ""
    assert is_believed(old)


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


def test_the_ring_makes_the_first_keys_by_itself() -> None:
    assert keys.ring().current.kid == kid_of(S.CURRENT)


def rotated(days: int) -> int:
    before = Event.objects.filter(action="signing_key.rotated").count()
    keys.rotate_due_keys(now=NOW + timedelta(days=days))
    return Event.objects.filter(action="signing_key.rotated").count() - before


def test_a_key_that_is_old_enough_rotates_by_itself_and_once() -> None:
    keys.ensure_keys(now=NOW)
    assert [rotated(days) for days in (0, 89, 90, 90, 179, 180)] == [0, 0, 3, 0, 0, 3]


def test_each_algorithm_has_a_clock_of_its_own() -> None:
    keys.ensure_keys(now=NOW)
    keys.rotate_signing_key(now=NOW + timedelta(days=1), algorithm="ES256")
    assert [rotated(days) for days in (90, 91)] == [2, 1]


def test_zero_days_is_never(janua_options: Any) -> None:
    keys.ensure_keys(now=NOW)
    janua_options(signing_key_rotation_days=0)
    assert rotated(3650) == 0


def test_a_next_key_that_nobody_knows_yet_is_not_used_even_when_one_is_due() -> None:
    keys.ensure_keys(now=NOW)
    keys.revoke_signing_key(kid=kid_of(S.NEXT), now=NOW + timedelta(days=90))
    before = kid_of(S.CURRENT)
    assert rotated(90) == 2
    assert kid_of(S.CURRENT) == before


def test_retired_keys_go_when_no_session_is_left_to_hint_at() -> None:
    keys.ensure_keys(now=NOW)
    keys.rotate_signing_key(now=LATER)
    dead_at = SigningKey.objects.get(state=S.RETIRED).dead_at
    assert dead_at is not None
    keys.purge_keys(now=dead_at + timedelta(days=30))
    assert S.RETIRED in states()
    keys.purge_keys(now=dead_at + timedelta(days=30, seconds=1))
    assert set(states()) == {S.CURRENT, S.NEXT}


def test_private_halves_that_an_older_version_kept_are_erased() -> None:
    keys.ensure_keys(now=NOW)
    SigningKey.objects.filter(kid=kid_of(S.NEXT)).update(state=S.RETIRED, dead_at=LATER)
    keys.purge_keys(now=NOW)
    assert SigningKey.objects.get(state=S.RETIRED).private_pem == ""
    assert SigningKey.objects.get(algorithm="RS256", state=S.CURRENT).private_pem


def test_revoked_keys_stay_on_record() -> None:
    keys.ensure_keys(now=NOW)
    keys.revoke_signing_key(kid=kid_of(S.NEXT), now=NOW)
    keys.purge_keys(now=NOW + timedelta(days=3650))
    assert len(states()[S.REVOKED]) == 1
