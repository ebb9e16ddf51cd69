"""The device grant under attack: another person's device (S043), polling in haste (S045), guessed codes, phishing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from audit.models import Event
from oauth.models import Consent, DeviceGrant
from oauth.services.clients import Registered
from oauth.tests.device_flow import begin, enter, page_of, poll, register_tv
from oauth.tests.flows import error_of
from tests.adversarial.tools import session_for
from tokens.models import TokenFamily


@pytest.fixture
def tv(db: None) -> Registered:
    return register_tv()


def browser_of(user: Any) -> Browser:
    browser = Browser()
    session_for(browser, user)
    return browser


def state() -> dict[str, Any]:
    return DeviceGrant.objects.values("user_id", "session_id", "status", "decided_at", "used_at").get()


def test_s043_a_device_that_somebody_opened_is_not_there_for_others(
    tv: Registered, alice: Any, bob: Any
) -> None:
    codes = begin(tv)
    hers, his = browser_of(alice), browser_of(bob)
    path = page_of(hers, codes["user_code"])
    assert hers.get(path).status_code == 200
    before = state()
    assert before["user_id"] == alice.id
    assert enter(his, codes["user_code"]).status_code == 404
    assert his.get(path).status_code == 404
    for form in ({"decision": "allow"}, {"decision": "deny"}, {"switch": "1"}, {}):
        assert his.post(path, form).status_code == 404
    assert state() == before
    assert not Consent.objects.exists()
    assert hers.post(path, {"decision": "allow"}).status_code == 303
    assert poll(tv, codes["device_code"]).status_code == 200
    assert TokenFamily.objects.get().user == alice


def test_s043_nor_when_it_was_answered(tv: Registered, alice: Any, bob: Any) -> None:
    codes = begin(tv)
    hers, his = browser_of(alice), browser_of(bob)
    path = page_of(hers, codes["user_code"])
    hers.post(path, {"decision": "deny"})
    before = state()
    assert his.get(path).status_code == his.post(path, {"decision": "allow"}).status_code == 404
    assert enter(his, codes["user_code"]).status_code == 404
    assert enter(Browser(), codes["user_code"]).status_code == 404
    assert state() == before


def test_s043_somebody_elses_code_looks_like_none(tv: Registered, alice: Any, bob: Any) -> None:
    """Not even that the code exists is told."""
    codes = begin(tv)
    hers, his = browser_of(alice), browser_of(bob)
    hers.get(page_of(hers, codes["user_code"]))
    taken, unknown = enter(his, codes["user_code"]), enter(his, "BBBB-BBBB")
    assert taken.status_code == unknown.status_code == 404
    words = "No device waits with this code"
    assert words in taken.content.decode()
    assert words in unknown.content.decode()


def test_s045_haste_makes_it_slower_until_the_code_is_dead(
    tv: Registered, travel: Callable[[timedelta], None]
) -> None:
    code = begin(tv)["device_code"]
    assert error_of(poll(tv, code)) == (400, "authorization_pending")
    for count in range(1, 6):
        assert error_of(poll(tv, code)) == (400, "slow_down")
        assert DeviceGrant.objects.get().interval == 5 + 5 * count
    travel(timedelta(seconds=28))
    assert error_of(poll(tv, code)) == (400, "slow_down")
    travel(timedelta(seconds=28 + 36))
    assert error_of(poll(tv, code)) == (400, "authorization_pending")
    travel(timedelta(minutes=11))
    assert error_of(poll(tv, code)) == (400, "expired_token")


def test_user_codes_are_not_guessed_by_one_person(
    tv: Registered, alice: Any, bob: Any, limits_on: None
) -> None:
    """RFC 8628 section 5.1: ten wrong codes in a quarter of an hour, out of 20^8; right ones are free."""
    codes = begin(tv)
    browser = browser_of(alice)
    for _ in range(12):
        page_of(browser, codes["user_code"])
    for _ in range(10):
        assert enter(browser, "BBBB-BBBB").status_code == 404
    for guess in ("CCCC-CCCC", codes["user_code"]):
        assert enter(browser, guess).status_code == 429
    assert enter(browser, guess).has_header("Retry-After")
    assert enter(browser_of(bob), codes["user_code"]).status_code == 303
    assert Event.objects.filter(action="user_code.refused").count() == 10


def test_nor_by_one_network(tv: Registered, limits_on: None) -> None:
    codes = begin(tv)
    for _ in range(30):
        assert enter(Browser(), "BBBB-BBBB").status_code == 404
    assert enter(Browser(), codes["user_code"]).status_code == 429
    elsewhere = Browser(REMOTE_ADDR="198.51.100.7")
    assert enter(elsewhere, codes["user_code"]).status_code == 303


def test_the_sign_in_page_is_no_oracle_for_codes(tv: Registered) -> None:
    """The page behind a code is named by a random id, which no code can be turned into."""
    codes = begin(tv)
    plain = codes["user_code"].replace("-", "")
    for path in (f"/device/{codes['user_code']}", f"/device/{plain}", f"/device?user_code={plain}"):
        text = Browser().get("/login", {"next": path}).content.decode()
        assert "Telly" not in text


def test_a_phishing_link_alone_connects_nothing(tv: Registered, alice: Any) -> None:
    """RFC 8628 section 5.4: however it is followed, the person has to send the code and to allow."""
    codes = begin(tv)
    browser = browser_of(alice)
    link = codes["verification_uri_complete"].removeprefix("http://localhost:4100")
    assert browser.get(link).status_code == 200
    assert browser.get(link, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
    assert error_of(poll(tv, codes["device_code"])) == (400, "authorization_pending")
    assert state()["user_id"] is None


def test_nor_does_the_address_of_the_question(tv: Registered, alice: Any) -> None:
    """Its own code takes the thief there, without signing in; whoever gets that address never saw the code."""
    codes = begin(tv)
    path = page_of(Browser(), codes["user_code"])
    browser = browser_of(alice)
    for forged in ("", path.rpartition("/")[2]):
        browser.cookies[settings.USER_CODE_COOKIE_NAME] = forged
        for response in (browser.get(path), browser.post(path, {"decision": "allow"})):
            assert (response.status_code, response["Location"]) == (303, "/device")
    assert error_of(poll(tv, codes["device_code"])) == (400, "authorization_pending")
    assert page_of(browser, codes["user_code"]) == path
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize(
    "nasty", ["<img src=x onerror=alert(1)>", "{{7191*7193}}", "\"'><script>alert(1)</script>"]
)
def test_s227_what_a_device_says_of_itself_is_words(alice: Any, nasty: str) -> None:
    tv = register_tv(client_name=nasty, publisher=nasty)
    codes = begin(tv)
    DeviceGrant.objects.update(user_agent=nasty)
    browser = browser_of(alice)
    path = page_of(browser, codes["user_code"])
    for text in (
        browser.get(path).content.decode(),
        Browser().get("/login", {"next": path}).content.decode(),
        enter(browser, nasty[:40]).content.decode(),
    ):
        assert "<img src=x" not in text
        assert "<script>alert" not in text
        assert str(7191 * 7193) not in text
