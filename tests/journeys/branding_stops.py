"""Pages that look like an organization's, and the page where that is chosen."""

from typing import Any

import requests
from playwright.sync_api import Page

from core.tests.pictures import picture
from tests.journeys.world import PASSWORD, PERSON, World
from tests.support.stage import Stage

PROVEN = (
    "INSERT INTO organizations_domain (id, organization_id, name, token, enrolment, role_id, created_at, verified_at) "
    "SELECT gen_random_uuid(), o.organization_id, %s, 'x', 'none', o.role_id, now(), now() "
    "FROM organizations_membership o WHERE o.organization_id = %s LIMIT 1 ON CONFLICT DO NOTHING"
)
"""By its name alone only who has a verified domain is shown at the door."""
LOOK = {"accent": "#0b6b3a", "accent_dark": "#6fd6a5", "corners": "round"}


def found(stage: Stage, slug: str, *, name: str = "Allotment Society") -> dict[str, Any]:
    """An organization with a look and a logo of its own, by way of its owner's program; a new one or the old."""
    email = f"{slug}@example.com"
    stage.janua.create_user(email, PASSWORD)
    api, login = f"{stage.base_url}/api/v1", {"email": email, "password": PASSWORD}
    session = requests.Session()
    tokens = session.post(f"{api}/auth/login", json=login, timeout=20).json()["tokens"]
    session.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    made = session.post(f"{api}/organizations", json={"name": name, "slug": slug}, timeout=20)
    assert made.status_code == 201, made.text
    organization: dict[str, Any] = made.json()
    one = f"{api}/organizations/{organization['id']}"
    looks = session.put(f"{one}/branding", json=LOOK, timeout=20)
    assert looks.status_code == 200, looks.text
    stage.execute(PROVEN, f"{slug}.example", organization["id"])
    png = {"Content-Type": "image/png"}
    assert session.put(f"{one}/logo", data=picture(size=(96, 96), colour="green"), headers=png, timeout=20).ok
    return organization


def _slug(world: World) -> str:
    return f"allotment-{world.crawl}"


def sign_in(page: Page, world: World) -> None:
    found(world.stage, _slug(world))
    page.goto(f"{world.base_url}/login?organization={_slug(world)}")


def code(page: Page, world: World) -> None:
    """The page after it, by the name in the address."""
    page.goto(f"{world.base_url}/login/email?organization={_slug(world)}")
    page.locator("main [name=email]").fill("nobody@example.com")
    with page.expect_navigation():
        page.locator("main form button.primary").click()


def choosing(page: Page, world: World) -> None:
    """As one of its owners."""
    world.stage.execute(
        "INSERT INTO organizations_membership (id, organization_id, user_id, role_id, is_default, joined_at) "
        "SELECT gen_random_uuid(), place.organization_id, person.id, place.role_id, false, now() "
        "FROM organizations_membership place JOIN organizations_organization o ON o.id = place.organization_id, "
        "accounts_user person WHERE o.slug = %s AND person.email = %s ON CONFLICT DO NOTHING",
        _slug(world),
        PERSON,
    )
    page.goto(f"{world.base_url}/organizations/{_slug(world)}/branding")


def choosing_refused(page: Page, _world: World) -> None:
    page.locator("main [name=accent]").fill("#ffd400")
    with page.expect_navigation():
        page.locator("button[name=preview]").click()


def previewed(page: Page, _world: World) -> None:
    page.locator("main [name=accent]").fill("#8a1c4a")
    page.locator("main [name=accent_dark]").fill("")
    with page.expect_navigation():
        page.locator("button[name=preview]").click()


def apps(page: Page, world: World) -> None:
    """Those with its look, one of them; then none."""
    world.stage.execute(
        "UPDATE oauth_client SET organization_id = (SELECT id FROM organizations_organization WHERE slug = %s) "
        "WHERE client_id = %s",
        _slug(world),
        world.asking.client_id,
    )
    page.goto(f"{world.base_url}/organizations/{_slug(world)}/branding/clients")


def apps_no_more(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main button[name=client]").click()
