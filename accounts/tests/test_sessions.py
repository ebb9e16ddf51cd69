"""Sessions end by idleness, by age, by the person, and never by somebody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services import sessions
from accounts.services.sessions import NewSession, Proof
from audit.models import Event
from core import context

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BROWSER, API = Session.Kind.BROWSER, Session.Kind.API


def start(user: User, *, kind: Session.Kind = BROWSER, keep: bool = False, now: datetime = NOW) -> NewSession:
    return sessions.start_session(user, Proof(amr=("pwd",), auth_time=now), kind=kind, keep=keep, now=now)


def is_alive(new: NewSession, now: datetime) -> bool:
    return sessions.find_by_secret(new.secret, now=now) is not None


def test_a_session_remembers_how_and_from_where_it_began(alice: User) -> None:
    with context.request_context(context.RequestContext("request-1", "192.0.2.1", "Agent/1")):
        session = start(alice).session
    session.refresh_from_db()
    assert (session.amr, session.auth_time, session.ip) == (["pwd"], NOW, "192.0.2.1")
    assert session.user_agent == "Agent/1"
    assert Event.objects.filter(action="session.started", target_id=str(session.id)).count() == 1


def test_the_secret_is_kept_as_a_hash_only(alice: User) -> None:
    new = start(alice)
    assert new.secret.startswith("jnu_se_")
    stored = Session.objects.values().get()
    assert new.secret not in str(stored)


def test_thirty_idle_minutes_end_it(alice: User) -> None:
    new = start(alice)
    assert is_alive(new, NOW + timedelta(minutes=29, seconds=59))
    other = start(alice)
    assert not is_alive(other, NOW + timedelta(minutes=30))


def test_use_prolongs_it_up_to_twelve_hours(alice: User) -> None:
    new, moment = start(alice), NOW
    while moment < NOW + timedelta(hours=11, minutes=45):
        moment += timedelta(minutes=15)
        assert is_alive(new, moment)
    assert not is_alive(new, NOW + timedelta(hours=12))


def test_a_kept_session_lives_thirty_days_used_or_not(alice: User) -> None:
    new = start(alice, keep=True)
    assert is_alive(new, NOW + timedelta(days=29, hours=23))
    assert not is_alive(new, NOW + timedelta(days=30))


def test_an_api_session_lives_as_long_as_its_refresh_tokens_may(alice: User, janua_options: Any) -> None:
    janua_options(refresh_token_absolute_days=90)
    assert start(alice, kind=API).session.expires_at == NOW + timedelta(days=90)


def test_lifetimes_are_options(alice: User, janua_options: Any) -> None:
    janua_options(session_idle_minutes=5, session_absolute_hours=1)
    new = start(alice)
    assert new.session.expires_at == NOW + timedelta(hours=1)
    assert not is_alive(new, NOW + timedelta(minutes=5))


def test_being_seen_is_written_once_a_minute(alice: User, django_assert_num_queries: Any) -> None:
    new = start(alice)
    with django_assert_num_queries(1):
        sessions.find_by_secret(new.secret, now=NOW + timedelta(seconds=59))
    with django_assert_num_queries(2):
        sessions.find_by_secret(new.secret, now=NOW + timedelta(seconds=61))


@pytest.mark.parametrize("secret", ["", "jnu_se_", "x" * 50, "jnu_se_" + "x" * 43, "jnu_se_" + "x" * 5000])
def test_any_other_secret_finds_nothing(alice: User, secret: str) -> None:
    start(alice)
    assert sessions.find_by_secret(secret, now=NOW) is None


def test_suspension_ends_it_even_without_a_sign(alice: User) -> None:
    new = start(alice)
    User.objects.filter(id=alice.id).update(status=User.Status.SUSPENDED)
    assert not is_alive(new, NOW)


def test_one_session_ends_and_the_others_stay(alice: User) -> None:
    first, second = start(alice), start(alice)
    assert sessions.end_session(user=alice, session_id=first.session.id, reason="ended_by_user", now=NOW)
    assert not is_alive(first, NOW)
    assert is_alive(second, NOW)
    assert Event.objects.filter(action="session.ended", target_id=str(first.session.id)).count() == 1


def test_ending_twice_is_told_once(alice: User) -> None:
    new = start(alice)
    sessions.end_session(user=alice, session_id=new.session.id, reason="x", now=NOW)
    assert not sessions.end_session(user=alice, session_id=new.session.id, reason="x", now=NOW)
    assert Event.objects.filter(action="session.ended").count() == 1


def test_nobody_ends_another_persons_session(alice: User, charlie: User) -> None:
    new = start(alice)
    assert not sessions.end_session(user=charlie, session_id=new.session.id, reason="x", now=NOW)
    assert is_alive(new, NOW)


def test_all_sessions_end_but_the_one_to_keep(alice: User, bob: User) -> None:
    here, there, bobs = start(alice), start(alice, kind=API), start(bob)
    assert sessions.end_all(alice, reason="x", now=NOW, keep=here.session) == 1
    assert [is_alive(new, NOW) for new in (here, there, bobs)] == [True, False, True]
    assert sessions.end_all(alice, reason="x", now=NOW) == 1


def test_living_sessions_are_listed_the_last_used_first(alice: User, bob: User) -> None:
    start(bob)
    idle = start(alice, now=NOW - timedelta(minutes=31))
    ended, old, new = start(alice), start(alice), start(alice)
    sessions.end_session(user=alice, session_id=ended.session.id, reason="x", now=NOW)
    sessions.find_by_secret(old.secret, now=NOW + timedelta(minutes=2))
    found = [session.id for session in sessions.living_sessions(alice, now=NOW + timedelta(minutes=2))]
    assert found == [old.session.id, new.session.id]
    assert idle.session.id not in found
