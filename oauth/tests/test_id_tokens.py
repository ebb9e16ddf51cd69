"""ID tokens say who signed in, when and how, to the client that asked (OpenID Connect Core section 2)."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Session, User
from core import clock
from oauth.factories import register_client
from oauth.services.clients import Registered
from oauth.tests.flows import ISSUER, post, tokens_for
from tokens.services import jwt, keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client()


def claims_of(id_token: str) -> dict[str, Any]:
    return jwt.verify(id_token, jwt.ID_TOKEN_HINT, audiences=None, now=clock.now())


def test_its_claims(alice: User, acme: Registered) -> None:
    tokens = tokens_for(alice, acme)
    claims, session = claims_of(tokens["id_token"]), Session.objects.get()
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert {name: claims[name] for name in claims.keys() - {"iat", "exp"}} == {
        "iss": ISSUER,
        "sub": str(alice.id),
        "aud": acme.client.client_id,
        "azp": acme.client.client_id,
        "auth_time": int(session.auth_time.timestamp()),
        "amr": ["pwd"],
        "acr": "aal1",
        "sid": str(session.id),
        "nonce": "n-0S6_WzA2Mj",
        "at_hash": urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }
    assert claims["exp"] - claims["iat"] == 3600


def test_without_nonce_none_is_there(alice: User, acme: Registered) -> None:
    assert "nonce" not in claims_of(tokens_for(alice, acme, nonce=None)["id_token"])


def test_a_refreshed_one_speaks_of_the_same_sign_in(alice: User, acme: Registered) -> None:
    """OpenID Connect Core section 12.2: iss, sub, aud and auth_time stay, nonce need not be there."""
    tokens = tokens_for(alice, acme)
    Session.objects.update(last_seen_at=clock.now() + timedelta(hours=1))
    body = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    first, second = claims_of(tokens["id_token"]), claims_of(body.json()["id_token"])
    same = ("iss", "sub", "aud", "auth_time", "sid", "amr")
    assert [first[name] for name in same] == [second[name] for name in same]
    assert "nonce" not in second


@pytest.mark.parametrize("algorithm", keys.SIGNING_ALGORITHMS)
def test_it_is_signed_by_the_clients_algorithm(alice: User, algorithm: str) -> None:
    acme = register_client(id_token_signed_response_alg=algorithm)
    header = jwt._part(tokens_for(alice, acme)["id_token"], 0)
    assert header == {"alg": algorithm, "kid": keys.ring().signing[algorithm].kid, "typ": "JWT"}


def test_it_is_no_access_token(alice: User, acme: Registered) -> None:
    id_token = tokens_for(alice, acme)["id_token"]
    assert post("/oauth/introspect", acme, token=id_token).json() == {"active": False}
