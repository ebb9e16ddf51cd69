"""GET and POST /oauth/userinfo: the claims that the token's scopes stand for (OpenID Connect Core section 5.3)."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import avatars, sessions
from core import clock
from core.tests.pictures import picture
from oauth.factories import register_client
from oauth.services import clients
from oauth.services.clients import Registered
from oauth.tests.flows import FORM, tokens_for
from tokens.tests.pairs import access_token_of

pytestmark = pytest.mark.django_db
PATH = "/oauth/userinfo"


@pytest.fixture
def acme() -> Registered:
    return register_client()


@pytest.fixture
def token(alice: User, acme: Registered) -> str:
    return str(tokens_for(alice, acme)["access_token"])


def read(token: str, client: Client | None = None) -> Any:
    return (client or Client()).get(PATH, headers={"Authorization": f"Bearer {token}"})


def test_by_header(alice: User, token: str) -> None:
    response = read(token)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {"sub": str(alice.id), "email": alice.email, "email_verified": True}


def test_by_post_with_header_or_body(alice: User, token: str) -> None:
    """RFC 6750 sections 2.1 and 2.2."""
    poster = Client(enforce_csrf_checks=True)
    by_header = poster.post(PATH, headers={"Authorization": f"bearer {token}"})
    by_body = poster.post(PATH, urlencode({"access_token": token}), content_type=FORM)
    assert by_header.json() == by_body.json() == read(token).json()


def test_never_by_query(client: Client, token: str) -> None:
    assert client.get(f"{PATH}?access_token={token}").status_code == 401


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_answered(client: Client, method: str) -> None:
    assert getattr(client, method)(PATH).status_code == 405


def test_every_scope_brings_its_claims(alice: User, acme: Registered) -> None:
    User.objects.filter(id=alice.id).update(
        middle_name="M",
        family_name="Liddell",
        nickname="al",
        locale="en",
        timezone="Europe/Berlin",
        phone_number="+4930123456",
        phone_number_verified=True,
        address={"country": "DE"},
        website="https://alice.example",
        profile_url="https://work.example/alice",
        gender="woman",
        birthdate="1990-04-30",
    )
    picture_url = avatars.put(user=alice, picture=picture(), now=clock.now()).picture
    alice.refresh_from_db()
    token = tokens_for(alice, acme, scope="openid profile email address phone")["access_token"]
    assert read(token).json() == {
        "sub": str(alice.id),
        "name": "Alice M Liddell",
        "given_name": "Alice",
        "middle_name": "M",
        "family_name": "Liddell",
        "nickname": "al",
        "website": "https://alice.example",
        "profile": "https://work.example/alice",
        "picture": picture_url,
        "gender": "woman",
        "birthdate": "1990-04-30",
        "zoneinfo": "Europe/Berlin",
        "locale": "en",
        "updated_at": int(alice.updated_at.timestamp()),
        "email": alice.email,
        "email_verified": True,
        "address": {"country": "DE"},
        "phone_number": "+4930123456",
        "phone_number_verified": True,
    }


def test_empty_claims_are_left_out(alice: User, acme: Registered) -> None:
    """Section 5.3.2: neither null nor an empty string."""
    token = tokens_for(alice, acme, scope="openid profile address phone")["access_token"]
    assert read(token).json().keys() == {"sub", "name", "given_name", "updated_at"}


def test_an_unverified_address_says_so(alice: User, acme: Registered) -> None:
    token = tokens_for(alice, acme)["access_token"]
    User.objects.filter(id=alice.id).update(email_verified=False)
    assert read(token).json()["email_verified"] is False


def test_without_openid_it_is_403(alice: User, acme: Registered) -> None:
    response = read(tokens_for(alice, acme, scope="email")["access_token"])
    assert (response.status_code, response.json()["error"]) == (403, "insufficient_scope")
    assert 'error="insufficient_scope"' in response["WWW-Authenticate"]


def test_without_a_token_the_challenge_names_no_error(client: Client) -> None:
    """RFC 6750 section 3.1."""
    response = client.get(PATH)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="janua"'


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "jnu_rt_" + "x" * 43])
def test_a_bad_token_is_401(db: None, token: str) -> None:
    response = read(token)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_tokens_of_our_own_api_do_not_open_it(alice: User) -> None:
    assert read(access_token_of(alice, now=clock.now())).status_code == 401


def test_an_id_token_does_not_open_it(alice: User, acme: Registered) -> None:
    assert read(tokens_for(alice, acme)["id_token"]).status_code == 401


def test_what_ended_does_not_open_it(alice: User, token: str) -> None:
    sessions.end_all(alice, reason="signed_out", now=clock.now())
    assert read(token).status_code == 401


def test_a_disabled_client_does_not_open_it(olivia: User, acme: Registered, token: str) -> None:
    clients.disable(actor=olivia, client=acme.client, now=clock.now())
    assert read(token).status_code == 401


def test_browsers_of_any_origin_may_read_it(client: Client, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Origin": "https://spa.example"}
    response = client.get(PATH, headers=headers)
    assert response["Access-Control-Allow-Origin"] == "*"
    preflight = {
        "Origin": "https://spa.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    assert "authorization" in client.options(PATH, headers=preflight)["Access-Control-Allow-Headers"]
