"""What people do with their accounts, in a browser with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_person import PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.smtp import code_in, link_in
from tests.support.stage import Stage

NEW_PASSWORD = f"new-{PASSWORD}"
BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])


@BOTH
def test_signing_in_by_a_mailed_code(stage: Stage, chromium: Chromium, javascript: bool) -> None:
    email = f"codes.{javascript}@example.com".lower()
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/login")
        page.get_by_label("Email address").fill(email)
        press(page, "Email me a code")
        expect_heading(page, "Check your email")
        page.get_by_label("Code").fill(code_in(stage.mail.wait_for_mail(to=email, subject="code")))
        page.locator("main button.primary").click()
        expect_heading(page, "Your account")
        page.goto(f"{stage.base_url}/account/sessions")
        expect(page.get_by_text("By: Code by email")).to_be_visible()


@BOTH
def test_changing_the_address_and_taking_it_back(stage: Stage, chromium: Chromium, javascript: bool) -> None:
    old, new = f"old.{javascript}@example.com".lower(), f"new.{javascript}@example.com".lower()
    stage.janua.create_user(old, PASSWORD)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/account/emails/add")
        sign_in(page, old)
        page.locator("main [name=email]").fill(new)
        page.locator("main button.primary").click()
        page.get_by_label("Code").fill(code_in(stage.mail.wait_for_mail(to=new, subject="code")))
        press(page, "Confirm")
        press(page, "Make main address")
        expect(page.get_by_role("listitem").filter(has_text=new).get_by_text("Main address")).to_be_visible()

        told = stage.mail.wait_for_mail(to=old, text="/email/revert?token=")
        page.goto(link_in(told, "/email/revert"))
        press(page, "Take it back")
        page.goto(f"{stage.base_url}/account")
        expect_heading(page, "Sign in")  # whoever changed it is out, here too
        token = link_in(stage.mail.wait_for_mail(to=old, text="/password/reset?token="), "/password/reset")
        page.goto(token)
        page.get_by_label("New password").fill(NEW_PASSWORD)
        press(page, "Save new password")
        page.goto(f"{stage.base_url}/account/emails")
        page.get_by_label("Email address").fill(old)
        page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
        press(page, "Continue")
        expect(page.get_by_role("listitem").filter(has_text=old)).to_be_visible()
        expect(page.get_by_text(new)).to_have_count(0)


@BOTH
def test_signing_another_browser_out(stage: Stage, chromium: Chromium, javascript: bool) -> None:
    email = f"sessions.{javascript}@example.com".lower()
    stage.janua.create_user(email, PASSWORD)
    with (
        watched(chromium, stage.base_url, javascript=javascript) as here,
        watched(chromium, stage.base_url, javascript=javascript) as there,
    ):
        for page in (there, here):
            page.goto(f"{stage.base_url}/account/sessions")
            sign_in(page, email)
            expect_heading(page, "Sessions")
        others = here.locator("li").filter(has_not_text="This device").filter(has_text="Signed in on")
        others.get_by_role("button", name="Sign out").first.click()
        expect(here.get_by_text("The device is signed out.")).to_be_visible()
        there.reload()
        expect_heading(there, "Sign in")


@BOTH
def test_a_forgotten_password_is_reset(stage: Stage, chromium: Chromium, javascript: bool) -> None:
    email = f"forgetful.{javascript}@example.com".lower()
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/login")
        page.get_by_role("link", name="Forgot password?").click()
        page.get_by_label("Email address").fill(email)
        press(page, "Continue")
        page.get_by_label("Code").fill(code_in(stage.mail.wait_for_mail(to=email, text="/password/reset")))
        page.get_by_label("New password").fill(NEW_PASSWORD)
        press(page, "Save new password")
        expect_heading(page, "Your password is changed")
        page.get_by_role("link", name="Continue to sign in").click()
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
        press(page, "Continue")
        expect_heading(page, "Your account")
