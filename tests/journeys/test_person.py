"""A person, a browser, and the sites of others that rely on us."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.support.browser import Chromium
from tests.support.relying_parties.apache import ApacheRelyingParty
from tests.support.relying_parties.mozilla_django_oidc import MozillaRelyingParty
from tests.support.smtp import code_in
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
CONSENT = "Allow {} to use your account?"


@contextmanager
def watched(chromium: Chromium, *urls: str, javascript: bool = True) -> Iterator[Page]:
    """A fresh browser profile; afterwards nothing may have gone wrong on any of its pages."""
    with chromium.profile(origins=urls, javascript=javascript) as profile:
        yield profile.page
        assert profile.troubles == []


def expect_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def expect_claims(page: Page, *, email: str, name: str) -> None:
    """What Apache shows of the ID token and userinfo."""
    expect(page.locator("#email")).to_have_text(email)
    expect(page.locator("#email_verified")).to_have_text("1")
    expect(page.locator("#name")).to_have_text(name)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_new_person_signs_up_on_the_way_to_a_protected_page_and_signs_out_again(
    stage: Stage, chromium: Chromium, photo_box: ApacheRelyingParty, javascript: bool
) -> None:
    email = f"nora.{javascript}@example.com".lower()
    with watched(chromium, stage.base_url, photo_box.base_url, javascript=javascript) as page:
        page.goto(photo_box.protected_url)
        expect_heading(page, "Sign in to Photo Box")
        page.get_by_role("link", name="Create an account").click()
        expect(page.get_by_text("One account for Photo Box")).to_be_visible()
        page.get_by_label("First name").fill("Nora")
        page.get_by_label("Last name").fill("Day")
        sign_in(page, email)
        expect_heading(page, "Check your email")
        page.get_by_label("Code").fill(code_in(stage.mail.wait_for_mail(to=email)))
        press(page, "Continue")
        expect_heading(page, CONSENT.format("Photo Box"))
        expect(page.get_by_role("listitem").filter(has_text="See your email address")).to_be_visible()
        press(page, "Allow")
        page.wait_for_url(photo_box.protected_url)
        expect_claims(page, email=email, name="Nora Day")

        page.goto(photo_box.logout_url(f"{photo_box.base_url}/"))
        page.wait_for_url(f"{photo_box.base_url}/")
        expect_heading(page, "Open to all")
        page.goto(photo_box.protected_url)
        expect_heading(page, "Sign in to Photo Box")
        page.goto(f"{stage.base_url}/account")
        expect_heading(page, "Sign in")


def test_person_who_cancels_goes_back_without_being_signed_in(
    stage: Stage, chromium: Chromium, wine_list: MozillaRelyingParty
) -> None:
    stage.janua.create_user("timid@example.com", PASSWORD)
    with chromium.profile(origins=[stage.base_url, wine_list.base_url]) as profile:
        profile.page.goto(wine_list.login_url)
        sign_in(profile.page, "timid@example.com")
        press(profile.page, "Cancel")
        expect(profile.page.locator("body")).to_have_text("Sign-in failed")


def test_person_at_a_shared_screen_says_not_you_and_signs_in_as_oneself(
    stage: Stage, chromium: Chromium, wine_list: MozillaRelyingParty
) -> None:
    for email in ("before@example.com", "after@example.com"):
        stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url, wine_list.base_url) as page:
        page.goto(wine_list.login_url)
        sign_in(page, "before@example.com")
        page.get_by_role("link", name="Not you?").click()
        page.get_by_role("link", name="Use another account").click()
        expect_heading(page, "Sign in to Wine List")
        sign_in(page, "after@example.com")
        press(page, "Allow")
        expect(page.locator("#email")).to_have_text("after@example.com")


def test_one_sign_in_serves_two_sites_and_a_consent_is_remembered_until_it_is_removed(
    stage: Stage, chromium: Chromium, photo_box: ApacheRelyingParty, wine_list: MozillaRelyingParty
) -> None:
    email = "bela@example.com"
    stage.janua.create_user(email, PASSWORD)
    sites = (stage.base_url, photo_box.base_url, wine_list.base_url)
    with watched(chromium, *sites) as page:
        page.goto(wine_list.login_url)
        expect_heading(page, "Sign in to Wine List")
        sign_in(page, email)
        press(page, "Allow")
        expect(page.locator("#email")).to_have_text(email)

        page.goto(photo_box.protected_url)  # no second sign-in, but this site was never allowed
        expect_heading(page, CONSENT.format("Photo Box"))
        press(page, "Allow")
        expect(page.locator("#email")).to_have_text(email)

    with watched(chromium, *sites) as page:  # another day: the consents are remembered
        page.goto(wine_list.login_url)
        sign_in(page, email)
        expect(page.locator("#email")).to_have_text(email)
        page.goto(photo_box.protected_url)
        expect(page.locator("#email")).to_have_text(email)

        access_token = access_token_of(page, photo_box)
        assert userinfo_status(stage, access_token) == 200
        page.goto(f"{stage.base_url}/account/apps")
        app = page.get_by_role("listitem").filter(has_text="Photo Box")
        app.get_by_role("button", name="Remove access").click()
        expect(page.get_by_text("The app can no longer use your account.")).to_be_visible()
        expect(page.get_by_text("Photo Box")).to_have_count(0)
        expect(page.get_by_text("Wine List", exact=True)).to_be_visible()
        assert userinfo_status(stage, access_token) == 401

        page.context.clear_cookies(domain="127.0.0.1")  # both sites forget the person, we do not
        page.goto(wine_list.login_url)
        expect(page.locator("#email")).to_have_text(email)
        page.goto(photo_box.protected_url)
        expect_heading(page, CONSENT.format("Photo Box"))


def access_token_of(page: Page, site: ApacheRelyingParty) -> str:
    """The access token that Apache holds for the person in this browser."""
    return str(page.request.get(site.info_url).json()["access_token"])


def userinfo_status(stage: Stage, access_token: str) -> int:
    headers = {"Authorization": f"Bearer {access_token}"}
    return requests.get(f"{stage.base_url}/oauth/userinfo", headers=headers, timeout=20).status_code
