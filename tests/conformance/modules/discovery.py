"""What the provider says of itself (OpenID Connect Discovery 1.0 section 3)."""

from typing import Any
from urllib.parse import urlsplit

import requests

from tests.conformance.suite import Suite, module
from tests.support.http_client import origin_of
from tests.support.oauth_client import TIMEOUT

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
AUTH_METHODS = {
    "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none",
    "tls_client_auth", "self_signed_tls_client_auth",
}  # fmt: skip
PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
SWITCHES = ("claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported")


def read_discovery(suite: Suite) -> dict[str, Any]:
    """The document as published, of which everything asked of any provider holds."""
    base = suite.stage.base_url
    response = requests.get(
        f"{base}/.well-known/openid-configuration", timeout=TIMEOUT, allow_redirects=False
    )
    assert response.status_code == 200
    assert response.headers["Content-Type"].split(";")[0] == "application/json"
    document: dict[str, Any] = response.json()
    assert document["issuer"] == base
    for name in ENDPOINTS:
        assert origin_of(document[name]) == base, name
        assert not urlsplit(document[name]).fragment
    return document


@module("oidcc-discovery-endpoint-verification")
def oidcc_discovery_endpoint_verification(suite: Suite) -> None:
    """The document has what is required, with values that exist; the keys it points to are public and usable."""
    document = read_discovery(suite)
    assert "code" in document["response_types_supported"]
    assert {"query", "form_post"} <= set(document["response_modes_supported"])
    assert "authorization_code" in document["grant_types_supported"]
    assert "openid" in document["scopes_supported"]
    assert {"sub", "iss", "aud", "exp", "iat"} <= set(document["claims_supported"])
    assert set(document["subject_types_supported"]) <= {"public", "pairwise"}
    assert document["subject_types_supported"]
    assert "RS256" in document["id_token_signing_alg_values_supported"]
    assert set(document["token_endpoint_auth_methods_supported"]) <= AUTH_METHODS
    assert "client_secret_basic" in document["token_endpoint_auth_methods_supported"]
    assert "S256" in document["code_challenge_methods_supported"]
    for name in SWITCHES:
        assert isinstance(document[name], bool), name
    check_keys(requests.get(document["jwks_uri"], timeout=TIMEOUT))


def check_keys(response: requests.Response) -> None:
    """RFC 7517: a set of public keys with ids of their own."""
    assert response.status_code == 200
    keys = response.json()["keys"]
    assert any(key["kty"] == "RSA" for key in keys)
    assert len({key["kid"] for key in keys}) == len(keys)
    for key in keys:
        assert not PRIVATE_MEMBERS & key.keys()
        assert key["use"] == "sig"


@module("oidcc-rp-initiated-logout-discovery-endpoint-verification")
def oidcc_rp_initiated_logout_discovery_endpoint_verification(suite: Suite) -> None:
    """The document names the end_session_endpoint (RP-Initiated Logout section 2.1)."""
    document = read_discovery(suite)
    assert origin_of(document["end_session_endpoint"]) == document["issuer"]
    assert not urlsplit(document["end_session_endpoint"]).fragment
