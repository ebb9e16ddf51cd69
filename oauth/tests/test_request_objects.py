"""Authorization requests as a JWT that the client signed (RFC 9101, OpenID Connect Core section 6)."""

import time
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import User
from accounts.tests.browsers import signed_in
from core import limits
from core.tests.servers import answering, ok
from oauth.factories import REDIRECT_URI, register_client
from oauth.services.clients import Registered
from oauth.tests.flows import CHALLENGE, ISSUER, allow, answer_of, is_waiting, redeem, request_of
from oauth.tests.signing import Signer
from tokens.services.foreign_jwt import ALGORITHMS

pytestmark = pytest.mark.django_db
UNSIGNED = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
EMPTY = "e30"


@pytest.fixture
def signer() -> Signer:
    return Signer()


@pytest.fixture
def acme(signer: Signer) -> Registered:
    return register_client(jwks=signer.jwks)


@pytest.fixture
def browser(alice: User) -> Browser:
    return signed_in(alice)


def claims_for(acme: Registered, **changes: Any) -> dict[str, Any]:
    claims = {
        "iss": acme.client.client_id,
        "aud": ISSUER,
        "exp": int(time.time()) + 60,
        **request_of(acme),
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def ask(browser: Browser, acme: Registered, token: str, **plain: str) -> Any:
    return browser.get("/oauth/authorize", {"client_id": acme.client.client_id, "request": token, **plain})


def error(response: Any) -> str:
    return answer_of(response)["error"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signed_request_is_the_request(alice: User, algorithm: str) -> None:
    signer = Signer(algorithm)
    acme = register_client(jwks=signer.jwks)
    browser = signed_in(alice)
    answer = answer_of(allow(browser, ask(browser, acme, signer.sign(claims_for(acme, state="inside")))))
    assert answer["state"] == "inside"
    assert redeem(acme, answer["code"]).status_code == 200


def test_plain_parameters_beside_it_do_not_count(browser: Browser, acme: Registered, signer: Signer) -> None:
    """RFC 9101 section 6.3."""
    token = signer.sign(claims_for(acme, scope="openid", state=None))
    response = ask(
        browser, acme, token, scope="openid email", state="outside", redirect_uri="https://evil.test/"
    )
    answer = answer_of(allow(browser, response))
    assert "state" not in answer
    assert redeem(acme, answer["code"]).json()["scope"] == "openid"


def test_numbers_and_objects_are_taken(browser: Browser, acme: Registered, signer: Signer) -> None:
    token = signer.sign(claims_for(acme, max_age=3600, claims={"userinfo": {"email": None}}))
    assert is_waiting(ask(browser, acme, token))


@pytest.mark.parametrize("typ", ["oauth-authz-req+jwt", "JWT"])
def test_it_may_say_what_it_is(browser: Browser, acme: Registered, signer: Signer, typ: str) -> None:
    assert is_waiting(ask(browser, acme, signer.sign(claims_for(acme), typ=typ)))


BAD: dict[str, dict[str, Any]] = {
    "another client's": {"client_id": "somebody"},
    "issued by somebody else": {"iss": "somebody"},
    "for another server": {"aud": "https://other.example"},
    "expired": {"exp": 1},
    "not valid yet": {"nbf": 4_102_444_800},  # 2100
    "one inside the other": {"request": "x"},
    "a reference inside": {"request_uri": "https://app.example/r"},
    "a client assertion": {"sub": "CLIENT"},
    "a parameter that is no text": {"login_hint": 1.5},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD.keys())
def test_a_bad_one_goes_back_as_an_error(
    browser: Browser, acme: Registered, signer: Signer, changes: dict[str, Any]
) -> None:
    if changes.get("sub") == "CLIENT":
        changes = {"sub": acme.client.client_id}
    token = signer.sign(claims_for(acme, **changes))
    response = ask(browser, acme, token, redirect_uri=REDIRECT_URI, state="plain")
    assert error(response) == "invalid_request_object"


def test_another_kind_of_jwt_is_none(browser: Browser, acme: Registered, signer: Signer) -> None:
    token = signer.sign(claims_for(acme), typ="at+jwt")
    assert error(ask(browser, acme, token, redirect_uri=REDIRECT_URI)) == "invalid_request_object"


def test_a_strangers_signature_is_refused(browser: Browser, acme: Registered) -> None:
    token = Signer().sign(claims_for(acme))
    assert error(ask(browser, acme, token, redirect_uri=REDIRECT_URI)) == "invalid_request_object"


def test_a_client_without_keys_cannot_send_one(browser: Browser, signer: Signer) -> None:
    plain = register_client()
    token = signer.sign(claims_for(plain))
    assert error(ask(browser, plain, token, redirect_uri=REDIRECT_URI)) == "invalid_request_object"


def test_only_the_registered_algorithm_counts(browser: Browser, alice: User) -> None:
    signer = Signer("RS256")
    acme = register_client(jwks=signer.jwks, request_object_signing_alg="PS256")
    token = signer.sign(claims_for(acme))
    assert error(ask(browser, acme, token, redirect_uri=REDIRECT_URI)) == "invalid_request_object"


def test_an_unsigned_one_is_not_supported(browser: Browser, acme: Registered) -> None:
    token = f"{UNSIGNED}.{EMPTY}."
    assert error(ask(browser, acme, token, redirect_uri=REDIRECT_URI)) == "request_not_supported"


def test_a_bad_one_is_never_answered_at_an_address_it_brings(
    browser: Browser, acme: Registered, signer: Signer
) -> None:
    stranger = Signer()
    for token in (
        stranger.sign(claims_for(acme, redirect_uri="https://evil.test/cb")),
        signer.sign(claims_for(acme, redirect_uri="https://evil.test/cb")),
    ):
        response = ask(browser, acme, token)
        assert response.status_code == 400
        assert "Location" not in response


def test_a_bad_one_is_answered_at_its_registered_address(browser: Browser, acme: Registered) -> None:
    token = Signer().sign(claims_for(acme, state="inside"))
    answer = answer_of(ask(browser, acme, token, redirect_uri="https://app.example/elsewhere"))
    assert (answer["error"], answer["state"]) == ("invalid_request_object", "inside")


def test_without_any_good_address_there_is_a_page(browser: Browser, acme: Registered) -> None:
    response = ask(browser, acme, "nonsense", redirect_uri="https://evil.test/")
    assert response.status_code == 400
    assert "Location" not in response


def test_a_client_may_be_bound_to_signed_requests(browser: Browser, signer: Signer) -> None:
    acme = register_client(jwks=signer.jwks, require_signed_request_object=True)
    assert error(browser.get("/oauth/authorize", request_of(acme))) == "invalid_request"
    assert is_waiting(ask(browser, acme, signer.sign(claims_for(acme))))


def test_both_ways_at_once_are_refused(browser: Browser, acme: Registered, signer: Signer) -> None:
    response = ask(
        browser,
        acme,
        signer.sign(claims_for(acme)),
        request_uri="https://a.example",
        redirect_uri=REDIRECT_URI,
    )
    assert error(response) == "invalid_request"


class TestByReference:
    @pytest.fixture(autouse=True)
    def loopback(self, janua_options: Any) -> None:
        janua_options(outbound_allow=(ip_network("127.0.0.0/8"),))

    def ask(self, browser: Browser, acme: Registered, uri: str) -> Any:
        plain = {"client_id": acme.client.client_id, "request_uri": uri, "redirect_uri": REDIRECT_URI}
        return browser.get("/oauth/authorize", plain)

    def test_a_registered_address_is_read(self, browser: Browser, signer: Signer) -> None:
        with answering(b"") as server:
            uri = f"http://127.0.0.1:{server.port}/request.jwt"
            acme = register_client(jwks=signer.jwks, request_uris=[uri])
            answer = ok(signer.sign(claims_for(acme)).encode(), "application/oauth-authz-req+jwt")
            server.behave = lambda connection: (server.read_request(connection), connection.sendall(answer))[
                1
            ]
            response = self.ask(browser, acme, uri)
            assert is_waiting(response)
            assert "code" in answer_of(allow(browser, response))
            assert len(server.requests) == 1  # what waits for the person is not read again

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            (ok(f"{UNSIGNED}.{EMPTY}.".encode()), "request_uri_not_supported"),
            (ok(b"nonsense"), "invalid_request_object"),
            (ok("é".encode()), "invalid_request_object"),
            (ok(b"x" * 100_000), "invalid_request_uri"),
            (b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", "invalid_request_uri"),
            (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "invalid_request_uri"),
            (b"garbage", "invalid_request_uri"),
        ],
        ids=["unsigned", "no JWT", "not ASCII", "huge", "missing", "redirect", "no HTTP"],
    )
    def test_a_bad_answer_is_an_error_at_the_client(
        self, browser: Browser, signer: Signer, answer: bytes, expected: str
    ) -> None:
        with answering(answer) as server:
            uri = f"http://127.0.0.1:{server.port}/request.jwt"
            acme = register_client(jwks=signer.jwks, request_uris=[uri])
            assert error(self.ask(browser, acme, uri)) == expected

    def test_an_address_that_is_not_registered_is_never_asked(self, browser: Browser, signer: Signer) -> None:
        with answering(ok(b"")) as server:
            uri = f"http://127.0.0.1:{server.port}/request.jwt"
            acme = register_client(jwks=signer.jwks, request_uris=[uri])
            assert error(self.ask(browser, acme, uri + "?x")) == "invalid_request_uri"
            assert error(self.ask(browser, register_client(), uri)) == "request_uri_not_supported"
            assert server.connections == 0

    def test_a_stranger_uses_up_nobody_elses_allowance(self, signer: Signer, janua_options: Any) -> None:
        """The client_id is public: whoever knows it must not keep the client's people from signing in."""
        janua_options(rate_limits="on", redis_url="")
        with answering(ok(b"nonsense")) as server:
            uri = f"http://127.0.0.1:{server.port}/request.jwt"
            acme = register_client(jwks=signer.jwks, request_uris=[uri])
            stranger, person = Browser(REMOTE_ADDR="198.51.100.7"), Browser(REMOTE_ADDR="203.0.113.9")
            told = [error(self.ask(stranger, acme, uri)) for _ in range(limits.REQUEST_URI_FETCH.count + 1)]
            assert told[-1] == "invalid_request_uri"  # asked too often
            assert error(self.ask(person, acme, uri)) == "invalid_request_object"  # what was read is judged


def test_pkce_inside_counts(browser: Browser, acme: Registered, signer: Signer) -> None:
    token = signer.sign(claims_for(acme, code_challenge=None, code_challenge_method=None))
    plain = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    assert error(ask(browser, acme, token, **plain)) == "invalid_request"
