"""A factor is set up once, however many confirm it at once; its recovery codes are one set."""

from functools import partial

import pyotp
import pytest
import requests

from tests.races.racing import ROUNDS, RUNNERS, race, statuses
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"


class Person:
    """Somebody who logged in over REST."""

    def __init__(self, stage: Stage, email: str) -> None:
        self.stage, self.email = stage, email
        stage.janua.create_user(email, PASSWORD)
        body = {"email": email, "password": PASSWORD}
        answer = requests.post(f"{stage.base_url}/api/v1/auth/login", json=body, timeout=30).json()
        self.headers = {"Authorization": f"Bearer {answer['tokens']['access_token']}"}

    def post(self, path: str, **body: str) -> requests.Response:
        url = f"{self.stage.base_url}/api/v1/auth/mfa{path}"
        return requests.post(url, json=body or None, headers=self.headers, timeout=30)

    def count(self, what: str) -> int:
        [row] = self.stage.rows(
            f"SELECT count(*) FROM {what} JOIN accounts_user u ON u.id = user_id WHERE u.email = %s",
            self.email,
        )
        return int(row["count"])


@pytest.fixture
def person(stage: Stage, request: pytest.FixtureRequest) -> Person:
    return Person(stage, f"{request.node.name.replace('_', '.')}@example.com")


def test_one_confirmation_wins(person: Person) -> None:
    for _ in range(ROUNDS):
        made = person.post("/setup", method="totp").json()
        code = pyotp.TOTP(made["secret"]).now()
        path = f"/setup/{made['id']}/confirm"
        answers = race([partial(person.post, path, code=code)] * RUNNERS)
        assert statuses(answers) == [200, *[404] * (RUNNERS - 1)]
        [won] = [answer.json() for answer in answers if answer.ok]
        assert len(won["recovery_codes"]) == 10
        assert person.count("mfa_recoverycode") == 10
        assert person.post("/disable").status_code == 204


def test_of_parallel_beginnings_one_waits(person: Person) -> None:
    for _ in range(5):
        answers = race([lambda: person.post("/setup", method="totp")] * RUNNERS)
        assert statuses(answers) == [201] * RUNNERS
        assert person.count("mfa_factor") == 1


def test_there_are_never_more_than_five_apps(person: Person) -> None:
    for _ in range(4):
        made = person.post("/setup", method="totp").json()
        person.post(f"/setup/{made['id']}/confirm", code=pyotp.TOTP(made["secret"]).now())

    def whole() -> requests.Response:
        made = person.post("/setup", method="totp").json()
        if "secret" not in made:
            return person.post("/setup", method="totp")
        return person.post(f"/setup/{made['id']}/confirm", code=pyotp.TOTP(made["secret"]).now())

    race([whole] * RUNNERS)
    assert person.count("mfa_factor") <= 5


def test_new_recovery_codes_are_one_set(person: Person) -> None:
    made = person.post("/setup", method="totp").json()
    person.post(f"/setup/{made['id']}/confirm", code=pyotp.TOTP(made["secret"]).now())
    answers = race([lambda: person.post("/recovery-codes")] * RUNNERS)
    assert statuses(answers) == [201] * RUNNERS
    assert person.count("mfa_recoverycode") == 10
