"""People come from other providers, in a browser with and without JavaScript: sign up, sign in, connect, disconnect."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.world import PASSWORD
from tests.support.browser import Chromium, Profile
from tests.support.identity_providers.github import GitHubShaped
from tests.support.identity_providers.oidc_provider import OidcProvider
from tests.support.smtp import code_in
from tests.support.stage import Stage


@pytest.fixture(params=[True, False], ids=["javascript", "no javascript"])
def profile(request: pytest.FixtureRequest, chromium: Chromium) -> Iterator[Profile]:
    with chromium.profile(javascript=request.param) as profile:
        yield profile


def new_name() -> str:
    return f"dora-{uuid4().hex[:8]}"


def at_the_openid_provider(page: Page, name: str) -> None:
    """Its own two pages: sign in, then allow."""
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()


def come_by_openid(stage: Stage, page: Page, name: str, path: str = "/login") -> None:
    page.goto(f"{stage.base_url}{path}")
    page.get_by_role("link", name="Continue with GitLab").click()
    at_the_openid_provider(page, name)
    page.wait_for_url(f"{stage.base_url}/**")


def test_signing_up_and_in_again(stage: Stage, profile: Profile, oidc_provider: OidcProvider) -> None:
    page, name = profile.page, new_name()
    come_by_openid(stage, page, name, "/signup?next=/account/profile")
    expect(page).to_have_url(f"{stage.base_url}/account/profile")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{stage.base_url}/login")
    page.get_by_role("link", name="Continue with GitLab").click()  # there the person is signed in still
    expect(page).to_have_url(f"{stage.base_url}/account")
    [user] = stage.rows(
        "SELECT email, email_verified FROM accounts_user WHERE email = %s", f"{name}@example.com"
    )
    assert user["email_verified"] is True
    assert not [trouble for trouble in profile.troubles if stage.base_url in trouble.text]


def test_a_mailbox_with_an_account_is_proven_by_mail(stage: Stage, profile: Profile) -> None:
    page, name = profile.page, new_name()
    email = f"{name}@example.com"
    stage.janua.create_user(email, PASSWORD)
    come_by_openid(stage, page, name)
    expect(page.get_by_role("heading", name="Confirm your email")).to_be_visible()
    expect(page.get_by_label("Email address")).to_have_value(email)
    page.get_by_role("button", name="Send the code").click()
    mail = stage.mail.wait_for_mail(to=email, subject="code")
    page.get_by_label("Code").fill(code_in(mail))
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(f"{stage.base_url}/account")
    expect(page.get_by_text(email).first).to_be_visible()


def test_connecting_and_disconnecting(stage: Stage, profile: Profile, neighbour: GitHubShaped) -> None:
    neighbour.profile["id"] += 1  # somebody whom nobody connected yet
    page, email = profile.page, f"{new_name()}@example.com"
    stage.janua.create_user(email, PASSWORD)
    page.goto(f"{stage.base_url}/login?next=/account/connections")
    page.locator("[name=email]").fill(email)
    if page.locator("[name=password]").count():
        page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("button", name=re.compile(r"^Connect\b.*GitHub")).click()
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_url(f"{stage.base_url}/account/connections")
    expect(page.get_by_text("Your GitHub account is connected.")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"^Disconnect\b.*GitHub")).click()
    expect(page.get_by_text("No account is connected yet.")).to_be_visible()
    assert (
        stage.rows(
            "SELECT 1 FROM accounts_identity i JOIN accounts_user u ON u.id = i.user_id WHERE u.email = %s",
            email,
        )
        == []
    )


def test_saying_no_leads_back(stage: Stage, profile: Profile) -> None:
    page = profile.page
    page.goto(f"{stage.base_url}/login")
    page.get_by_role("link", name="Continue with GitHub").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="You did not sign in with GitHub")).to_be_visible()
    page.get_by_role("link", name="Sign in another way").click()
    expect(page.get_by_label("Email address")).to_be_visible()
