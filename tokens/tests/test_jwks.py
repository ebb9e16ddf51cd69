"""GET /.well-known/jwks.json: public halves only, cacheable, with an ETag (RFC 7517, RFC 9110)."""

from typing import Any

import pytest
from django.test import Client

from core import clock
from tokens.services import keys

PATH = "/.well-known/jwks.json"
pytestmark = pytest.mark.django_db


def test_it_holds_next_and_current_and_no_private_member(client: Client) -> None:
    found = client.get(PATH).json()["keys"]
    assert len(found) == 2
    for key in found:
        assert key.keys() == {"kty", "n", "e", "kid", "alg", "use"}
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert keys.ring().current.kid in {key["kid"] for key in found}


def test_elliptic_keys_have_their_members(client: Client, janua_options: Any) -> None:
    janua_options(jwt_algorithm="ES256")
    (key, _next) = client.get(PATH).json()["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert (key["kty"], key["crv"], key["alg"]) == ("EC", "P-256", "ES256")


def test_it_may_be_cached_for_five_minutes(client: Client) -> None:
    response = client.get(PATH)
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


@pytest.mark.parametrize("given", ["{etag}", '"other", {etag}', "W/{etag}", "*"])
def test_what_is_known_is_not_sent_again(client: Client, given: str) -> None:
    etag = client.get(PATH)["ETag"]
    response = client.get(PATH, headers={"If-None-Match": given.format(etag=etag)})
    assert (response.status_code, response.content) == (304, b"")
    assert response["ETag"] == etag
    assert response["Cache-Control"] == "public, max-age=300"


def test_a_rotation_changes_the_etag(client: Client) -> None:
    etag = client.get(PATH)["ETag"]
    keys.rotate_signing_key(now=clock.now(), at_once=True)
    response = client.get(PATH, headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert len(response.json()["keys"]) == 3


def test_browsers_of_any_origin_may_read_it(client: Client) -> None:
    response = client.get(PATH, headers={"Origin": "https://spa.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
