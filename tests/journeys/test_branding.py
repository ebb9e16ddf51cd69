"""An organization's look on the way in: by the client, by the address, and in the preview, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.branding_stops import LOOK, found
from tests.journeys.test_page_weight import PAGE_BYTES
from tests.journeys.test_person import press, sign_in, watched
from tests.journeys.world import REDIRECT_URI
from tests.support.browser import Chromium
from tests.support.oauth_client import OAuthClient
from tests.support.stage import Stage

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
GREEN, PALE_GREEN = "rgb(11, 107, 58)", "rgb(111, 214, 165)"
COLOUR = "element => getComputedStyle(element).backgroundColor"


def button(page: Page) -> str:
    """The main button's colour, once it has faded over."""
    page.wait_for_timeout(300)
    return str(page.locator("main button.primary").first.evaluate(COLOUR))


@BOTH
def test_the_look_is_seen_by_client_and_by_address(
    stage: Stage, chromium: Chromium, javascript: bool
) -> None:
    slug = f"orchard-{javascript}".lower()
    organization = found(stage, slug, name="Orchard")
    registered = stage.janua.register_client(client_name="Press", redirect_uris=[REDIRECT_URI])
    client = OAuthClient.registered(stage.base_url, registered)
    stage.execute(
        "UPDATE oauth_client SET organization_id = %s WHERE client_id = %s",
        organization["id"],
        client.client_id,
    )
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/login?organization={slug}")
        expect(page.locator("header")).to_contain_text("Orchard")
        expect(page.locator("header img")).to_have_js_property("naturalHeight", 96)
        assert button(page) == GREEN
        page.emulate_media(color_scheme="dark")
        assert button(page) == PALE_GREEN
        page.emulate_media(color_scheme="light")

        page.goto(client.authorization_request().url)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Press")
        expect(page.locator("header")).to_contain_text("Orchard")
        assert button(page) == GREEN
        sign_in(page, f"{slug}@example.com")
        expect(page.get_by_role("button", name="Allow")).to_be_visible()
        expect(page.locator("header")).to_contain_text("Orchard")

        page.goto(f"{stage.base_url}/login?another=1")
        expect(page.locator("header")).not_to_contain_text("Orchard")
        assert button(page) != GREEN


@BOTH
def test_the_look_is_chosen_with_a_preview(stage: Stage, chromium: Chromium, javascript: bool) -> None:
    slug = f"meadow-{javascript}".lower()
    found(stage, slug, name="Meadow")
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/organizations/{slug}/branding")
        sign_in(page, f"{slug}@example.com")
        accent = page.get_by_label("Colour on light pages").first
        expect(accent).to_have_value(LOOK["accent"])
        by_day = page.locator(".preview[data-theme=light] .button.primary")
        by_night = page.locator(".preview[data-theme=dark] .button.primary")
        expect(by_day).to_have_css("background-color", GREEN)
        expect(by_night).to_have_css("background-color", PALE_GREEN)

        accent.fill("#ffd400")
        if not javascript:
            press(page, "Preview")
        expect(page.locator("#id_accent_error")).to_be_visible()
        expect(by_day).to_have_css("background-color", GREEN)

        accent.fill("#8a1c4a")
        if not javascript:
            press(page, "Preview")
        expect(by_day).to_have_css("background-color", "rgb(138, 28, 74)")
        expect(page.locator("#id_accent_error")).not_to_be_visible()
        expect(page.get_by_text("This is not saved yet.")).to_be_visible()
        press(page, "Save")
        expect(page.get_by_text("The new look is saved.")).to_be_visible()
        expect(by_day).to_have_css("background-color", "rgb(138, 28, 74)")


def test_a_branded_sign_in_is_as_light_as_any(stage: Stage, chromium: Chromium) -> None:
    found(stage, "feather", name="Feather")
    loaded = []
    with chromium.profile(origins=[stage.base_url], locale="en") as profile:
        profile.page.on("response", lambda response: loaded.append(response))
        profile.page.goto(f"{stage.base_url}/login?organization=feather", wait_until="networkidle")
        sizes = [each.request.sizes() for each in loaded if not each.url.endswith(".png")]
        styles = {each.url: len(each.body()) for each in loaded if "/branding/" in each.url}
        assert not profile.troubles
    assert sum(each["responseHeadersSize"] + each["responseBodySize"] for each in sizes) < PAGE_BYTES
    assert len(styles) == 1
    assert max(styles.values()) < 1000
