"""The page of an organization's audit trail, with lines of each kind in it."""

from playwright.sync_api import Page

from tests.journeys.world import PERSON, World

SLUG = "audited"
MAKE = f"""
from django.db import transaction
from accounts.models import User
from audit import services as audit
from organizations.events.operators import OrganizationSuspended
from organizations.events.trail import TrailExported
from accounts.factories import UserFactory
from organizations.factories import join, make_organization
from organizations.models import Organization
person = User.objects.get(email="{PERSON}")
if not Organization.objects.filter(slug="{SLUG}").exists():
    owner = UserFactory(email="owner@audited.example")  # the person can go without it
    made = make_organization(owner, name="Audited Works", slug="{SLUG}")
    join(made, person, "admin")
    upon = dict(organization_id=made.id, target_type="organization", target_id=str(made.id))
    with transaction.atomic():
        for _ in range(21):
            audit.record(TrailExported(
                actor_type="user", actor_id=person.id, format="csv", narrowed_by=("action",), **upon))
        audit.record(TrailExported(
            actor_type="user", actor_id=person.id, format="csv", narrowed_by=(), result="denied", **upon))
        audit.record(OrganizationSuspended(actor_type="user", reason="A long reason. " * 20, **upon))
"""


def trail(page: Page, world: World) -> None:
    world.stage.janua.manage("shell", "-c", MAKE)
    page.goto(f"{world.base_url}/organizations/{SLUG}/audit")


def older(page: Page, _world: World) -> None:
    """On the page: to the lines before."""
    with page.expect_navigation():
        page.locator("main a[href*='cursor=']").click()


def nothing_found(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/organizations/{SLUG}/audit?result=failure")


def refused(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/organizations/{SLUG}/audit?first=yesterday")
