"""Token pairs of our own API: issued after a login, refreshed, ended with their session."""

from datetime import UTC, datetime, timedelta

from accounts.models import User
from accounts.services import sessions
from audit.models import Event
from tokens.models import TokenFamily
from tokens.services import access, first_party
from tokens.services.first_party import TokenPair
from tokens.services.refresh import NotRefreshed
from tokens.tests.families import issue_refresh_token, open_family
from tokens.tests.pairs import api_session, pair_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def is_believed(token: str) -> bool:
    return access.actor_of(token, audience=access.api_audience(), now=NOW) is not None


def test_a_pair_is_issued_for_the_session(alice: User) -> None:
    session = api_session(alice, now=NOW)
    pair = first_party.issue(session, now=NOW)
    family = TokenFamily.objects.get()
    assert (family.session_id, family.client_id, family.user_id) == (session.id, "janua", alice.id)
    assert pair.expires_in == 900
    assert is_believed(pair.access_token)
    assert Event.objects.get(action="token.issued").data["grant_type"] == "login"


def test_a_pair_is_refreshed(alice: User) -> None:
    pair = pair_of(alice, now=NOW)
    following = first_party.refresh_pair(pair.refresh_token, now=NOW)
    assert isinstance(following, TokenPair)
    assert following.refresh_token != pair.refresh_token
    assert is_believed(following.access_token)


def test_a_replay_ends_every_token_of_the_family(alice: User) -> None:
    pair = pair_of(alice, now=NOW)
    first_party.refresh_pair(pair.refresh_token, now=NOW)
    replayed = first_party.refresh_pair(pair.refresh_token, now=NOW + timedelta(minutes=1))
    assert isinstance(replayed, NotRefreshed)
    assert replayed.reason == "replayed"
    assert TokenFamily.objects.get().revoked_at == NOW + timedelta(minutes=1)


def test_the_session_that_ends_takes_its_pair_along(alice: User) -> None:
    pair = pair_of(alice, now=NOW)
    sessions.end_all(alice, reason="signed_out", now=NOW)
    assert isinstance(first_party.refresh_pair(pair.refresh_token, now=NOW), NotRefreshed)


def test_a_clients_refresh_token_is_not_ours(alice: User) -> None:
    session = api_session(alice, now=NOW)
    family = open_family(session, client_id="c", scope="openid", audience=("a",), now=NOW)
    token = issue_refresh_token(family, now=NOW)
    assert first_party.refresh_pair(token, now=NOW) == NotRefreshed("wrong_client")
