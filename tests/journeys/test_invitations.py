"""From the invitation to the organization: people with an account and people without, the mail by real SMTP."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_person import watched
from tests.support.browser import Chromium
from tests.support.smtp import code_in, link_in
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
SCRIPTS = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
ROLE = (
    "SELECT role.key AS role FROM organizations_membership place JOIN organizations_role role ON role.id = place.role_id "
    "JOIN accounts_user person ON person.id = place.user_id JOIN organizations_organization o "
    "ON o.id = place.organization_id WHERE o.slug = %s AND person.email = %s"
)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)


def sign_in(page: Page, email: str) -> None:
    fill(page, email=email, password=PASSWORD)
    with page.expect_navigation():
        page.locator("main form button.primary").first.click()


@pytest.fixture(scope="module")
def hosts(stage: Stage) -> list[str]:
    """People who have organizations."""
    names = [f"host{number}@example.com" for number in range(4)]
    for email in names:
        stage.janua.create_user(email, PASSWORD)
    return names


def invite(page: Page, stage: Stage, host: str, slug: str, email: str, role: str) -> str:
    """The host makes an organization and invites the address; the link that came by mail."""
    page.goto(f"{stage.base_url}/login?next=/organizations/new")
    sign_in(page, host)
    fill(page, name=slug.title(), slug=slug)
    with page.expect_navigation():
        page.locator("main form button.primary").click()
    page.goto(f"{stage.base_url}/organizations/{slug}/invitations")
    with page.expect_navigation():
        page.locator("main a.button.primary").click()
    fill(page, email=email)
    page.locator("main [name=role]").select_option(role)
    came = len(stage.mail.messages)
    with page.expect_navigation():
        page.locator("main form button.primary").click()
    expect(page.locator("main .note.good")).to_be_visible()
    expect(page.locator("main .list > li")).to_have_count(1)
    return link_in(stage.mail.wait_for_mail(to=email, after=came), "/invitations/open?token=")


def accept(page: Page, stage: Stage, slug: str) -> None:
    with page.expect_navigation():
        page.locator("form.accept button").click()
    page.wait_for_url(f"{stage.base_url}/organizations/{slug}")


@SCRIPTS
def test_whoever_has_an_account_signs_in_and_joins(
    stage: Stage, chromium: Chromium, hosts: list[str], javascript: bool
) -> None:
    slug, email = f"known-{javascript}".lower(), f"known.{javascript}@example.com".lower()
    stage.janua.create_user(email, PASSWORD)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        link = invite(page, stage, hosts[javascript], slug, email, "viewer")
        page.goto(link)  # the host looks: it is for somebody else
        expect(page.locator("form.accept")).to_have_count(0)
        expect(page.locator("main")).not_to_contain_text(email)
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(link)
        with page.expect_navigation():
            page.locator("main a.button.primary").click()
        sign_in(page, email)
        accept(page, stage, slug)
        assert stage.rows(ROLE, slug, email) == [{"role": "viewer"}]
        page.goto(link)
        expect(page.locator("form.accept")).to_have_count(0)


@SCRIPTS
def test_whoever_is_new_signs_up_and_lands_in_the_organization(
    stage: Stage, chromium: Chromium, hosts: list[str], javascript: bool
) -> None:
    slug, email = f"new-{javascript}".lower(), f"new.{javascript}@example.com".lower()
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        link = invite(page, stage, hosts[2 + javascript], slug, email, "member")
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(link)
        with page.expect_navigation():
            page.locator("main a.button:not(.primary)").click()
        came = len(stage.mail.messages)
        sign_in(page, email)
        fill(page, code=code_in(stage.mail.wait_for_mail(to=email, after=came)))
        with page.expect_navigation():
            page.locator("main form button.primary").first.click()
        accept(page, stage, slug)
        assert stage.rows(ROLE, slug, email) == [{"role": "member"}]
