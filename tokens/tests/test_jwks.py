"""GET /.well-known/jwks.json: public halves only, cacheable, with an ETag (RFC 7517, RFC 9110)."""

from typing import Any

import pytest
from django.test import Client

from core import clock
from tokens.services import keys

PATH = "/.well-known/jwks.json"
pytestmark = pytest.mark.django_db


MEMBERS = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}}


def test_it_holds_next_and_current_of_each_algorithm_and_no_private_member(client: Client) -> None:
    found = client.get(PATH).json()["keys"]
    assert [key["alg"] for key in found] == ["RS256", "RS256", "PS256", "PS256", "ES256", "ES256"]
    for key in found:
        assert key.keys() == {"kty", "kid", "alg", "use"} | MEMBERS[key["kty"]]
        assert key["kty"] == ("EC" if key["alg"] == "ES256" else "RSA")
        assert key.get("crv", "P-256") == "P-256"
        assert key["use"] == "sig"
    assert {key.kid for key in keys.ring().signing.values()} < {key["kid"] for key in found}
    assert len({key["kid"] for key in found}) == 6


def test_it_may_be_cached_for_five_minutes(client: Client) -> None:
    response = client.get(PATH)
    assert response["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_how_long_is_an_option(client: Client, janua_options: Any) -> None:
    janua_options(jwks_max_age_seconds=20)
    assert client.get(PATH)["Cache-Control"] == "public, max-age=20"


def test_every_process_gives_the_same_etag(client: Client) -> None:
    etag = client.get(PATH)["ETag"]
    keys.forget_ring()
    assert client.get(PATH)["ETag"] == etag


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
    assert len(response.json()["keys"]) == 7


def test_browsers_of_any_origin_may_read_it(client: Client) -> None:
    response = client.get(PATH, headers={"Origin": "https://spa.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
