"""The pages of roles, groups and access rules, and how each is brought into a state worth looking at."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.world import PERSON, World

HOME = "/organizations/roles-of-herbs"
SUDO = "UPDATE accounts_session SET sudo_until = now() + interval '1 hour' WHERE ended_at IS NULL"
MAKE = f"""
from accounts.models import User
from organizations.factories import make_organization
from organizations.models import Organization
if not Organization.objects.filter(slug="roles-of-herbs").exists():
    make_organization(User.objects.get(email="{PERSON}"), name="Herb garden", slug="roles-of-herbs")
"""
CONDITION = '{"less": [{"attr": "resource.amount"}, 100]}'


def roles(page: Page, world: World) -> None:
    """In an organization of the person's own."""
    world.stage.janua.manage("shell", "-c", MAKE)
    world.stage.execute(SUDO)
    page.goto(f"{world.base_url}{HOME}/roles")


def role_refused(page: Page, world: World) -> None:
    """Its key belongs to a role of the system."""
    _fill(page, name=f"Gardener {world.crawl}", key="owner")
    page.locator("main [name=permissions]").first.check()
    _send(page, "button.primary")


def role_made(page: Page, _world: World) -> None:
    _fill(page, key="")
    _send(page, "button.primary")


def of_the_system(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}{HOME}/roles")
    _follow(page, "ul.list a", first=True)


def of_ones_own(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}{HOME}/roles")
    _follow(page, "ul.list a", first=False)


def groups(page: Page, world: World) -> None:
    world.stage.execute("DELETE FROM organizations_groupmember")
    world.stage.execute("DELETE FROM organizations_grouprole")
    world.stage.execute("DELETE FROM organizations_group")
    page.goto(f"{world.base_url}{HOME}/groups")


def group_made(page: Page, _world: World) -> None:
    _fill(page, name="Greenhouse", description="Those who water")
    _send(page, "button.primary")


def group(page: Page, _world: World) -> None:
    _follow(page, "ul.list a", first=True)


def group_with_a_role(page: Page, _world: World) -> None:
    _send(page, "[value=add_role]")


def group_without_a_stranger(page: Page, _world: World) -> None:
    _fill(page, email="nobody.here@example.com")
    _send(page, "[value=add_member]")


def group_with_a_member(page: Page, _world: World) -> None:
    _fill(page, email=PERSON)
    _send(page, "[value=add_member]")


def rules(page: Page, world: World) -> None:
    world.stage.execute("DELETE FROM organizations_accessrule")
    page.goto(f"{world.base_url}{HOME}/rules")


def rule_refused(page: Page, _world: World) -> None:
    _fill(page, name="Small sums", actions="invoices:pay", condition='{"less": [1]}')
    _send(page, "button.primary")


def rule_made(page: Page, _world: World) -> None:
    _fill(page, condition=CONDITION)
    _send(page, "button.primary")


def rule(page: Page, _world: World) -> None:
    _follow(page, "ul.list a", first=True)


def tried(**fields: str) -> Callable[[Page, World], None]:
    def visit(page: Page, world: World) -> None:
        page.goto(f"{world.base_url}{HOME}/rules/try")
        _fill(page, action="invoices:pay", **fields)
        _send(page, "button.primary")

    return visit


def _fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"main [name={name}]").first.fill(value)


def _send(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(f"main form {button}").first.click()


def _follow(page: Page, link: str, *, first: bool) -> None:
    found = page.locator(f"main {link}")
    with page.expect_navigation():
        (found.first if first else found.last).click()
