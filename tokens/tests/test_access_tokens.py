"""Access tokens are JWTs by RFC 9068, believed while family, session and user live."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.services import sessions, users
from audit.models import Event
from core.errors import TokenInvalid
from tokens.models import RevokedAccessToken, TokenFamily
from tokens.services import access, first_party, jwt, refresh
from tokens.tests.families import open_family
from tokens.tests.pairs import access_token_of, api_session

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
AT = int(NOW.timestamp())


def actor_of(token: str, now: datetime = NOW) -> access.Actor:
    return access.actor_of(token, audience=access.api_audience(), now=now)


def claims_of(token: str) -> dict[str, Any]:
    return jwt.verify(token, jwt.ACCESS_TOKEN, audiences=None, now=NOW)


def is_believed(token: str, now: datetime = NOW) -> bool:
    try:
        actor_of(token, now)
    except TokenInvalid:
        return False
    return True


def test_the_header_says_what_it_is(alice: User) -> None:
    """RFC 9068 section 2.1."""
    header = jwt._part(access_token_of(alice, now=NOW), 0)
    assert header.keys() == {"alg", "kid", "typ"}
    assert header["typ"] == "at+jwt"


def test_the_claims_are_those_of_rfc_9068(alice: User) -> None:
    """Section 2.2: iss exp aud sub client_id iat jti; 2.2.1: auth_time acr amr."""
    claims = claims_of(access_token_of(alice, now=NOW))
    family = TokenFamily.objects.get()
    assert {name: claims[name] for name in claims.keys() - {"jti"}} == {
        "iss": "http://localhost:4100",
        "sub": str(alice.id),
        "aud": "http://localhost:4100/api/v1",
        "client_id": "janua",
        "iat": AT,
        "exp": AT + 900,
        "scope": "",
        "auth_time": AT,
        "amr": ["pwd"],
        "acr": "aal1",
        "sid": str(family.session_id),
        "fid": str(family.id),
        "email": alice.email,
        "email_verified": True,
    }


def test_each_token_has_a_jti_of_its_own(alice: User) -> None:
    assert (
        claims_of(access_token_of(alice, now=NOW))["jti"] != claims_of(access_token_of(alice, now=NOW))["jti"]
    )


def test_a_clients_token_shows_the_address_with_the_scope_only(alice: User) -> None:
    session = api_session(alice, now=NOW)
    for scope, shows in (("openid", False), ("openid email", True), ("openid emails", False)):
        family = open_family(session, client_id="c", scope=scope, audience=("aud",), now=NOW)
        minted = access.mint_for_family(family, subject="s", scope=scope, audience=["aud"], now=NOW)
        assert ("email" in claims_of(minted.token)) is shows


def test_a_client_that_acts_for_itself_is_its_own_subject(db: None) -> None:
    claims = claims_of(access.mint_for_client(client_id="c", audience=["aud"], scope="x", now=NOW).token)
    assert (claims["sub"], claims["client_id"], claims["aud"], claims["scope"]) == ("c", "c", "aud", "x")
    assert not {"sid", "fid", "email", "auth_time"} & claims.keys()


def test_its_life_is_an_option(alice: User, janua_options: Any) -> None:
    janua_options(access_token_expire_minutes=1)
    token = access_token_of(alice, now=NOW)
    assert is_believed(token, NOW + timedelta(seconds=59))
    assert not is_believed(token, NOW + timedelta(seconds=60))


def test_it_speaks_for_its_person(alice: User, bob: User) -> None:
    access_token_of(bob, now=NOW)
    actor = actor_of(access_token_of(alice, now=NOW))
    assert (actor.user, actor.session.user, actor.family.user) == (alice, alice, alice)
    assert actor.scopes == frozenset()


def test_a_token_for_userinfo_does_not_open_the_api(alice: User) -> None:
    session = api_session(alice, now=NOW)
    audience = (access.provider_audience(),)
    family = open_family(session, client_id="c", scope="openid", audience=audience, now=NOW)
    token = access.mint_for_family(
        family, subject=str(alice.id), scope="openid", audience=family.audience, now=NOW
    ).token
    assert not is_believed(token)
    assert access.actor_of(token, audience=access.provider_audience(), now=NOW).user == alice


def test_a_clients_own_token_is_nobody(db: None) -> None:
    token = access.mint_for_client(client_id="c", audience=[access.api_audience()], scope="", now=NOW).token
    assert not is_believed(token)


def test_an_ended_session_ends_it(alice: User) -> None:
    session = api_session(alice, now=NOW)
    token = first_party.issue(session, now=NOW).access_token
    sessions.end_session(user=alice, session_id=session.id, reason="signed_out", now=NOW)
    assert not is_believed(token)


def test_suspension_ends_it(alice: User, olivia: User) -> None:
    token = access_token_of(alice, now=NOW)
    users.suspend(actor=olivia, user=alice, now=NOW)
    assert not is_believed(token)


def test_a_revoked_family_ends_it(alice: User) -> None:
    token = access_token_of(alice, now=NOW)
    refresh.revoke_family(TokenFamily.objects.get(), reason="x", now=NOW)
    assert not is_believed(token)


def test_one_token_may_be_revoked_alone(alice: User) -> None:
    session = api_session(alice, now=NOW)
    one, other = (first_party.issue(session, now=NOW).access_token for _ in range(2))
    access.revoke_access_token(claims_of(one))
    assert not is_believed(one)
    assert is_believed(other)
    assert access.is_revoked(claims_of(one))
    assert not access.is_revoked(claims_of(other))


def test_revoking_twice_is_told_once(alice: User) -> None:
    claims = claims_of(access_token_of(alice, now=NOW))
    for _ in range(2):
        access.revoke_access_token(claims)
    assert Event.objects.filter(action="token.access_token_revoked").count() == 1
    assert RevokedAccessToken.objects.get().expires_at == NOW + timedelta(minutes=15)


def test_who_it_speaks_for_takes_one_query(alice: User, django_assert_num_queries: Any) -> None:
    token = access_token_of(alice, now=NOW)
    with django_assert_num_queries(1):
        actor = actor_of(token)
        assert actor.user.email == alice.email
        assert actor.session.amr == ["pwd"]


@pytest.mark.parametrize("fid", ["00000000-0000-4000-8000-000000000000"])
def test_a_family_that_was_purged_is_dead(alice: User, fid: str) -> None:
    assert access.find_living_family({"fid": fid, "jti": fid}) is None
