"""A device code that was allowed gives tokens once, and polls in parallel are counted one by one."""

from typing import Any

import pytest
import requests

from tests.races.racing import ROUNDS, RUNNERS, race
from tests.support.http_client import Browserless
from tests.support.oauth_client import OAuthClient
from tests.support.stage import Stage

EMAIL = "watcher@example.com"
PASSWORD = "plum-tractor-velvet-94"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(scope="module")
def browser(stage: Stage) -> Browserless:
    stage.janua.create_user(EMAIL, PASSWORD)
    browser = Browserless(stage.base_url)
    browser.sign_in(EMAIL, PASSWORD)
    return browser


@pytest.fixture(scope="module")
def tv(stage: Stage) -> OAuthClient:
    registered = stage.janua.register_client(
        client_name="Racing Telly",
        grant_types=[DEVICE_CODE, "refresh_token"],
        token_endpoint_auth_method="none",
    )
    return OAuthClient(base_url=stage.base_url, client_id=registered["client_id"], redirect_uri="")


def begin(tv: OAuthClient) -> dict[str, Any]:
    answer = tv.post("/oauth/device_authorization", scope="openid")
    assert answer.status_code == 200, answer.text
    codes: dict[str, Any] = answer.json()
    return codes


def poll_at_once(tv: OAuthClient, codes: dict[str, Any]) -> list[requests.Response]:
    poll = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"]}
    return race([lambda: tv.post("/oauth/token", **poll)] * RUNNERS)


def errors(answers: list[requests.Response]) -> list[str]:
    return sorted(answer.json().get("error", "") for answer in answers)


def test_one_device_code_gives_tokens_once(stage: Stage, browser: Browserless, tv: OAuthClient) -> None:
    for count in range(1, ROUNDS + 1):
        codes = begin(tv)
        page = browser.get(codes["verification_uri_complete"])
        page = browser.submit(page, page.form("user_code"))
        page = browser.consent(page)
        assert "Your device is connected" in page.text
        answers = poll_at_once(tv, codes)
        assert errors(answers) == ["", *["invalid_grant"] * (RUNNERS - 1)]
        [won] = [answer.json() for answer in answers if answer.status_code == 200]
        assert tv.userinfo(won["access_token"]).status_code == 200
        families = stage.rows("SELECT id FROM tokens_tokenfamily WHERE client_id = %s", tv.client_id)
        assert len(families) == count


def test_S045_of_parallel_polls_one_is_in_time(stage: Stage, tv: OAuthClient) -> None:
    for _ in range(ROUNDS):
        codes = begin(tv)
        answers = poll_at_once(tv, codes)
        assert errors(answers) == ["authorization_pending", *["slow_down"] * (RUNNERS - 1)]
        [row] = stage.rows('SELECT "interval" FROM oauth_devicegrant ORDER BY requested_at DESC LIMIT 1')
        assert row == {"interval": 5 + 5 * (RUNNERS - 1)}


def test_a_device_is_opened_by_one_of_two_people(stage: Stage, browser: Browserless, tv: OAuthClient) -> None:
    email = "other.watcher@example.com"
    stage.janua.create_user(email, PASSWORD)
    other = Browserless(stage.base_url)
    other.sign_in(email, PASSWORD)
    cookies = [dict(each.session.cookies) for each in (browser, other)]
    for _ in range(ROUNDS):
        codes = begin(tv)
        path = _page_behind(stage, codes["user_code"])
        answers = race(
            [
                lambda path=path, jar=jar: requests.get(path, cookies=jar, timeout=30)  # type: ignore[misc]
                for jar in cookies * (RUNNERS // 2)
            ]
        )
        opened = {index % 2 for index, answer in enumerate(answers) if answer.status_code == 200}
        refused = {index % 2 for index, answer in enumerate(answers) if answer.status_code == 404}
        assert (len(opened), len(refused), opened & refused) == (1, 1, set())


def _page_behind(stage: Stage, user_code: str) -> str:
    """Enter the code as somebody who is not signed in, and stop before the sign-in."""
    anybody = Browserless(stage.base_url)
    page = anybody.get("/device")
    page = anybody.submit(page, page.form("user_code"), {"user_code": user_code})
    assert page.path == "/login"
    return f"{stage.base_url}{requests.utils.unquote(page.url.partition('next=')[2])}"
