"""Clients that authenticate by a JWT of their own (RFC 7523, OpenID Connect Core section 9). Cases S038 and S219."""

import json
import time
from ipaddress import ip_network
from typing import Any

import pytest

from core import clock
from core.tests.servers import Server, answering, ok
from oauth import metadata
from oauth.errors import InvalidClientMetadata
from oauth.factories import register_client
from oauth.models import ClientAssertion
from oauth.services import clients
from oauth.services.clients import Registered
from oauth.tasks import purge_authorizations
from oauth.tests.flows import ISSUER, error_of, post
from oauth.tests.signing import TOKEN_ENDPOINT, Signer, by_assertion, key_for
from tokens.services.foreign_jwt import ALGORITHMS

pytestmark = pytest.mark.django_db


def register(signer: Signer, **members: Any) -> Registered:
    given = {"jwks": signer.jwks, **members}
    return register_client(
        grant_types=["client_credentials"],
        scope="jobs",
        token_endpoint_auth_method="private_key_jwt",
        **given,
    )


@pytest.fixture
def signer() -> Signer:
    return Signer()


@pytest.fixture
def robot(signer: Signer) -> Registered:
    return register(signer)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_it_authenticates_by_each_algorithm(algorithm: str) -> None:
    signer = Signer(algorithm)
    robot = register(signer)
    assert robot.secret is None
    assert by_assertion(signer.assertion(robot)).status_code == 200


@pytest.mark.parametrize("audience", [ISSUER, TOKEN_ENDPOINT, [TOKEN_ENDPOINT, "https://other.example"]])
def test_the_audience_may_be_the_issuer_or_the_token_endpoint(
    signer: Signer, robot: Registered, audience: Any
) -> None:
    assert by_assertion(signer.assertion(robot, aud=audience)).status_code == 200


def test_it_opens_introspection_too(signer: Signer, robot: Registered) -> None:
    token = by_assertion(signer.assertion(robot)).json()["access_token"]
    form = {"token": token, "client_assertion": signer.assertion(robot, aud=f"{ISSUER}/oauth/introspect")}
    form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    robot.client.token_endpoint_auth_method = ""  # the helper adds nothing of its own
    assert post("/oauth/introspect", robot, **form).json()["active"] is True


def test_s038_an_assertion_is_used_once(signer: Signer, robot: Registered) -> None:
    assertion = signer.assertion(robot)
    assert by_assertion(assertion).status_code == 200
    assert error_of(by_assertion(assertion)) == (401, "invalid_client")
    assert by_assertion(signer.assertion(robot)).status_code == 200


def test_two_clients_may_choose_the_same_jti(signer: Signer, robot: Registered) -> None:
    other = register(signer)
    for client in (robot, other):
        assert by_assertion(signer.assertion(client, jti="one")).status_code == 200


BAD: dict[str, dict[str, Any]] = {
    "no jti": {"jti": None},
    "an empty jti": {"jti": ""},
    "a jti that is no text": {"jti": 7},
    "an endless jti": {"jti": "x" * 256},
    "no exp": {"exp": None},
    "expired": {"exp": 1},
    "exp as text": {"exp": "9999999999"},
    "an exp beyond a day": {"exp": int(time.time()) + 90_000},
    "not valid yet": {"nbf": 4_102_444_800},  # 2100
    "issued tomorrow": {"iat": int(time.time()) + 86_000},
    "no aud": {"aud": None},
    "another server's": {"aud": "https://other.example"},
    "a longer issuer": {"aud": f"{ISSUER}.evil.test"},
    "another issuer": {"iss": "somebody"},
    "no iss": {"iss": None},
    "no sub": {"sub": None},
    "an unknown client": {"sub": "jnu_cl_nobody"},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD.keys())
def test_a_bad_assertion_is_invalid_client(
    signer: Signer, robot: Registered, changes: dict[str, Any]
) -> None:
    assert error_of(by_assertion(signer.assertion(robot, **changes))) == (401, "invalid_client")
    assert not ClientAssertion.objects.exists()


def test_a_strangers_signature_is_invalid_client(robot: Registered) -> None:
    assert error_of(by_assertion(Signer().assertion(robot))) == (401, "invalid_client")


def test_the_header_may_ask_for_nothing_and_bring_no_key(db: None) -> None:
    """RFC 7515 section 4.1.11, RFC 8725 section 3.10."""
    signer, thief = Signer("RS256"), Signer()
    robot = register(signer)
    claims = {"iss": robot.client.client_id, "sub": robot.client.client_id, "aud": ISSUER, "jti": "1"}
    claims["exp"] = int(time.time()) + 60  # type: ignore[assignment]
    for header in ({"crit": ["b64"], "b64": False}, {"kid": "unknown"}, {"alg": "none"}, {"alg": "HS256"}):
        refused = by_assertion(signer.sign_by_hand(claims, **header))
        assert error_of(refused) == (401, "invalid_client"), header
    own_key = thief.sign(claims, jwk=thief.key.as_dict(private=False))
    assert error_of(by_assertion(own_key)) == (401, "invalid_client")
    assert by_assertion(signer.sign_by_hand(claims)).status_code == 200


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "e30.e30.", "é.é.é", "x" * 9000, "eyJhbGciOiJub25lIn0.e30."]
)
def test_what_is_no_assertion_is_refused(db: None, text: str) -> None:
    assert by_assertion(text).status_code in {400, 401}


def test_the_client_beside_it_must_be_the_same(signer: Signer, robot: Registered) -> None:
    assert by_assertion(signer.assertion(robot), client_id=robot.client.client_id).status_code == 200
    assert error_of(by_assertion(signer.assertion(robot), client_id="x")) == (401, "invalid_client")


def test_another_type_or_a_second_way_is_invalid_request(signer: Signer, robot: Registered) -> None:
    assert error_of(by_assertion(signer.assertion(robot), client_assertion_type="x")) == (
        400,
        "invalid_request",
    )
    assert error_of(by_assertion(signer.assertion(robot), client_secret="x")) == (400, "invalid_request")


def test_a_client_with_a_secret_cannot_come_by_assertion(signer: Signer) -> None:
    acme = register_client(jwks=signer.jwks)
    assert error_of(by_assertion(signer.assertion(acme))) == (401, "invalid_client")


def test_a_disabled_client_is_out(signer: Signer, robot: Registered, olivia: Any) -> None:
    clients.disable(actor=olivia, client=robot.client, now=clock.now())
    assert error_of(by_assertion(signer.assertion(robot))) == (401, "invalid_client")


def test_used_assertions_are_forgotten_when_they_have_expired(signer: Signer, robot: Registered) -> None:
    by_assertion(signer.assertion(robot))
    purge_authorizations()
    assert ClientAssertion.objects.count() == 1
    ClientAssertion.objects.update(expires_at=clock.now())
    purge_authorizations()
    assert not ClientAssertion.objects.exists()


class TestKeysByReference:
    @pytest.fixture(autouse=True)
    def loopback(self, janua_options: Any) -> None:
        janua_options(outbound_allow=(ip_network("127.0.0.0/8"),))

    def served(self, jwks: object) -> Server:
        return answering(ok(json.dumps(jwks).encode()))

    def by_uri(self, server: Server) -> Registered:
        return register(Signer(), jwks=None, jwks_uri=f"http://127.0.0.1:{server.port}/jwks")

    def test_they_are_fetched_once_and_kept(self, signer: Signer) -> None:
        with self.served(signer.jwks) as server:
            robot = self.by_uri(server)
            for _ in range(3):
                assert by_assertion(signer.assertion(robot)).status_code == 200
            assert len(server.requests) == 1

    def test_a_new_key_is_found(self, signer: Signer) -> None:
        with self.served(signer.jwks) as server:
            robot = self.by_uri(server)
            by_assertion(signer.assertion(robot))
            rotated = Signer()
            server.behave = self.served(rotated.jwks).behave
            answer = ok(json.dumps(rotated.jwks).encode())
            server.behave = lambda connection: (server.read_request(connection), connection.sendall(answer))[
                1
            ]
            assert by_assertion(rotated.assertion(robot)).status_code == 200
            assert error_of(by_assertion(signer.assertion(robot))) == (401, "invalid_client")

    def test_kept_keys_serve_while_the_server_is_away(self, signer: Signer) -> None:
        with self.served(signer.jwks) as server:
            robot = self.by_uri(server)
            by_assertion(signer.assertion(robot))
        assert by_assertion(signer.assertion(robot)).status_code == 200

    @pytest.mark.parametrize("note", ["\0", "\ud800", float("nan")], ids=["NUL", "half", "NaN"])
    def test_what_cannot_be_stored_is_a_refusal_too(self, signer: Signer, note: object) -> None:
        with self.served({**signer.jwks, "note": note}) as server:
            response = by_assertion(signer.assertion(self.by_uri(server)))
        assert error_of(response) == (401, "invalid_client")

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
            ok(b"not json"),
            ok(b"[]"),
            ok(b'{"keys": []}'),
            ok(b'{"keys": [{"kty": "oct", "k": "AAAA"}]}'),
            ok(b"[" * 50_000),
            ok(b"x" * 100_000),
            b"garbage",
        ],
        ids=["redirect", "error", "text", "list", "no keys", "a secret", "deep", "huge", "no HTTP"],
    )
    def test_a_bad_answer_is_a_clear_refusal(self, signer: Signer, answer: bytes) -> None:
        with answering(answer) as server:
            response = by_assertion(signer.assertion(self.by_uri(server)))
        assert error_of(response) == (401, "invalid_client")
        assert "jwks_uri" in response.json()["error_description"]


@pytest.mark.parametrize(
    "members",
    [
        {"jwks": None},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": "x"}},
        {"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}},
        {"jwks": Signer().key.as_dict(private=True)},
        {"jwks": {"keys": [Signer().key.as_dict(private=True)]}},
        {
            "jwks": {
                "keys": [
                    {
                        **key_for("RS256").as_dict(private=False),
                        "e": key_for("RS256").as_dict()["n"][:340] + "w",
                    }
                ]
            }
        },
        {"jwks": {"keys": [{"kty": "RSA", "n": "_" * 2000, "e": "AQAB"}]}},
        {"jwks_uri": "https://example.com/jwks"},
        {"jwks": None, "jwks_uri": "https://10.0.0.1/jwks"},
        {"jwks": None, "jwks_uri": "http://127.0.0.1/jwks"},
        {"jwks": None, "jwks_uri": "https://169.254.169.254/latest"},
    ],
)
def test_keys_that_cannot_serve_are_refused_at_registration(signer: Signer, members: dict[str, Any]) -> None:
    with pytest.raises(InvalidClientMetadata):
        register(signer, **members)


def test_the_registration_shows_public_keys_only(signer: Signer, robot: Registered) -> None:
    body = metadata.to_json(robot.client, None, issued_at=clock.now())
    assert body["jwks"] == signer.jwks
    assert "client_secret" not in body
