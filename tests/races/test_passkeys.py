"""What an authenticator signed once counts once, however often it is sent in the same moment (S151, rule 13)."""

from functools import partial
from urllib.parse import urlsplit

import pytest
import requests

from tests.races.racing import ROUNDS, RUNNERS, race, statuses
from tests.support.authenticator import Authenticator
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
ONE_WINNER = [200, *[401] * (RUNNERS - 1)]


class Program:
    """Somebody's program that logged in over REST."""

    def __init__(self, stage: Stage, email: str) -> None:
        self.stage, self.email = stage, email
        stage.janua.create_user(email, PASSWORD)
        self.headers: dict[str, str] = {}
        token = self.post("login", email=email, password=PASSWORD).json()["tokens"]["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, **body: object) -> requests.Response:
        url = f"{self.stage.base_url}/api/v1/auth/{path}"
        return requests.post(url, json=body, headers=self.headers, timeout=30)

    def made_with(self, key: Authenticator, kind: str) -> dict[str, object]:
        return key.register(self.post("passkey/register/options", kind=kind).json()["public_key"])

    def count(self, what: str) -> int:
        [row] = self.stage.rows(
            f"SELECT count(*) FROM {what} JOIN accounts_user u ON u.id = user_id WHERE u.email = %s",
            self.email,
        )
        return int(row["count"])


@pytest.fixture
def program(stage: Stage, request: pytest.FixtureRequest) -> Program:
    return Program(stage, f"{request.node.name.replace('_', '.')}@example.com")


def new_key(stage: Stage, **knobs: object) -> Authenticator:
    return Authenticator(origin=stage.base_url, rp_id=urlsplit(stage.base_url).hostname or "", **knobs)  # type: ignore[arg-type]


def test_s151_one_signature_signs_in_once(stage: Stage, program: Program) -> None:
    key = new_key(stage)
    assert program.post("passkey/register", credential=program.made_with(key, "passkey")).status_code == 201
    for _ in range(ROUNDS):
        before = program.count("accounts_session")
        asked = program.post("passkey/authenticate/options").json()
        signed = key.sign(asked["public_key"])
        send = partial(program.post, "passkey/authenticate", id=asked["id"], credential=signed)
        assert statuses(race([send] * RUNNERS)) == ONE_WINNER
        assert program.count("accounts_session") == before + 1
    assert stage.rows("SELECT id FROM mfa_passkey WHERE suspended_at IS NOT NULL") == []


def test_s151_one_signature_answers_one_challenge(stage: Stage, program: Program) -> None:
    key = new_key(stage)
    made = program.made_with(key, "security_key")
    assert program.post("passkey/register", credential=made).status_code == 201
    for _ in range(ROUNDS):
        token = program.post("login", email=program.email, password=PASSWORD).json()["mfa_token"]
        due = program.post("mfa/challenge", mfa_token=token, method="passkey").json()["public_key"]
        send = partial(program.post, "mfa/verify", mfa_token=token, credential=key.sign(due))
        assert statuses(race([send] * RUNNERS)) == ONE_WINNER


def test_s151_one_attestation_makes_one_passkey(stage: Stage, program: Program) -> None:
    for count in range(1, 6):
        send = partial(
            program.post, "passkey/register", credential=program.made_with(new_key(stage), "passkey")
        )
        assert statuses(race([send] * RUNNERS)) == [201, *[422] * (RUNNERS - 1)]
        assert program.count("mfa_passkey") == count


def test_s156_of_people_who_bring_the_same_credential_one_has_it(stage: Stage) -> None:
    people = [Program(stage, f"s156.{number}@example.com") for number in range(RUNNERS)]
    for _ in range(5):
        key = new_key(stage)
        brought = [(person, person.made_with(key, "passkey")) for person in people]
        answers = race(
            [partial(person.post, "passkey/register", credential=made) for person, made in brought]
        )
        assert statuses(answers) == [201, *[409] * (RUNNERS - 1)]
