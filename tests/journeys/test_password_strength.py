"""The line under a new password says how it looks while it is typed, and nothing of it leaves the page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.world import PASSWORD
from tests.support.browser import Chromium
from tests.support.process import REPOSITORY
from tests.support.stage import Stage

LEVELS = [
    ("plum-tracto", "Still short."),
    (PASSWORD, "Looks good."),
    ("passwordpassword", "Could be stronger: add an unrelated word."),
    ("1234567890123456", "Could be stronger: add an unrelated word."),
    ("p@ssw0rdp@ssw0rd", "Could be stronger: add an unrelated word."),
    ("qwertyuiopasdfgh", "Could be stronger: add an unrelated word."),
    ("nora.day@example", "Could be stronger: add an unrelated word."),
    ("x8#kQ!29vLmp$Zt4", "Looks good."),
    ("", ""),
]


@pytest.fixture
def sign_up_page(stage: Stage, chromium: Chromium) -> Page:
    with chromium.profile(origins=[stage.base_url]) as profile:
        profile.page.goto(f"{stage.base_url}/signup")
        profile.page.get_by_label("Email address").fill("nora.day@example.com")
        yield profile.page
        assert profile.troubles == []


def test_it_says_short_weak_or_good_and_asks_nobody(sign_up_page: Page) -> None:
    page, asked = sign_up_page, []
    page.on("request", lambda request: asked.append(request.url))
    line = page.get_by_role("status")
    for typed, sentence in LEVELS:
        page.get_by_label("Password", exact=True).fill(typed)
        expect(line).to_have_text(sentence)
    assert asked == []


def test_it_stays_silent_without_scripts(stage: Stage, chromium: Chromium) -> None:
    with chromium.profile(origins=[stage.base_url], javascript=False) as profile:
        profile.page.goto(f"{stage.base_url}/signup")
        profile.page.get_by_label("Password", exact=True).fill("short")
        expect(profile.page.locator(".strength")).to_have_text("")


def test_the_sign_in_page_does_not_load_it_and_it_stays_small(stage: Stage, chromium: Chromium) -> None:
    script = REPOSITORY / "static/js/strength.js"
    assert script.stat().st_size <= 3000
    with chromium.profile(origins=[stage.base_url]) as profile:
        profile.page.goto(f"{stage.base_url}/login")
        assert not re.search("strength", profile.page.content())
