"""Eight parallel changes of one client: one secret stays current, one version is followed by one change."""

from typing import Any

import pytest
import requests

from tests.races.racing import RUNNERS, race, statuses
from tests.support.stage import Stage

EMAIL = "keeper@janua.dev"
PASSWORD = "plum-tractor-velvet-94"
ROUNDS = 10
METADATA = {"client_name": "Racing Club", "redirect_uris": ["https://racing.example/cb"]}


class Operator:
    """Calls of somebody who may register clients."""

    def __init__(self, stage: Stage) -> None:
        stage.janua.create_user(EMAIL, PASSWORD, role="admin")
        self.base_url = f"{stage.base_url}/api/v1"
        body = {"email": EMAIL, "password": PASSWORD}
        login = requests.post(f"{self.base_url}/auth/login", json=body, timeout=30).json()
        self.bearer = {"Authorization": f"Bearer {login['tokens']['access_token']}"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        return requests.request(
            method,
            f"{self.base_url}/oauth/clients{path}",
            json=body,
            headers={**self.bearer, **headers},
            timeout=30,
        )

    def new_client(self) -> str:
        return str(self("POST", "", METADATA).json()["client_id"])


@pytest.fixture(scope="module")
def call(stage: Stage) -> Operator:
    return Operator(stage)


def test_parallel_rotations_leave_one_current_secret_and_at_most_five(call: Operator) -> None:
    for _ in range(ROUNDS):
        client_id = call.new_client()
        answers = race([lambda path=f"/{client_id}/secrets": call("POST", path)] * RUNNERS)  # type: ignore[misc]
        assert statuses(answers) == [201] * 4 + [409] * 4
        secrets = call("GET", f"/{client_id}/secrets").json()["data"]
        assert len(secrets) == 5
        assert [each["expires_at"] is None for each in secrets] == [True, False, False, False, False]


def test_one_version_is_followed_by_one_change(call: Operator) -> None:
    for _ in range(ROUNDS):
        path = f"/{call.new_client()}"
        etag = call("GET", path).headers["ETag"]
        sent = [
            lambda n=n: call("PATCH", path, {"client_name": f"Name {n}"}, **{"If-Match": etag})  # type: ignore[misc] # noqa: B023
            for n in range(RUNNERS)
        ]
        answers = race(sent)
        assert statuses(answers).count(200) == 1
        assert set(statuses(answers)) <= {200, 409, 412}
        [winner] = [answer.json()["client_name"] for answer in answers if answer.ok]
        assert call("GET", path).json()["client_name"] == winner


def test_one_idempotency_key_makes_one_client(stage: Stage, call: Operator) -> None:
    for number in range(ROUNDS):
        key, body = {"Idempotency-Key": f"race-number-{number}"}, {**METADATA, "publisher": f"Race {number}"}
        answers = race([lambda key=key, body=body: call("POST", "", body, **key)] * RUNNERS)  # type: ignore[misc]
        assert set(statuses(answers)) <= {201, 409}
        assert len({answer.json()["client_id"] for answer in answers if answer.ok}) == 1
        rows = stage.rows("SELECT count(*) AS n FROM oauth_client WHERE publisher = %s", f"Race {number}")
        assert rows[0]["n"] == 1


def test_a_client_that_is_deleted_meanwhile_is_404_and_never_a_fault(call: Operator) -> None:
    for _ in range(ROUNDS):
        path = f"/{call.new_client()}"
        acts = [("DELETE", ""), ("POST", "/secrets"), ("POST", "/disable"), ("DELETE", "")] * 2
        answers = race([lambda act=act: call(act[0], f"{path}{act[1]}") for act in acts])  # type: ignore[misc] # noqa: B023
        assert max(statuses(answers)) <= 409
        assert statuses([a for a, act in zip(answers, acts, strict=True) if act == ("DELETE", "")])[0] == 204
        assert call("GET", path).status_code == 404
