"""Until client and redirect URI are trusted, an error is a page of ours and never a redirect.

RFC 6749 section 4.1.2.1, RFC 9700 section 4.11.
"""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from oauth.factories import REDIRECT_URI, register_client
from oauth.services import clients
from oauth.services.clients import Registered
from oauth.tests.flows import authorize, request_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client()


def assert_our_page(response: Any, error: str) -> None:
    assert response.status_code == 400
    assert "Location" not in response
    assert response.context["error"] == error
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("client_id", [None, "", "nobody", "x" * 300, "x" * 9000, "☃"])
def test_an_unknown_client_gets_a_page(alice: User, acme: Registered, client_id: str | None) -> None:
    assert_our_page(authorize(signed_in(alice), acme, client_id=client_id), "invalid_client")


def test_a_disabled_client_gets_a_page(alice: User, olivia: User, acme: Registered) -> None:
    clients.disable(actor=olivia, client=acme.client, now=clock.now())
    assert_our_page(authorize(signed_in(alice), acme), "invalid_client")


FOREIGN = [
    None,
    "",
    "https://evil.example/callback",
    REDIRECT_URI + "/",
    REDIRECT_URI + "?a=1",
    REDIRECT_URI + "#fragment",
    REDIRECT_URI + "%2f..",
    REDIRECT_URI + "/../callback",
    "https://app.example:443/callback",
    "https://APP.example/callback",
    "HTTPS://app.example/callback",
    "http://app.example/callback",
    "https://app.example.evil.example/callback",
    "https://user@app.example/callback",
    "//app.example/callback",
    "/callback",
    "javascript:alert(1)",
    REDIRECT_URI + " ",
    REDIRECT_URI + "\n",
    "x" * 9000,
]


@pytest.mark.parametrize("redirect_uri", FOREIGN)
def test_a_redirect_uri_that_is_not_registered_gets_a_page(
    alice: User, acme: Registered, redirect_uri: str | None
) -> None:
    assert_our_page(authorize(signed_in(alice), acme, redirect_uri=redirect_uri), "invalid_request")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_doubled_trusted_parameter_gets_a_page(alice: User, acme: Registered, name: str) -> None:
    parameters: dict[str, Any] = request_of(acme)
    parameters[name] = [parameters[name], parameters[name]]
    response = signed_in(alice).get("/oauth/authorize", parameters)
    assert_our_page(response, "invalid_request")


def test_trust_fails_first_whatever_else_is_wrong(alice: User, acme: Registered) -> None:
    response = authorize(
        signed_in(alice), acme, redirect_uri="https://evil.example/", response_type="token", prompt="none"
    )
    assert_our_page(response, "invalid_request")


def test_plain_oauth_may_leave_out_the_only_redirect_uri(alice: User, acme: Registered) -> None:
    """RFC 6749 section 3.1.2.3; OpenID Connect Core section 3.1.2.1 always asks for it."""
    response = authorize(signed_in(alice), acme, redirect_uri=None, scope="email", response_type=None)
    assert response["Location"].startswith(REDIRECT_URI + "?error=invalid_request")


def test_of_two_registered_one_must_be_named(alice: User) -> None:
    two = register_client(redirect_uris=[REDIRECT_URI, "https://app.example/other"])
    assert_our_page(authorize(signed_in(alice), two, redirect_uri=None, scope="email"), "invalid_request")


@pytest.mark.parametrize(
    ("registered", "asked", "is_trusted"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", True),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1:51004/cb", True),
        ("http://[::1]/cb", "http://[::1]:51004/cb", True),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/other", False),
        ("http://127.0.0.1/cb", "https://127.0.0.1:51004/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.2:51004/cb", False),
        ("http://127.0.0.1/cb", "http://user@127.0.0.1:51004/cb", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb?a=1", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb#a", False),
        ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", False),
        ("http://localhost/cb", "http://localhost:51004/cb", False),
        ("https://127.0.0.1/cb", "https://127.0.0.1:51004/cb", False),
    ],
)
def test_only_a_loopback_ips_port_may_differ(
    client: Client, registered: str, asked: str, is_trusted: bool
) -> None:
    """RFC 8252 section 7.3."""
    native = register_client(redirect_uris=[registered], token_endpoint_auth_method="none")
    response = authorize(client, native, redirect_uri=asked)
    assert response.status_code == (303 if is_trusted else 400)
