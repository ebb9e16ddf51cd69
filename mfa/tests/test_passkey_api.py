"""`/api/v1/auth/passkeys` and what makes them, by access token and by a real authenticator's answers."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Session, User
from mfa import relying_party
from mfa.factories import give_passkey
from mfa.models import Passkey, WebAuthnChallenge
from mfa.tests.test_mfa_api import Program as Caller
from tests.support.authenticator import Authenticator
from tests.support.junk import JUNK

SHOWN = {
    *("id", "kind", "name", "provider", "aaguid", "transports", "is_backup_eligible", "is_backed_up"),
    *("created_at", "last_used_at", "suspended_at"),
}
BITWARDEN = bytes.fromhex("d548826e79b4db40a3d811116f7e8349")


class Program(Caller):
    def __call__(self, method: str, path: str = "", body: Any = None) -> Any:
        bearer = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        sent = "" if body is None else json.dumps(body)
        return Client().generic(method, f"/api/v1/auth/{path}", sent, "application/json", headers=bearer)

    def options(self, **more: str) -> dict[str, Any]:
        told = self("POST", "passkey/register/options", more)
        assert (told.status_code, told["Cache-Control"]) == (200, "no-store")
        assert told.json()["expires_in"] == 300
        asked: dict[str, Any] = told.json()["public_key"]
        return asked


@pytest.fixture
def program(alice: User) -> Program:
    return Program(alice)


def device(**knobs: Any) -> Authenticator:
    return Authenticator(origin=relying_party.origins()[0], rp_id=relying_party.rp_id(), **knobs)


def reason_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("reason", "")


def test_what_an_authenticator_is_asked_for(alice: User, program: Program) -> None:
    asked = program.options()
    assert asked["rp"] == {"id": relying_party.rp_id(), "name": "Janua"}
    assert asked["user"]["name"] == alice.email
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert (asked["attestation"], asked["excludeCredentials"]) == ("none", [])
    assert [each["alg"] for each in asked["pubKeyCredParams"]] == [-7, -8, -257]
    assert str(alice.id) not in str(asked)
    give_passkey(alice)
    asked = program.options(kind="security_key")
    assert asked["authenticatorSelection"]["residentKey"] == "discouraged"
    assert asked["authenticatorSelection"]["userVerification"] == "preferred"
    assert len(asked["excludeCredentials"]) == 1


def test_made_named_and_removed(alice: User, program: Program) -> None:
    key = device(aaguid=BITWARDEN, is_synced=True)
    kept = program(
        "POST", "passkey/register", {"credential": key.register(program.options()), "name": "Mine"}
    )
    assert kept.status_code == 201
    made = kept.json()
    assert set(made) == {*SHOWN, "recovery_codes"}
    assert (made["kind"], made["name"], made["provider"]) == ("passkey", "Mine", "Bitwarden")
    assert (made["recovery_codes"], made["transports"], made["is_backup_eligible"]) == (
        [],
        ["internal"],
        True,
    )
    [listed] = program("GET", "passkeys").json()["data"]
    assert listed == {name: made[name] for name in SHOWN}
    renamed = program("PATCH", f"passkeys/{made['id']}", {"name": " Work\nlaptop "})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Work laptop")
    gone = program("DELETE", f"passkeys/{made['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert program("GET", "passkeys").json() == {"data": []}


def test_a_first_security_key_brings_recovery_codes_once(alice: User, program: Program) -> None:
    for count in (10, 0):
        credential = device().register(program.options(kind="security_key"))
        made = program("POST", "passkey/register/verify", {"credential": credential}).json()
        assert (made["kind"], len(made["recovery_codes"])) == ("security_key", count)
    assert program("GET", "passkeys").json()["data"][0]["kind"] == "security_key"


def test_without_a_fresh_proof_nothing_is_made_or_removed(alice: User, program: Program) -> None:
    credential, there = device().register(program.options()), give_passkey(alice)
    Session.objects.update(sudo_until=None)
    for answer in (
        program("POST", "passkey/register/options", {}),
        program("POST", "passkey/register", {"credential": credential}),
        program("DELETE", f"passkeys/{there.id}"),
    ):
        assert reason_of(answer) == (401, "reauthentication_required")
    assert list(Passkey.objects.all()) == [there]


def test_other_peoples_are_not_there(alice: User, bob: User, program: Program) -> None:
    theirs = give_passkey(bob, name="Theirs")
    assert program("GET", "passkeys").json() == {"data": []}
    for passkey_id in (theirs.id, uuid4()):
        assert program("PATCH", f"passkeys/{passkey_id}", {"name": "x"}).status_code == 404
        assert program("DELETE", f"passkeys/{passkey_id}").status_code == 404
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


def test_refusals_have_a_reason(alice: User, bob: User, program: Program) -> None:
    key = device()
    signed = key.register(program.options())
    assert program("POST", "passkey/register", {"credential": signed}).status_code == 201
    assert reason_of(program("POST", "passkey/register", {"credential": signed})) == (
        422,
        "invalid_credential",
    )
    again = key.register(program.options())
    assert reason_of(program("POST", "passkey/register", {"credential": again})) == (409, "passkey_known")
    User.objects.filter(id=alice.id).update(password="!")
    only = Passkey.objects.get()
    assert reason_of(program("DELETE", f"passkeys/{only.id}")) == (409, "last_way_in")
    for _ in range(19):
        give_passkey(alice)
    assert reason_of(program("POST", "passkey/register/options", {})) == (409, "too_many")


def test_strict_bodies(alice: User, program: Program) -> None:
    there = give_passkey(alice)
    for path, body in (
        ("passkey/register/options", {"kind": "mouse"}),
        ("passkey/register/options", {"user": str(alice.id)}),
        *(("passkey/register", {"credential": odd}) for odd in (None, "x", [], 5, {}, {"response": "x"})),
        ("passkey/register", {"credential": {"response": {}}, "kind": "passkey"}),
        ("passkey/register", {"credential": {"response": {}}, "name": "n" * 65}),
    ):
        assert program("POST", path, body).status_code == 422, body
    for body in ({}, {"name": ""}, {"name": "n" * 65}, {"name": "x", "sign_count": 0}):
        assert program("PATCH", f"passkeys/{there.id}", body).status_code == 422, body


ODD: dict[str, Callable[[dict[str, Any]], Any]] = {
    "nothing in it": lambda told: told.update(response={}),
    "a number": lambda told: told["response"].update(attestationObject=5),
    "no base64": lambda told: told["response"].update(attestationObject="%%%"),
    "no CBOR": lambda told: told["response"].update(attestationObject="____"),
    "client data is not UTF-8": lambda told: told["response"].update(clientDataJSON="____"),
    "the id is a list": lambda told: told.update(id=[]),
    "the id is another": lambda told: told.update(id="AAAA", rawId="AAAA"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_credential_is_a_refusal(alice: User, program: Program, odd: str) -> None:
    told = device().register(program.options())
    ODD[odd](told)
    assert reason_of(program("POST", "passkey/register", {"credential": told})) == (422, "invalid_credential")
    assert not Passkey.objects.exists()


NAMES = ("clientDataJSON", "attestationObject")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    outer=st.dictionaries(st.sampled_from(("id", "rawId", "type", "response")), JUNK, min_size=1),
    inner=st.dictionaries(st.sampled_from(NAMES), JUNK),
    transports=JUNK,
)
def test_nonsense_is_never_our_fault(
    alice: User, program: Program, outer: dict[str, Any], inner: dict[str, Any], transports: Any
) -> None:
    told = device().register(program.options())
    told["response"].update(inner, transports=transports)
    answer = program("POST", "passkey/register", {"credential": {**told, **outer}})
    assert answer.status_code == 422
    assert not Passkey.objects.exists()
    WebAuthnChallenge.objects.all().delete()


def test_nothing_is_told_without_a_token(alice: User) -> None:
    there = give_passkey(alice)
    nobody = Program(alice)
    nobody.tokens = {"access_token": "x"}
    for method, path in (
        ("GET", "passkeys"),
        ("PATCH", f"passkeys/{there.id}"),
        ("DELETE", f"passkeys/{there.id}"),
        ("POST", "passkey/register/options"),
        ("POST", "passkey/register"),
    ):
        assert nobody(method, path, None if method in ("GET", "DELETE") else {}).status_code == 401
