"""The pages of sign-in rules and of domains, and how each is brought into a state worth looking at."""

from playwright.sync_api import Page

from tests.journeys.role_stops import HOME, SUDO
from tests.journeys.world import World

NEIGHBOURS = """
from accounts.models import User
from core import clock
from organizations.factories import make_organization
from organizations.models import Domain, Role
now = clock.now()
owner, _ = User.objects.get_or_create(email='neighbour.{crawl}@example.org', defaults=dict(
    email_verified=True, created_at=now, updated_at=now))
Domain.objects.create(organization=make_organization(owner, name='Neighbours of the herb garden'),
    name='example.com', token='x', enrolment='suggested', role=Role.objects.system('member'), created_at=now,
    verified_at=now, checked_at=now)
"""

ADD = "main form:has([name=name]) button.primary"


def policy(page: Page, world: World) -> None:
    """Of the organization of the stops before."""
    world.stage.execute(SUDO)
    page.goto(f"{world.base_url}{HOME}/policy")


def policy_refused(page: Page, _world: World) -> None:
    page.locator("main [name=networks]").fill("no network")
    _send(page, "main form button.primary")


def policy_saved(page: Page, _world: World) -> None:
    page.locator("main [name=networks]").fill("")
    page.locator("main [name=session_hours]").fill("9")
    _send(page, "main form button.primary")


def domains(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}{HOME}/domains")


def domain_refused(page: Page, _world: World) -> None:
    """Anybody may have an address there."""
    page.locator("main [name=name]").fill("gmail.com")
    _send(page, ADD)


def domain_added(page: Page, world: World) -> None:
    page.locator("main [name=name]").fill(f"herbs-{world.crawl}.example.com")
    _send(page, ADD)


def domain_verified(page: Page, world: World) -> None:
    world.stage.execute("UPDATE organizations_domain SET verified_at = now() WHERE name LIKE 'herbs-%%'")
    domains(page, world)


def offered(page: Page, world: World) -> None:
    """An organization offers to take in whoever has an address like this person's."""
    world.stage.janua.manage("shell", "--verbosity", "0", "-c", NEIGHBOURS.format(crawl=world.crawl))
    page.goto(f"{world.base_url}/account/organizations")


def declined(page: Page, world: World) -> None:
    _send(page, "main button[value=decline]")
    world.stage.execute("DELETE FROM organizations_domain WHERE name = 'example.com'")
    page.goto(f"{world.base_url}/account/organizations")


def _send(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()
