"""Codes by SMS and mail, from the set-up to the sign-in, against a real gateway and a real mail server."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_person import PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.sms import SmsSink
from tests.support.smtp import code_in
from tests.support.stage import Stage, open_stage

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])


@pytest.fixture(scope="module")
def sms() -> Iterator[SmsSink]:
    with SmsSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def stage(sms: SmsSink) -> Iterator[Stage]:
    with open_stage({**sms.environment, "SMS_VOICE": "on"}) as stage:
        yield stage


def another_minute(stage: Stage) -> None:
    """So that nobody waits half a minute between two codes."""
    stage.execute("DELETE FROM core_throttlecounter")


def enter(page: Page, code: str) -> None:
    page.get_by_label("Code").fill(f"{code[:3]} {code[3:]}")
    page.locator("main button.primary").click()


@BOTH
def test_by_sms_and_by_a_call(stage: Stage, sms: SmsSink, chromium: Chromium, javascript: bool) -> None:
    email, number = f"sms.{javascript}@example.com".lower(), f"+49151234567{10 + javascript}"
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/account/security/sms")
        sign_in(page, email)
        page.get_by_label("Phone number").fill(number)
        press(page, "Text me a code")
        expect(page.get_by_text(f"•••• {number[-2:]}")).to_be_visible()
        enter(page, sms.wait_for_code(number))
        expect(page.locator("main code")).to_have_count(10)

        another_minute(stage)
        page.context.clear_cookies(name="janua_session")
        seen = len(sms.messages)
        page.goto(f"{stage.base_url}/login")
        sign_in(page, email)
        expect_heading(page, "One more step")
        expect(page.get_by_text(f"•••• {number[-2:]}")).to_be_visible()
        first = sms.wait_for_code(number, after=seen)
        assert sms.messages[-1]["text"].startswith(f"{first} is your Janua code.")

        another_minute(stage)
        seen = len(sms.messages)
        press(page, "Call me instead")
        expect(page.get_by_text("We are calling you.")).to_be_visible()
        spoken = sms.wait_for_code(number, after=seen, channel="voice")
        assert sms.messages[-1]["language"] == "en"
        enter(page, spoken)
        expect_heading(page, "Your account")


@BOTH
def test_by_mail_and_never_after_a_mailed_code(stage: Stage, chromium: Chromium, javascript: bool) -> None:
    email = f"mails.{javascript}@example.com".lower()
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/account/security/email")
        sign_in(page, email)
        press(page, "Email me a code")
        expect_heading(page, "Enter the code")
        enter(page, code_in(stage.mail.wait_for_mail(to=email, subject="second step")))
        expect(page.locator("main code")).to_have_count(10)
        stage.mail.wait_for_mail(to=email, text="Email code")

        another_minute(stage)
        page.context.clear_cookies(name="janua_session")
        mails = len(stage.mail.messages)
        page.goto(f"{stage.base_url}/login")
        sign_in(page, email)
        expect_heading(page, "One more step")
        enter(page, code_in(stage.mail.wait_for_mail(to=email, subject="second step", after=mails)))
        expect_heading(page, "Your account")

        page.context.clear_cookies(name="janua_session")
        mails = len(stage.mail.messages)
        page.goto(f"{stage.base_url}/login")
        page.get_by_label("Email address").fill(email)
        press(page, "Email me a code")
        enter(page, code_in(stage.mail.wait_for_mail(to=email, subject="to sign in", after=mails)))
        expect_heading(page, "One more step")
        expect(page.get_by_text("Enter one of your recovery codes.")).to_be_visible()
        expect(page.get_by_role("link", name="Email code")).to_have_count(0)
