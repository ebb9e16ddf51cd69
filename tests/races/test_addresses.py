"""Eight people prove one address at the same time, by every way there is: exactly one has it."""

import pytest
import requests

from tests.races.racing import RUNNERS, race, statuses
from tests.support.smtp import code_in
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
ROUNDS = 10
HOLDERS = """
    SELECT id FROM accounts_user WHERE email = %s
    UNION ALL SELECT id FROM accounts_emailaddress WHERE email = %s
"""


class Person:
    """Somebody over REST."""

    def __init__(self, stage: Stage, name: str) -> None:
        self.stage, self.email = stage, f"{name}@example.com"
        stage.janua.create_user(self.email, PASSWORD)
        body = {"email": self.email, "password": PASSWORD}
        tokens = requests.post(f"{stage.base_url}/api/v1/auth/login", json=body, timeout=30).json()["tokens"]
        self.header = {"Authorization": f"Bearer {tokens['access_token']}"}

    def post(self, path: str, **body: str) -> requests.Response:
        url = f"{self.stage.base_url}/api/v1{path}"
        return requests.post(url, json=body, headers=self.header, timeout=30)

    def ask(self, email: str, path: str = "/users/me/emails") -> tuple[str, str]:
        """Ask for the address: the way to prove it, and the code."""
        came = len(self.stage.mail.messages)
        waiting = self.post(path, email=email).json()["id"]
        code = code_in(self.stage.mail.wait_for_mail(to=email, subject="code", after=came))
        return f"/users/me/emails/{waiting}/verify", code


@pytest.fixture(scope="module")
def people(stage: Stage) -> list[Person]:
    return [Person(stage, f"mover{number}") for number in range(RUNNERS - 1)]


def sign_up(stage: Stage, email: str) -> dict[str, str]:
    came = len(stage.mail.messages)
    url = f"{stage.base_url}/api/v1/auth/register"
    answer = requests.post(url, json={"email": email, "password": PASSWORD}, timeout=30).json()
    code = code_in(stage.mail.wait_for_mail(to=email, subject="code", after=came))
    return {"email": email, "code": code, "verification_id": answer["verification"]["id"]}


def test_s119_one_address_has_one_owner_however_many_prove_it_at_once(
    stage: Stage, people: list[Person]
) -> None:
    """Seven of them, half as a further and half as their primary address, and one who signs up with it."""
    verify = f"{stage.base_url}/api/v1/auth/email/verify"
    for number in range(ROUNDS):
        email = f"wanted{number}@example.com"
        paths = ["/users/me/emails", "/auth/email/change"]
        asked = [(person, *person.ask(email, paths[index % 2])) for index, person in enumerate(people)]
        body = sign_up(stage, email)
        answers = race(
            [
                *(
                    lambda person=person, path=path, code=code: person.post(path, code=code)  # type: ignore[misc]
                    for person, path, code in asked
                ),
                lambda body=body: requests.post(verify, json=body, timeout=30),  # type: ignore[misc]
            ]
        )
        assert statuses(answers) == [200, *[422] * (RUNNERS - 1)]
        assert len(stage.rows(HOLDERS, email, email)) == 1


def test_one_code_adds_one_address_once(stage: Stage, people: list[Person]) -> None:
    person = people[0]
    for number in range(5):
        path, code = person.ask(f"single{number}@example.com")
        answers = race([lambda path=path, code=code: person.post(path, code=code)] * RUNNERS)  # type: ignore[misc]
        # Who comes after the winner finds nothing waiting any more.
        assert statuses(answers).count(200) == 1
        assert set(statuses(answers)) <= {200, 404, 422}


def test_two_swaps_at_once_lose_no_address(stage: Stage, people: list[Person]) -> None:
    person = people[1]
    path, code = person.ask("swapped@example.com")
    person.post(path, code=code)
    url = f"{stage.base_url}/api/v1/users/me/emails"
    for _ in range(ROUNDS):
        before = requests.get(url, headers=person.header, timeout=30).json()["data"]
        further = [each["id"] for each in before if not each["is_primary"]]
        answers = race(
            [lambda one=one: person.post(f"/users/me/emails/{one}/primary") for one in further * 4]  # type: ignore[misc]
        )
        assert set(statuses(answers)) <= {200, 404}
        after = requests.get(url, headers=person.header, timeout=30).json()["data"]
        assert {each["email"] for each in after} == {each["email"] for each in before}
