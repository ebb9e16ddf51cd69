"""S271, S272 in a browser: one's data taken along, the account deleted and kept, new terms on the way to an app."""

import io
import json
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_person import CONSENT, PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.relying_parties.mozilla_django_oidc import MozillaRelyingParty
from tests.support.smtp import link_in
from tests.support.stage import Stage


def enter(page: Page, stage: Stage, email: str, path: str = "/account") -> None:
    page.goto(f"{stage.base_url}{path}")
    sign_in(page, email)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_S271_person_takes_the_data_along(stage: Stage, chromium: Chromium, javascript: bool) -> None:
    email = f"collector.{javascript}@example.com".lower()
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        enter(page, stage, email)
        page.get_by_role("navigation").get_by_role("link", name="Privacy").click()
        expect_heading(page, "Privacy")
        press(page, "Ask for your data")
        expect(page.get_by_text("send you a mail when they are ready")).to_be_visible()
        mail = stage.mail.wait_for_mail(to=email, subject="data are ready", timeout=90)
        assert not list(mail.iter_attachments())
        page.goto(link_in(mail, "/account/privacy/exports/"))
        expect_heading(page, "Your data")
        with page.expect_download() as download:
            press(page, "Download")
        with open(download.value.path(), "rb") as file:
            opened = zipfile.ZipFile(io.BytesIO(file.read()))
        [profile] = json.loads(opened.read("profile.json"))
        assert profile["email"] == email
        assert {"sessions.csv", "activity.json", "index.json"} <= set(opened.namelist())
        page.reload()
        expect(page.get_by_text("This archive is gone.")).to_be_visible()


def test_S272_person_deletes_the_account_changes_mind_twice_and_is_gone(
    stage: Stage, chromium: Chromium
) -> None:
    email = "restless@example.com"
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url) as page:
        enter(page, stage, email, "/account/deletion")
        ask_for_deletion(page, email)
        link = link_in(stage.mail.wait_for_mail(to=email, subject="will be deleted"), "token=")
        page.goto(f"{stage.base_url}/account")
        expect_heading(page, "Sign in")

        page.goto(link)  # by the link, signed out
        press(page, "Keep my account")
        expect_heading(page, "Your account stays")
        page.get_by_role("link", name="Continue to sign in").click()
        sign_in(page, email)
        expect_heading(page, "Your account")

        page.goto(f"{stage.base_url}/account/deletion")
        ask_for_deletion(page, email)
        enter(page, stage, email)  # by signing in
        expect(page.get_by_role("heading", level=1)).to_contain_text("will be deleted on")
        press(page, "Keep my account")
        expect(page.get_by_text("Nothing was deleted.")).to_be_visible()

        page.goto(f"{stage.base_url}/account/deletion")
        ask_for_deletion(page, email)
        stage.execute("UPDATE accounts_user SET deletion_due_at = now() WHERE email = %s", email)
        stage.janua.manage("shell", "-c", "from accounts.tasks import erase_accounts; erase_accounts()")
        stage.mail.wait_for_mail(to=email, subject="account is deleted")
        enter(page, stage, email)
        expect(page.get_by_text("The email address or the password is not right.")).to_be_visible()


def ask_for_deletion(page: Page, email: str) -> None:
    page.get_by_label("Your email address").fill(email)
    press(page, "Delete my account")
    expect_heading(page, "You are signed out everywhere")


def test_new_terms_are_accepted_on_the_way_to_an_app(
    stage: Stage, chromium: Chromium, wine_list: MozillaRelyingParty
) -> None:
    email = "reader@example.com"
    stage.janua.create_user(email, PASSWORD)
    stage.janua.manage("publish_terms", "terms", "journey", "https://example.com/terms")
    try:
        with watched(chromium, stage.base_url, wine_list.base_url) as page:
            page.goto(wine_list.login_url)
            sign_in(page, email)
            expect_heading(page, "Before you go on")
            press(page, "Accept and continue")
            expect_heading(page, CONSENT.format("Wine List"))
            press(page, "Allow")
            expect(page.locator("#email")).to_have_text(email)
    finally:
        stage.execute("UPDATE accounts_termsversion SET is_required = false")
