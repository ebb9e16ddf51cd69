"""Discovery: what clients read before they start, and it is true (OpenID Discovery 1.0, RFC 8414)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from oauth.tests.flows import ISSUER

pytestmark = pytest.mark.django_db
OPENID = "/.well-known/openid-configuration"
OAUTH = "/.well-known/oauth-authorization-server"
REQUIRED = {  # OpenID Connect Discovery 1.0 section 3
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
}


def read(client: Client, path: str) -> dict[str, Any]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = response.json()
    return body


def test_openid_members(client: Client) -> None:
    body = read(client, OPENID)
    assert body.keys() >= REQUIRED
    assert body["issuer"] == ISSUER
    assert body["response_types_supported"] == ["code"]
    assert set(body["subject_types_supported"]) == {"public", "pairwise"}
    assert set(body["id_token_signing_alg_values_supported"]) == {"RS256", "ES256", "PS256"}
    assert body["code_challenge_methods_supported"] == ["S256"]
    assert body["authorization_response_iss_parameter_supported"] is True
    assert body["request_parameter_supported"] is body["request_uri_parameter_supported"] is True
    assert set(body["scopes_supported"]) >= {"openid", "profile", "email", "offline_access"}


def test_every_endpoint_is_a_route_of_ours(client: Client) -> None:
    for path in (OPENID, OAUTH):
        for name, value in read(client, path).items():
            if name.endswith(("_endpoint", "_uri")):
                assert value.startswith(ISSUER + "/")
                assert resolve(value.removeprefix(ISSUER))


def test_oauth_metadata_agrees_with_openids(client: Client) -> None:
    openid, oauth = read(client, OPENID), read(client, OAUTH)
    assert oauth.items() <= openid.items()
    assert "userinfo_endpoint" not in oauth


def test_grants_and_ways_to_authenticate_are_those_that_work(client: Client) -> None:
    body = read(client, OAUTH)
    assert set(body["grant_types_supported"]) == {
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
    }
    assert set(body["token_endpoint_auth_methods_supported"]) == {
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
        "none",
    }
    assert "none" not in body["introspection_endpoint_auth_methods_supported"]


def test_introspection_is_signed_by_the_configured_algorithm(client: Client, janua_options: Any) -> None:
    janua_options(jwt_algorithm="ES256")
    assert read(client, OAUTH)["introspection_signing_alg_values_supported"] == ["ES256"]


def test_the_host_header_changes_nothing(client: Client) -> None:
    body = client.get(OPENID, headers={"Host": "127.0.0.1:9999", "X-Forwarded-Host": "evil.example"}).json()
    assert body["issuer"] == ISSUER
    assert "evil" not in str(body)


@pytest.mark.parametrize("path", [OPENID, OAUTH])
def test_it_may_be_cached_and_revalidated(client: Client, path: str) -> None:
    first = client.get(path)
    assert first["Cache-Control"] == "public, max-age=300"
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", [OPENID, OAUTH, "/.well-known/jwks.json"])
def test_other_methods_are_not_answered(path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path)
    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"
