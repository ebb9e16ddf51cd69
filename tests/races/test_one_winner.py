"""Eight parallel requests for one one-time thing, over HTTP and PostgreSQL: exactly one wins, every time.

Cases: S027 S052 S053.
"""

from typing import Any

import pytest
import requests

from tests.races.racing import ROUNDS, RUNNERS, race, statuses
from tests.support.http_client import Browserless
from tests.support.oauth_client import OAuthClient, authorize_code_flow
from tests.support.smtp import code_in
from tests.support.stage import Stage

EMAIL = "racer@example.com"
PASSWORD = "plum-tractor-velvet-94"
ONE_WINNER = {status: sorted([status, *[422] * (RUNNERS - 1)]) for status in (200, 204)}


@pytest.fixture(scope="module")
def browser(stage: Stage) -> Browserless:
    stage.janua.create_user(EMAIL, PASSWORD)
    browser = Browserless(stage.base_url)
    browser.sign_in(EMAIL, PASSWORD)
    return browser


@pytest.fixture
def client(stage: Stage, browser: Browserless) -> OAuthClient:
    """A client of its own for each test, so that its rows can be counted; the person has allowed it."""
    metadata = {
        "client_name": "Racing Club",
        "redirect_uris": ["https://racing.example/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
    }
    client = OAuthClient.registered(stage.base_url, stage.janua.register_client(**metadata))
    authorize_code_flow(browser, client)
    return client


def post(stage: Stage, path: str, **body: str) -> requests.Response:
    return requests.post(f"{stage.base_url}/api/v1{path}", json=body, timeout=30)


def families_of(stage: Stage, client: OAuthClient) -> list[dict[str, Any]]:
    return stage.rows(
        "SELECT f.id, f.revoked_at, f.revoked_reason, count(t.id) AS tokens, "
        "count(t.id) FILTER (WHERE t.used_at IS NULL) AS unused "
        "FROM tokens_tokenfamily f LEFT JOIN tokens_refreshtoken t ON t.family_id = f.id "
        "WHERE f.client_id = %s GROUP BY f.id ORDER BY f.created_at",
        client.client_id,
    )


def test_S027_one_authorization_code_gives_tokens_once(
    stage: Stage, browser: Browserless, client: OAuthClient
) -> None:
    """RFC 6749 section 4.1.2: the seven others are replays, so what the code gave is revoked again."""
    for count in range(1, ROUNDS + 1):
        answer = authorize_code_flow(browser, client)
        answers = race([lambda answer=answer: client.exchange_code(answer)] * RUNNERS)  # type: ignore[misc]
        assert statuses(answers) == [200, *[400] * (RUNNERS - 1)]
        assert {lost.json()["error"] for lost in answers if lost.status_code == 400} == {"invalid_grant"}
        families = families_of(stage, client)
        assert len(families) == count
        assert families[-1]["tokens"] == 1
        assert families[-1]["revoked_reason"] == "code_replayed"
        [won] = [answer.json() for answer in answers if answer.status_code == 200]
        assert client.userinfo(won["access_token"]).status_code == 401


def test_S053_one_refresh_token_has_one_successor_in_the_retry_window(
    stage: Stage, browser: Browserless, client: OAuthClient
) -> None:
    """Whoever asks again within ten seconds gets the very successor that the first got, and no other."""
    token = first_refresh_token(browser, client)
    for count in range(1, ROUNDS + 1):
        answers = race([lambda token=token: client.refresh(token)] * RUNNERS)  # type: ignore[misc]
        assert statuses(answers) == [200] * RUNNERS
        [token] = {answer.json()["refresh_token"] for answer in answers}
        [family] = families_of(stage, client)
        assert (family["tokens"], family["unused"], family["revoked_at"]) == (1 + count, 1, None)


def test_S052_S053_refresh_token_replayed_after_the_retry_window_ends_the_family_once(
    stage: Stage, browser: Browserless, client: OAuthClient
) -> None:
    for count in range(1, ROUNDS + 1):
        token = first_refresh_token(browser, client)
        successor = client.refresh(token).json()["refresh_token"]
        *_, family = families_of(stage, client)
        stage.execute(
            "UPDATE tokens_refreshtoken SET used_at = used_at - interval '11 seconds' WHERE family_id = %s",
            family["id"],
        )
        answers = race([lambda token=token: client.refresh(token)] * RUNNERS)  # type: ignore[misc]
        assert statuses(answers) == [400] * RUNNERS
        assert {answer.json()["error"] for answer in answers} == {"invalid_grant"}
        assert client.refresh(successor).json()["error"] == "invalid_grant"
        *_, family = families_of(stage, client)
        assert (family["tokens"], family["revoked_reason"]) == (2, "refresh_token_replayed")
        told = stage.rows(
            "SELECT count(*) FROM audit_event WHERE action = 'token.family_revoked' AND target_id = %s",
            str(family["id"]),
        )
        assert told == [{"count": 1}]
        mailed = stage.rows("SELECT count(*) FROM core_mail WHERE kind = 'refresh_token_replayed'")
        assert mailed == [{"count": count}]


def first_refresh_token(browser: Browserless, client: OAuthClient) -> str:
    token: str = client.exchange_code(authorize_code_flow(browser, client)).json()["refresh_token"]
    return token


def test_S053_one_refresh_token_of_the_api_has_one_successor(stage: Stage, browser: Browserless) -> None:
    signed_in = post(stage, "/auth/login", email=EMAIL, password=PASSWORD).json()
    token, session_id = signed_in["tokens"]["refresh_token"], signed_in["session"]["id"]
    for count in range(1, ROUNDS + 1):
        answers = race(
            [lambda token=token: post(stage, "/auth/token/refresh", refresh_token=token)] * RUNNERS  # type: ignore[misc]
        )
        assert statuses(answers) == [200] * RUNNERS
        [token] = {answer.json()["refresh_token"] for answer in answers}
        rows = stage.rows(
            "SELECT count(*) AS tokens, count(*) FILTER (WHERE t.used_at IS NULL) AS unused "
            "FROM tokens_refreshtoken t JOIN tokens_tokenfamily f ON f.id = t.family_id WHERE f.session_id = %s",
            session_id,
        )
        assert rows == [{"tokens": 1 + count, "unused": 1}]


def test_one_reset_code_sets_one_password(stage: Stage) -> None:
    email = "forgetful@example.com"
    stage.janua.create_user(email, PASSWORD)
    for count in range(ROUNDS):
        code = mailed_code(stage, "/auth/password/forgot", email=email)
        passwords = [f"{PASSWORD}-{count}-{runner}" for runner in range(RUNNERS)]
        body = {"email": email, "code": code}
        answers = race(
            [
                lambda body=body, new=new: post(stage, "/auth/password/reset", **body, new_password=new)  # type: ignore[misc]
                for new in passwords
            ]
        )
        assert statuses(answers) == ONE_WINNER[204]
        for answer, password in zip(answers, passwords, strict=True):
            expected = 200 if answer.status_code == 204 else 401
            assert post(stage, "/auth/login", email=email, password=password).status_code == expected


def test_one_verification_code_makes_one_user(stage: Stage) -> None:
    for count in range(ROUNDS):
        email = f"newcomer-{count}@example.com"
        code = mailed_code(stage, "/auth/register", email=email, password=PASSWORD)
        body = {"email": email, "code": code}
        answers = race([lambda body=body: post(stage, "/auth/email/verify", **body)] * RUNNERS)  # type: ignore[misc]
        assert statuses(answers) == ONE_WINNER[200]
        assert users_with(stage, email) == 1


def test_address_signed_up_twice_becomes_one_user_with_the_winners_password(stage: Stage) -> None:
    """Two people, or one in two windows: each code is tried four times, all in the same moment."""
    for count in range(ROUNDS):
        email = f"twice-{count}@example.com"
        bodies = []
        for password in (PASSWORD, f"other-{PASSWORD}"):
            mails = len(stage.mail.messages)
            requested = post(stage, "/auth/register", email=email, password=password).json()
            code = code_in(stage.mail.wait_for_mail(to=email, after=mails))
            bodies.append({"email": email, "code": code, "verification_id": requested["verification"]["id"]})
        runners = bodies * (RUNNERS // 2)
        answers = race([lambda body=body: post(stage, "/auth/email/verify", **body) for body in runners])  # type: ignore[misc]
        assert statuses(answers) == ONE_WINNER[200]
        assert users_with(stage, email) == 1
        winner = next(index for index, answer in enumerate(answers) if answer.status_code == 200) % 2
        for index, password in enumerate((PASSWORD, f"other-{PASSWORD}")):
            expected = 200 if index == winner else 401
            assert post(stage, "/auth/login", email=email, password=password).status_code == expected


def users_with(stage: Stage, email: str) -> int:
    return len(stage.rows("SELECT id FROM accounts_user WHERE email = %s", email))


def mailed_code(stage: Stage, path: str, *, email: str, **body: str) -> str:
    """Ask for a mail and read its code."""
    mails = len(stage.mail.messages)
    assert post(stage, path, email=email, **body).status_code in (201, 202)
    return code_in(stage.mail.wait_for_mail(to=email, subject="code", after=mails))
