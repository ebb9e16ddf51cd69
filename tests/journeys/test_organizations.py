"""An organization in a browser: made, its members changed at once, left, handed over, closed and taken back."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_person import PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.stage import Stage


def join(stage: Stage, email: str, slug: str) -> None:
    """As if invited: a member of the organization."""
    stage.janua.manage(
        "shell",
        "-c",
        "from accounts.models import User; from organizations.factories import join; "
        "from organizations.models import Organization; "
        f"join(Organization.objects.get(slug='{slug}'), User.objects.get(email='{email}'))",
    )


def enter(page: Page, stage: Stage, email: str, path: str) -> None:
    page.goto(f"{stage.base_url}{path}")
    sign_in(page, email)


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_an_organization_from_its_first_day_to_its_last(
    stage: Stage, chromium: Chromium, javascript: bool
) -> None:
    tail = "js" if javascript else "plain"
    owner, member, slug = f"owner.{tail}@example.com", f"member.{tail}@example.com", f"orchard-{tail}"
    for email in (owner, member):
        stage.janua.create_user(email, PASSWORD)
    with (
        watched(chromium, stage.base_url, javascript=javascript) as page,
        watched(chromium, stage.base_url, javascript=javascript) as theirs,
    ):
        enter(page, stage, owner, "/account")
        page.get_by_role("navigation").get_by_role("link", name="Organizations").click()
        page.get_by_role("link", name="Create an organization").click()
        page.get_by_label("Name", exact=True).fill("Orchard")
        page.get_by_label("Name in addresses").fill(slug)
        press(page, "Create")
        expect_heading(page, "Overview")

        join(stage, member, slug)
        enter(theirs, stage, member, f"/organizations/{slug}")
        expect(theirs.get_by_text("Your role here is Member.")).to_be_visible()
        expect(theirs.get_by_role("link", name="Settings")).to_have_count(0)

        page.goto(f"{stage.base_url}/organizations/{slug}/members?search=member")
        page.get_by_role("main").get_by_role("link", name=member).click()
        _further_role(page)
        page.locator("#id_role").select_option(label="Admin")
        press(page, "Change role")
        expect(page.get_by_text("The role is changed.")).to_be_visible()
        theirs.reload()  # it bites at once
        theirs.get_by_role("link", name="Settings").click()
        theirs.get_by_label("Name", exact=True).fill("Old Orchard")
        press(theirs, "Save changes")
        expect(theirs.get_by_text("The changes are saved.")).to_be_visible()

        page.goto(f"{stage.base_url}/organizations/{slug}/danger")
        press(page, "Leave")
        expect(page.get_by_text("An organization needs an owner.")).to_be_visible()
        page.get_by_label("To confirm").fill(slug)
        press(page, "Delete the organization")
        expect(page.get_by_text("The organization is closed.")).to_be_visible()
        theirs.goto(f"{stage.base_url}/organizations/{slug}")
        expect(theirs.get_by_text("will be deleted on")).to_be_visible()
        press(page, "Keep the organization")
        expect(page.get_by_text("It is open again.")).to_be_visible()

        page.get_by_label("Email address of the member").fill(member)
        press(page, "Hand it over")
        expect(page.get_by_text("You are an admin now.")).to_be_visible()
        stage.mail.wait_for_mail(to=member, subject="You now own Old Orchard")
        press(page, "Leave")
        expect(page.get_by_text("You have left Old Orchard.")).to_be_visible()
        assert page.request.get(f"{stage.base_url}/organizations/{slug}").status == 404


def _further_role(page: Page) -> None:
    """One more, and taken again."""
    section = page.get_by_role("region", name="Further roles")
    section.get_by_label("Role", exact=True).select_option(label="Viewer")
    press(page, "Add the role")
    expect(section.get_by_role("listitem")).to_contain_text("Viewer")
    section.get_by_role("button", name="Remove").click()
    expect(section.get_by_role("listitem")).to_have_text("None yet.")
