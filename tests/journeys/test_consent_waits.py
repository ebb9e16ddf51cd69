"""S233: a second click that was lured to where the consent appears gets no yes."""

from playwright.sync_api import expect

from tests.journeys.test_person import PASSWORD, sign_in, watched
from tests.support.browser import Chromium
from tests.support.oauth_client import OAuthClient
from tests.support.stage import Stage


def test_s233_the_buttons_wait_each_time_the_page_comes_to_the_front(
    stage: Stage, chromium: Chromium
) -> None:
    email = "unhurried@example.com"
    stage.janua.create_user(email, PASSWORD)
    members = {"client_name": "Slow Food", "redirect_uris": [f"{stage.base_url}/account"]}
    client = OAuthClient.registered(stage.base_url, stage.janua.register_client(**members))
    with watched(chromium, stage.base_url) as page:
        page.goto(client.authorization_request().url)
        sign_in(page, email)
        allow = page.get_by_role("button", name="Allow")
        expect(allow).to_be_enabled()
        assert page.evaluate(
            "dispatchEvent(new Event('focus')); [...document.querySelectorAll('form[data-arm] button')].every((b) => b.disabled)"
        )
        expect(allow).to_be_enabled()
        allow.click()
        page.wait_for_url("**/account?*code=*")
