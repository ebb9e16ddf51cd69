"""Two-step sign-in from its set-up to the recovery code, in a browser with and without JavaScript."""

from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.factor_stops import key_on
from tests.journeys.test_person import PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.stage import Stage

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])


class App:
    """An authenticator app whose clock runs ahead: each code of it is a later one, however fast we are."""

    def __init__(self, key: str) -> None:
        self.totp = pyotp.TOTP(key)
        self.shown: set[str] = set()

    def code(self, page: Page) -> str:
        """The newest code that was not used; waits for the next where it was."""
        while (code := self.totp.now()) in self.shown:
            page.wait_for_timeout(500)
        self.shown.add(code)
        return code


def codes_on(page: Page) -> list[str]:
    return page.locator("#codes code").all_inner_texts()


def set_up(page: Page) -> App:
    """On /account/security: by the buttons, to the sheet of recovery codes."""
    page.locator("main a[href='/account/security/app']").click()
    page.get_by_label("Name").fill("Phone")
    press(page, "Continue")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    app = App(key_on(page))
    page.get_by_role("textbox", name="Code").fill(app.code(page))
    press(page, "Confirm")
    expect_heading(page, "Two-step sign-in is on")
    return app


def sign_out_and_in(page: Page, email: str) -> None:
    """To the challenge."""
    press(page, "Sign out")
    page.goto(page.url.split("/logout")[0].split("/login")[0] + "/login?next=/account/security")
    sign_in(page, email)
    expect_heading(page, "One more step")


@BOTH
def test_set_up_sign_in_by_the_app_and_by_a_recovery_code(
    stage: Stage, chromium: Chromium, javascript: bool, tmp_path: Path
) -> None:
    email = f"two.steps.walk.{javascript}@example.com".lower()
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/account/security")
        sign_in(page, email)
        app = set_up(page)
        codes = codes_on(page)
        assert len(set(codes)) == 10
        for _ in range(2):  # the page stays, and may be asked again
            with page.expect_download() as download:
                press(page, "Download")
            download.value.save_as(tmp_path / "codes.txt")
            assert set(codes) <= set((tmp_path / "codes.txt").read_text().splitlines())
        assert page.get_by_role("button", name="Print").count() == javascript
        page.get_by_role("link", name="I have saved them").click()
        expect(page.get_by_text("10 codes left")).to_be_visible()
        assert stage.mail.wait_for_mail(to=email, subject="new way to confirm")

        sign_out_and_in(page, email)
        page.get_by_role("textbox", name="Code").fill(app.code(page))
        page.locator("main button.primary").click()
        expect_heading(page, "Two-step sign-in")

        sign_out_and_in(page, email)
        page.get_by_role("link", name="Recovery code").click()
        page.get_by_role("textbox", name="Code").fill(codes[0].lower().replace("-", " "))
        page.locator("main button.primary").click()
        expect(page.get_by_text("9 codes left")).to_be_visible()
        assert stage.mail.wait_for_mail(to=email, subject="9 are left")

        page.locator("main a[href^='/account/security/factors/']").click()
        press(page, "Remove")
        expect(page.get_by_text("It is removed. Two-step sign-in is off.")).to_be_visible()
        assert stage.mail.wait_for_mail(to=email, subject="was removed")


def test_the_codes_are_copied_line_by_line_and_printed_without_the_rest(
    stage: Stage, chromium: Chromium
) -> None:
    email = "two.steps.paper@example.com"
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{stage.base_url}/account/security")
        sign_in(page, email)
        set_up(page)
        press(page, "Copy")
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()").split() == codes_on(page)
        page.evaluate("window.print = () => { document.body.dataset.printed = 'yes' }")
        press(page, "Print")
        expect(page.locator("body[data-printed=yes]")).to_be_visible()
        page.emulate_media(media="print")
        expect(page.locator("#codes")).to_be_visible()
        for hidden in (".bar", ".tabs", ".foot", ".keep", "main .button"):
            expect(page.locator(hidden).first).to_be_hidden()
