"""Refresh tokens rotate; one that comes again revokes its family, but for a client that lost the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from accounts.services import sessions, users
from audit.models import Event
from tokens.models import RefreshToken, TokenFamily
from tokens.services import refresh
from tokens.services.refresh import NotRefreshed, Rotated
from tokens.tests.families import issue_refresh_token, open_family
from tokens.tests.pairs import api_session

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
def first(alice: User) -> str:
    """The first refresh token of a family that client "c" holds for alice."""
    family = open_family(api_session(alice, now=NOW), client_id="c", scope="openid", audience=("a",), now=NOW)
    return issue_refresh_token(family, now=NOW)


def rotate(token: str, now: datetime = NOW, client_id: str = "c") -> Rotated | NotRefreshed:
    with transaction.atomic():
        return refresh.rotate(token, client_id=client_id, now=now)


def successor_of(token: str, now: datetime = NOW) -> str:
    rotated = rotate(token, now)
    assert isinstance(rotated, Rotated), rotated
    return rotated.refresh_token


def reason_of(token: str, now: datetime = NOW, client_id: str = "c") -> str:
    refused = rotate(token, now, client_id)
    assert isinstance(refused, NotRefreshed), refused
    return refused.reason


def is_family_alive() -> bool:
    return TokenFamily.objects.get().revoked_at is None


def test_each_use_gives_a_new_token(first: str, alice: User) -> None:
    rotated = rotate(first)
    assert isinstance(rotated, Rotated)
    assert rotated.refresh_token != first
    assert (rotated.family.user, rotated.family.scope) == (alice, "openid")
    assert RefreshToken.objects.count() == 2
    assert Event.objects.filter(action="token.refreshed").count() == 1


def test_a_chain_goes_on(first: str) -> None:
    token, moment = first, NOW
    for _ in range(20):
        moment += DAY
        token = successor_of(token, moment)
    assert is_family_alive()


def test_only_hashes_are_stored(first: str) -> None:
    second = successor_of(first)
    stored = str(list(RefreshToken.objects.values()))
    assert first not in stored
    assert second not in stored


def test_a_lost_answer_may_be_asked_for_again(first: str) -> None:
    second = successor_of(first)
    assert successor_of(first, NOW + 10 * SECOND) == second
    assert RefreshToken.objects.count() == 2
    assert is_family_alive()
    assert Event.objects.filter(action="token.refresh_retried").count() == 1


def test_after_the_window_a_replay_revokes_the_family(first: str) -> None:
    second = successor_of(first)
    assert reason_of(first, NOW + 10 * SECOND + timedelta(microseconds=1)) == "replayed"
    assert not is_family_alive()
    assert reason_of(second, NOW + 11 * SECOND) == "expired_or_revoked"
    assert Event.objects.get(action="token.family_revoked").data["reason"] == "refresh_token_replayed"


def test_within_the_window_a_replay_revokes_once_the_successor_was_used(first: str) -> None:
    """The client has the answer, so it is not the client that asks again."""
    third = successor_of(successor_of(first))
    assert reason_of(first, NOW + SECOND) == "replayed"
    assert reason_of(third, NOW + SECOND) == "expired_or_revoked"


def test_another_client_is_refused_and_leaves_the_family(first: str) -> None:
    assert reason_of(first, client_id="mallory") == "wrong_client"
    assert is_family_alive()
    second = successor_of(first)
    assert reason_of(first, NOW + DAY, client_id="mallory") == "wrong_client"
    assert is_family_alive()
    successor_of(second)


def test_an_unused_token_expires_after_seven_days(first: str) -> None:
    assert reason_of(first, NOW + 7 * DAY) == "expired_or_revoked"
    successor_of(first, NOW + 7 * DAY - SECOND)


def test_a_family_ends_after_thirty_days_however_it_is_used(first: str) -> None:
    token, moment = first, NOW
    while moment + 6 * DAY < NOW + 30 * DAY:
        moment += 6 * DAY
        token = successor_of(token, moment)
    assert RefreshToken.objects.latest("created_at").expires_at == NOW + 30 * DAY
    assert reason_of(token, NOW + 30 * DAY) == "expired_or_revoked"


def test_lifetimes_are_options(alice: User, janua_options: Any) -> None:
    janua_options(refresh_token_expire_days=1, refresh_token_absolute_days=2)
    family = open_family(api_session(alice, now=NOW), client_id="c", scope="", audience=("a",), now=NOW)
    issue_refresh_token(family, now=NOW)
    assert (family.expires_at, RefreshToken.objects.get().expires_at) == (NOW + 2 * DAY, NOW + DAY)


def test_a_family_revoked_in_between_refreshes_nothing(first: str) -> None:
    second = successor_of(first)
    assert refresh.revoke_family(TokenFamily.objects.get(), reason="x", now=NOW)
    assert reason_of(second) == "expired_or_revoked"
    assert reason_of(first, NOW + SECOND) == "expired_or_revoked"
    assert not refresh.revoke_family(TokenFamily.objects.get(), reason="y", now=NOW)
    assert TokenFamily.objects.get().revoked_reason == "x"


def test_an_ended_session_refreshes_nothing(first: str, alice: User) -> None:
    sessions.end_all(alice, reason="signed_out", now=NOW)
    assert reason_of(first) == "expired_or_revoked"


def test_a_suspended_person_refreshes_nothing_and_goes_on_once_back(
    first: str, alice: User, olivia: User
) -> None:
    User.objects.filter(id=alice.id).update(status=User.Status.SUSPENDED)
    assert reason_of(first) == "expired_or_revoked"
    User.objects.filter(id=alice.id).update(status=User.Status.ACTIVE)
    users.suspend(actor=olivia, user=alice, now=NOW)  # by an operator: the session ends too
    users.reactivate(actor=olivia, user=alice, now=NOW)
    assert reason_of(first) == "expired_or_revoked"


def test_no_retry_once_the_session_ended(first: str, alice: User) -> None:
    successor_of(first)
    sessions.end_all(alice, reason="signed_out", now=NOW)
    assert isinstance(rotate(first, NOW + SECOND), NotRefreshed)


@pytest.mark.parametrize("token", ["", "nonsense", "jnu_rt_", "jnu_rt_" + "x" * 43, "jnu_se_" + "x" * 43])
def test_what_is_no_refresh_token_is_refused(first: str, token: str) -> None:
    assert reason_of(token) in {"malformed", "unknown"}
    assert is_family_alive()


def test_every_family_of_a_client_ends_for_one_person_or_for_all(alice: User, bob: User) -> None:
    for user, client_id in ((alice, "c"), (alice, "d"), (bob, "c")):
        session = api_session(user, now=NOW)
        open_family(session, client_id=client_id, scope="", audience=("a",), now=NOW)
    assert refresh.revoke_families_of_client(alice, "c", reason="x", now=NOW) == 1
    assert refresh.revoke_families_of_client(None, "c", reason="x", now=NOW) == 1
    assert list(TokenFamily.objects.filter(revoked_at=None).values_list("client_id", flat=True)) == ["d"]


def test_a_living_token_is_found_for_introspection(first: str) -> None:
    found = refresh.find_living(first, now=NOW)
    assert found is not None
    assert found.family.client_id == "c"
    successor_of(first)
    assert refresh.find_living(first, now=NOW) is None
    family = refresh.find_family(first)
    assert family is not None
