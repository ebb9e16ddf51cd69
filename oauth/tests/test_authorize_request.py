"""Once the redirect URI is trusted, every fault goes back there with error, state and iss.

RFC 6749 section 4.1.2.1, RFC 9207.
"""

from typing import Any
from urllib.parse import urlsplit

import pytest

from accounts.models import User
from accounts.tests.browsers import signed_in
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import AuthorizationRequest
from oauth.services.clients import Registered
from oauth.tests.flows import ISSUER, answer_of, authorize, is_waiting, request_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client()


FAULTS: dict[str, tuple[dict[str, str | None], str]] = {
    "no response_type": ({"response_type": None}, "invalid_request"),
    "an empty response_type": ({"response_type": ""}, "invalid_request"),
    "the implicit grant": ({"response_type": "token"}, "unsupported_response_type"),
    "the hybrid flow": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "response_type in capitals": ({"response_type": "CODE"}, "unsupported_response_type"),
    "response_mode=fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "an unsigned request object": ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    "a request_uri": ({"request_uri": "https://app.example/r"}, "request_uri_not_supported"),
    "registration": ({"registration": "{}"}, "registration_not_supported"),
    "a scope that is not allowed": ({"scope": "openid admin"}, "invalid_scope"),
    "no PKCE": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "a challenge without its method": ({"code_challenge_method": None}, "invalid_request"),
    "the plain method": ({"code_challenge_method": "plain"}, "invalid_request"),
    "a method without challenge": ({"code_challenge": None}, "invalid_request"),
    "a short challenge": ({"code_challenge": "short"}, "invalid_request"),
    "a challenge with other characters": ({"code_challenge": "x" * 42 + "="}, "invalid_request"),
    "a challenge with a line break": ({"code_challenge": "x" * 43 + "\n"}, "invalid_request"),
    "prompt=none login": ({"prompt": "none login"}, "invalid_request"),
    "an unknown prompt": ({"prompt": "create"}, "invalid_request"),
    "a max_age that is no number": ({"max_age": "soon"}, "invalid_request"),
    "a negative max_age": ({"max_age": "-1"}, "invalid_request"),
    "a max_age in other digits": ({"max_age": "１"}, "invalid_request"),
    "a huge max_age": ({"max_age": "9" * 10}, "invalid_request"),
    "a long nonce": ({"nonce": "n" * 256}, "invalid_request"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_goes_back_to_the_client(alice: User, acme: Registered, case: str) -> None:
    changes, error = FAULTS[case]
    response = authorize(signed_in(alice), acme, **changes)
    assert response["Location"].startswith(REDIRECT_URI + "?")
    answer = answer_of(response)
    assert answer.pop("error_description")
    assert answer == {"error": error, "state": "the state", "iss": ISSUER}


@pytest.mark.parametrize("length", [2049, 9000])
def test_a_state_that_is_too_long_is_refused_and_not_dropped(
    alice: User, acme: Registered, length: int
) -> None:
    answer = answer_of(authorize(signed_in(alice), acme, state="s" * length))
    assert (answer["error"], answer["iss"]) == ("invalid_request", ISSUER)
    assert "code" not in answer


@pytest.mark.parametrize("name", ["state", "scope", "nonce", "response_type", "code_challenge", "max_age"])
def test_a_doubled_parameter_goes_back_to_the_client(alice: User, acme: Registered, name: str) -> None:
    parameters: dict[str, Any] = request_of(acme, max_age="100")
    parameters[name] = [parameters[name], parameters[name]]
    response = signed_in(alice).get("/oauth/authorize", parameters)
    assert answer_of(response)["error"] == "invalid_request"


def test_without_state_none_comes_back(alice: User, acme: Registered) -> None:
    answer = answer_of(authorize(signed_in(alice), acme, state=None, response_type="token"))
    assert "state" not in answer
    assert answer["iss"] == ISSUER


def test_a_client_without_the_code_grant_is_told(alice: User) -> None:
    machine = register_client(grant_types=["client_credentials"])
    assert answer_of(authorize(signed_in(alice), machine))["error"] == "unauthorized_client"


def test_a_confidential_client_may_be_registered_without_pkce(alice: User) -> None:
    old = register_client(require_pkce=False)
    browser = signed_in(alice)
    assert is_waiting(authorize(browser, old, code_challenge=None, code_challenge_method=None))
    answer = answer_of(authorize(browser, old, code_challenge_method="plain"))
    assert answer["error"] == "invalid_request"


def test_a_query_of_the_redirect_uri_is_kept(alice: User) -> None:
    uri = REDIRECT_URI + "?tenant=1"
    client = register_client(redirect_uris=[uri])
    response = authorize(signed_in(alice), client, redirect_uri=uri, response_type="token")
    assert answer_of(response)["tenant"] == "1"
    assert urlsplit(response["Location"]).path == "/callback"


def test_a_private_use_scheme_is_answered(alice: User) -> None:
    """RFC 8252 section 7.1."""
    uri = "com.example.app:/callback"
    native = register_client(redirect_uris=[uri], token_endpoint_auth_method="none")
    response = authorize(signed_in(alice), native, redirect_uri=uri, response_type="token")
    assert response["Location"].startswith(uri + "?error=unsupported_response_type")


def test_unknown_parameters_are_ignored_and_not_kept(alice: User, acme: Registered) -> None:
    """RFC 6749 section 3.1. What nobody reads is not stored for whoever asks without signing in."""
    response = authorize(signed_in(alice), acme, filler="x" * 5000, display="page")
    assert is_waiting(response)
    assert AuthorizationRequest.objects.get().parameters == request_of(acme)


def test_a_faulty_request_leaves_nothing_behind(alice: User, acme: Registered) -> None:
    authorize(signed_in(alice), acme, response_type="token")
    assert not AuthorizationRequest.objects.exists()
