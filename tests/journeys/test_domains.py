"""An organization's domain from its adding to the people it brings in, in a browser with and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from organizations.tests.dns_server import Zone
from tests.journeys.world import PASSWORD
from tests.support.browser import Chromium, accessibility_violations
from tests.support.stage import Stage

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])


@BOTH
def test_a_domain_is_verified_and_brings_in_whoever_has_an_address_of_it(
    stage: Stage, chromium: Chromium, zone: Zone, javascript: bool
) -> None:
    name = f"acme-{str(javascript).lower()}.example"
    owner, member, slug = f"owner@{name}", f"member@{name}", name.replace(".", "-")
    for email in (owner, member):
        stage.janua.create_user(email, PASSWORD)
    made = (
        "from accounts.models import User; from organizations.factories import make_organization; "
        f"make_organization(User.objects.get(email='{owner}'), name='Acme {javascript}', slug='{slug}')"
    )
    stage.janua.manage("shell", "--verbosity", "0", "-c", made)
    with chromium.profile(origins=[stage.base_url], javascript=javascript) as profile:
        page = profile.page
        _sign_in(page, stage, owner)
        page.goto(f"{stage.base_url}/organizations/{slug}/domains")
        page.locator("main [name=name]").fill(name)
        _send(page, "main form button.primary")
        host, value = page.locator("main .secret code").all_inner_texts()
        assert host == f"_janua-challenge.{name}"
        _check(page, javascript)
        _send(page, "main button[value=verify]")
        expect(page.locator("main .badge.good")).to_have_count(0)
        zone.txt[host] = [value]
        _send(page, "main button[value=verify]")
        expect(page.locator("main .badge.good")).to_be_visible()
        page.locator("main [name=enrolment]").select_option("suggested")
        _send(page, "main button[value=change]")
        _check(page, javascript)
        page.goto(f"{stage.base_url}/organizations/{slug}/policy")
        _check(page, javascript)
        page.locator("main [name=session_hours]").fill("8")
        _send(page, "main form button.primary")
        assert page.locator("main [name=session_hours]").input_value() == "8"
    with chromium.profile(origins=[stage.base_url], javascript=javascript) as profile:
        page = profile.page
        _sign_in(page, stage, member)
        expect(page).to_have_url(f"{stage.base_url}/account/organizations")
        _check(page, javascript)
        _send(page, "main button[value=join]")
        page.goto(f"{stage.base_url}/organizations/{slug}")
        expect(page.locator("main h1")).to_be_visible()
        assert not profile.troubles


def _sign_in(page: Page, stage: Stage, email: str) -> None:
    page.goto(f"{stage.base_url}/login")
    page.locator("main [name=email]").fill(email)
    page.locator("main [name=password]").fill(PASSWORD)
    _send(page, "main form button.primary")


def _send(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def _check(page: Page, javascript: bool) -> None:
    """On a phone's width nothing runs out of the page, and axe has nothing to say."""
    page.set_viewport_size({"width": 320, "height": 640})
    if javascript:
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert accessibility_violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
