"""What a person is asked when an app or a device wants to know for which organization."""

import json

from playwright.sync_api import Page

from tests.journeys.world import PERSON, World
from tests.support.organizations import make_organization

SCOPE = "openid organization"
SLUGS = ("botanical-garden", "winery")


def _with_organizations(world: World) -> None:
    """The person in two of them, and the two apps registered for the scope."""
    world.stage.execute(
        "UPDATE oauth_client SET scope = scope || ' organization'"
        " WHERE client_id IN (%s, %s) AND scope NOT LIKE '%% organization'",
        world.asking.client_id,
        world.device.client_id,
    )
    _away(world)
    for slug, name in zip(SLUGS, ("Botanical Garden & Friends of a Long Name", "Winery"), strict=True):
        make_organization(world.stage, name, slug=slug, owner=PERSON)


def _away(world: World) -> None:
    slugs = "SELECT id FROM organizations_organization WHERE slug IN ('botanical-garden', 'winery')"
    world.stage.execute(f"DELETE FROM organizations_membership WHERE organization_id IN ({slugs})")
    world.stage.execute("DELETE FROM organizations_organization WHERE slug IN ('botanical-garden', 'winery')")


def asked_which(page: Page, world: World) -> None:
    _with_organizations(world)
    page.goto(world.asking.authorization_request(scope=SCOPE).url)


def taken(page: Page, _world: World) -> None:
    """On the page of the stop before: the first one."""
    with page.expect_navigation():
        page.locator("main button[name=organization]").first.click()


def of_none_of_theirs(page: Page, world: World) -> None:
    page.goto(world.asking.authorization_request(scope=SCOPE, organization="no-such-one").url)


def of_one_that_asks_another_sign_in(page: Page, world: World) -> None:
    _ask_of_the_winery(world, sign_in_methods=["passkey"])
    page.goto(world.asking.authorization_request(scope=SCOPE, organization="winery").url)


def of_one_that_another_network_reaches(page: Page, world: World) -> None:
    _ask_of_the_winery(world, networks=["192.0.2.0/24"])
    page.goto(world.asking.authorization_request(scope=SCOPE, organization="winery").url)


def closed_to_this_sign_in(page: Page, world: World) -> None:
    """The organization's own pages."""
    _ask_of_the_winery(world, sign_in_methods=["passkey"])
    page.goto(f"{world.base_url}/organizations/winery")


def _ask_of_the_winery(world: World, **rules: list[str]) -> None:
    asked = {"sign_in_methods": [], "networks": [], **rules}
    world.stage.execute(
        "DELETE FROM organizations_organizationpolicy WHERE organization_id IN"
        " (SELECT id FROM organizations_organization WHERE slug = 'winery')"
    )
    if rules:
        world.stage.execute(
            "INSERT INTO organizations_organizationpolicy (organization_id, sign_in_methods, networks,"
            " email_domains, inviters, invitation_days, updated_at)"
            " SELECT id, %s, %s, '[]', 'admins', 7, now() FROM organizations_organization WHERE slug = 'winery'",
            *(json.dumps(value) for value in asked.values()),
        )


def _device_asks(page: Page, world: World, **form: str) -> None:
    codes = world.device.post("/oauth/device_authorization", scope=SCOPE, **form).json()
    page.goto(codes["verification_uri_complete"])
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


def on_a_device_refused(page: Page, world: World) -> None:
    _ask_of_the_winery(world, sign_in_methods=["passkey"])
    _device_asks(page, world, organization="winery")


def on_a_device(page: Page, world: World) -> None:
    _ask_of_the_winery(world)
    _device_asks(page, world)


def on_a_device_without_a_choice(page: Page, _world: World) -> None:
    """On the page of the stop before: allowed, with nothing taken."""
    page.locator("main [name=organization]").evaluate(
        "select => { select.required = false; select.value = '' }"
    )
    with page.expect_navigation():
        page.locator("button[value=allow]").click()


def on_a_device_none_of_theirs(page: Page, world: World) -> None:
    _device_asks(page, world, organization="no-such-one")
    _away(world)
