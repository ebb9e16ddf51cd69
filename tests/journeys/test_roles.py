"""A custom role changes at once what bob may do: in a browser for alice, over REST for bob's app."""

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import expect

from tests.journeys.test_person import PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.stage import Stage

MAKE = """
from accounts.models import User
from organizations.factories import join, make_organization
owner, member = (User.objects.get(email=email) for email in ("{owner}", "{member}"))
join(make_organization(owner, name="Acme", slug="{slug}"), member, "viewer")
"""


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_custom_role_changes_what_bob_may_do_at_once(
    stage: Stage, chromium: Chromium, javascript: bool
) -> None:
    mark = str(javascript).lower()
    owner, member, slug = f"alice.{mark}@roles.example", f"bob.{mark}@roles.example", f"roles-{mark}"
    for email in (owner, member):
        stage.janua.create_user(email, PASSWORD)
    stage.janua.manage("shell", "-c", MAKE.format(owner=owner, member=member, slug=slug))
    may = _asker(stage, member, slug)
    assert not may("audit:read")
    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/organizations/{slug}/roles")
        sign_in(page, owner)
        expect_heading(page, "Roles")
        page.get_by_role("link", name="Make a role").click()
        page.get_by_label("Name", exact=True).fill("Auditor")
        page.get_by_role("checkbox", name="audit:read").check()
        press(page, "Make the role")
        expect(page.get_by_role("link", name="Auditor")).to_be_visible()

        page.goto(f"{stage.base_url}/organizations/{slug}/groups")
        page.get_by_role("link", name="Make a group").click()
        page.get_by_label("Name", exact=True).fill("Auditors")
        press(page, "Make the group")
        page.get_by_role("link", name="Auditors").click()
        page.get_by_label("Role", exact=True).select_option("Auditor")
        press(page, "Add the role")
        page.get_by_label("Email address of a member").fill(member)
        press(page, "Add the member")
        expect(page.get_by_text(member).first).to_be_visible()
        assert may("audit:read")

        page.goto(f"{stage.base_url}/organizations/{slug}/roles")
        page.get_by_role("link", name="Auditor").click()
        page.get_by_role("checkbox", name="audit:read").uncheck()
        press(page, "Save changes")
        expect_heading(page, "Roles")
        assert not may("audit:read")


def _asker(stage: Stage, email: str, slug: str) -> Callable[[str], bool]:
    """Asks over REST, with one token all the time."""
    body = {"email": email, "password": PASSWORD}
    login = requests.post(f"{stage.base_url}/api/v1/auth/login", json=body, timeout=20).json()
    headers = {"Authorization": f"Bearer {login['tokens']['access_token']}"}
    [organization] = stage.rows("SELECT id FROM organizations_organization WHERE slug = %s", slug)

    def may(permission: str) -> bool:
        url = f"{stage.base_url}/api/v1/organizations/{organization['id']}/check"
        answer = requests.post(url, json={"permission": permission}, headers=headers, timeout=20)
        assert answer.ok, answer.text
        return bool(answer.json()["allowed"])

    return may
