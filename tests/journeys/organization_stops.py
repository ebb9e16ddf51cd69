"""The pages of organizations and members, and how each is brought into a state worth looking at."""

import uuid

from playwright.sync_api import Page

from tests.journeys.privacy_stops import SUDO
from tests.journeys.world import PASSWORD, World

_slug = [""]
"""The organization of this crawl."""


def organizations(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/organizations")


def new(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/organizations/new")


def new_refused(page: Page, _world: World) -> None:
    _create(page, "admin")


def created(page: Page, world: World) -> None:
    """Lands on its first page."""
    _slug[0] = f"crawl-{uuid.uuid4().hex[:10]}"
    new(page, world)
    _create(page, _slug[0])


def started(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main [name=is_default]").click()


def settings(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/organizations/{_slug[0]}/settings")


def settings_refused(page: Page, _world: World) -> None:
    page.locator("main [name=slug]").fill("api")
    with page.expect_navigation():
        page.locator("main form:has([name=slug]) button.primary").click()


def members(page: Page, world: World) -> None:
    """With a second one, who owns it too: the person can go without it."""
    email = f"member.{uuid.uuid4().hex[:10]}@example.com"
    world.stage.janua.create_user(email, PASSWORD)
    world.stage.execute(
        "INSERT INTO organizations_membership (id, organization_id, user_id, role_id, is_default, joined_at) "
        "SELECT gen_random_uuid(), o.id, u.id, m.role_id, false, now() FROM accounts_user u, "
        "organizations_organization o JOIN organizations_membership m ON m.organization_id = o.id "
        "WHERE u.email = %s AND o.slug = %s LIMIT 1",
        *(email, _slug[0]),
    )
    page.goto(f"{world.base_url}/organizations/{_slug[0]}/members")


def members_not_found(page: Page, _world: World) -> None:
    page.locator("main [name=search]").fill("nobody of this name")
    with page.expect_navigation():
        page.locator("main form[role=search] button").click()


def member(page: Page, world: World) -> None:
    world.stage.execute(SUDO)
    page.goto(f"{world.base_url}/organizations/{_slug[0]}/members")
    with page.expect_navigation():
        page.locator("main .list a").last.click()


def member_suspended(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main [value=suspend]").click()


def member_resumed(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main [value=resume]").click()


def member_role_added(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main [value=grant]").click()


def member_role_taken(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main [value=take]").click()


def danger(page: Page, world: World) -> None:
    world.stage.execute(SUDO)
    page.goto(f"{world.base_url}/organizations/{_slug[0]}/danger")


def not_deleted(page: Page, _world: World) -> None:
    page.locator("main [name=slug]").fill("another")
    with page.expect_navigation():
        page.locator("main [value=delete]").click()


def closed(page: Page, _world: World) -> None:
    page.locator("main [name=slug]").fill(_slug[0])
    with page.expect_navigation():
        page.locator("main [value=delete]").click()


def taken_back(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main [value=cancel]").click()


def _create(page: Page, slug: str) -> None:
    page.locator("main [name=name]").fill("Kitchen Gardeners")
    page.locator("main [name=slug]").fill(slug)
    with page.expect_navigation():
        page.locator("main form button.primary").click()
