"""A mailed code signs in once, whoever presses how often; an account of the browser is resumed once."""

import pytest
import requests

from tests.races.racing import ROUNDS, RUNNERS, race, statuses
from tests.support.smtp import code_in, link_in
from tests.support.stage import Stage

EMAIL = "mailed@example.com"
PASSWORD = "plum-tractor-velvet-94"
ONE_WINNER = [200, *[401] * (RUNNERS - 1)]


@pytest.fixture(scope="module", autouse=True)
def _person(stage: Stage) -> None:
    stage.janua.create_user(EMAIL, PASSWORD)


def post(stage: Stage, path: str, **body: str) -> requests.Response:
    return requests.post(f"{stage.base_url}/api/v1/auth/magic-link/{path}", json=body, timeout=30)


def sessions_of(stage: Stage, door: str) -> int:
    rows = stage.rows(
        "SELECT count(*) FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id "
        "WHERE u.email = %s AND s.door = %s",
        EMAIL,
        door,
    )
    return int(rows[0]["count"])


@pytest.mark.parametrize("door", ["magic_code", "magic_link", "both"])
def test_one_mail_signs_in_once(stage: Stage, door: str) -> None:
    before = sessions_of(stage, "magic_code") + sessions_of(stage, "magic_link")
    for count in range(1, ROUNDS + 1):
        mails = len(stage.mail.messages)
        asker = post(stage, "request", email=EMAIL).json()["id"]
        mail = stage.mail.wait_for_mail(to=EMAIL, subject="code", after=mails)
        by_code = {"id": asker, "code": code_in(mail)}
        by_link = {"id": asker, "token": link_in(mail, "token=").partition("token=")[2]}
        bodies = {"magic_code": [by_code] * 4, "magic_link": [by_link] * 8, "both": [by_code, by_link] * 4}[
            door
        ]
        answers = race([lambda body=body: post(stage, "verify", **body) for body in bodies])  # type: ignore[misc]
        assert statuses(answers) == ONE_WINNER[: len(bodies)]
        after = sessions_of(stage, "magic_code") + sessions_of(stage, "magic_link")
        assert after == before + count


def test_wrong_guesses_in_parallel_are_all_counted(stage: Stage) -> None:
    """Eight at once, each a code of its own: five are heard, and then the right one is not."""
    mails = len(stage.mail.messages)
    asker = post(stage, "request", email=EMAIL).json()["id"]
    code = code_in(stage.mail.wait_for_mail(to=EMAIL, subject="code", after=mails))
    guesses = [f"{(int(code) + number) % 10**8:08}" for number in range(1, RUNNERS + 1)]
    answers = race([lambda guess=guess: post(stage, "verify", id=asker, code=guess) for guess in guesses])  # type: ignore[misc]
    assert statuses(answers) == [401] * RUNNERS
    assert post(stage, "verify", id=asker, code=code).status_code == 401
    [row] = stage.rows("SELECT guesses, used_at FROM accounts_signincode ORDER BY created_at DESC LIMIT 1")
    assert (row["guesses"], row["used_at"]) == (5, None)
