"""Choosing an account eight times in the same moment resumes its session once: one living secret, one cookie."""

import requests

from tests.races.racing import RUNNERS, race
from tests.support.http_client import Browserless
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
SESSION = "janua_session"


def test_one_choice_renews_the_secret_once(stage: Stage) -> None:
    browser = Browserless(stage.base_url)
    for email in ("chooser.one@example.com", "chooser.two@example.com"):
        stage.janua.create_user(email, PASSWORD)
        browser.sign_in(email, PASSWORD, page=browser.get("/login?another=1"))
    for _ in range(10):
        page = browser.get("/login/choose")
        form = page.form("session_id")
        waiting = [value for name, value in form.buttons if name == "session_id"][1]
        cookies = {cookie.name: cookie.value or "" for cookie in browser.session.cookies}
        data = {**form.fields, "session_id": waiting}

        def choose(data: dict[str, str] = data, cookies: dict[str, str] = cookies) -> requests.Response:
            headers = {"Origin": stage.base_url}
            url = f"{stage.base_url}/login/choose"
            return requests.post(
                url, data=data, cookies=cookies, headers=headers, timeout=30, allow_redirects=False
            )

        answers = race([choose] * RUNNERS)
        won = [answer for answer in answers if SESSION in answer.cookies]
        assert len(won) == 1
        assert {answer.status_code for answer in answers} <= {200, 303}
        for cookie in won[0].cookies:
            browser.session.cookies.set(cookie.name, cookie.value, domain=cookie.domain, path=cookie.path)
        assert browser.get("/account").path == "/account"
        living = stage.rows(
            "SELECT count(*) FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id "
            "WHERE u.email LIKE 'chooser.%%' AND s.ended_at IS NULL AND s.id = %s",
            waiting,
        )
        assert living == [{"count": 1}]
