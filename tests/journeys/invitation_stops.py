"""The pages of invitations: how to get there."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.world import PERSON, World
from tests.support.smtp import link_in

INVITE = """
from django.db import transaction
from accounts.models import Session, User
from accounts.services import sessions
from core import clock
from organizations.factories import make_organization
from organizations.services import invitations
from organizations.services.access import Actor
host, _ = User.objects.get_or_create(email='host.{crawl}@example.com', defaults=dict(
    email_verified=True, given_name='Hedy', family_name='Lamarr', created_at=clock.now(), updated_at=clock.now()))
proof = sessions.Proof(amr=('pwd',), auth_time=clock.now())
with transaction.atomic():
    session = sessions.start_session(host, proof, kind=Session.Kind.API, keep=False, now=clock.now()).session
invitations.invite(actor=Actor.of_session(session), organization_id=make_organization(host, name='Frequency Hoppers').id,
    email='{email}', role_key='member', now=clock.now())
"""


def _link_for(world: World, email: str) -> str:
    """Somebody invites the address: the link of the mail."""
    came = len(world.stage.mail.messages)
    world.stage.janua.manage("shell", "--verbosity", "0", "-c", INVITE.format(crawl=world.crawl, email=email))
    mail = world.stage.mail.wait_for_mail(to=email, text="/invitations/open?token=", after=came)
    return link_in(mail, "/invitations/open?token=")


def opened_by_a_stranger(page: Page, world: World) -> None:
    page.goto(_link_for(world, f"stranger.{world.crawl}@example.com"))


def declined(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("form.decline button").click()


def opened_by_another(page: Page, world: World) -> None:
    page.goto(_link_for(world, f"another.{world.crawl}@example.com"))


def opened_by_the_invited(page: Page, world: World) -> None:
    page.goto(_link_for(world, PERSON))


def waiting(page: Page, world: World) -> None:
    """The one of the stop before."""
    page.goto(f"{world.base_url}/invitations")


def own_declined(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main button[name=decline]").click()


def taken_back_meanwhile(page: Page, world: World) -> None:
    opened_by_the_invited(page, world)
    world.stage.execute("UPDATE organizations_invitation SET revoked_at = now() WHERE email = %s", PERSON)
    with page.expect_navigation():
        page.locator("form.accept button").click()


def _in_ones_own(path: str) -> Callable[[Page, World], None]:
    def visit(page: Page, world: World) -> None:
        page.goto(f"{world.base_url}/organizations/{_slug(world)}/invitations{path}")

    return visit


def _slug(world: World) -> str:
    return f"invites-{world.crawl}".lower().replace(".", "-").replace("_", "-")


def nobody_invited(page: Page, world: World) -> None:
    """In an organization of the person's own, which this crawl makes."""
    page.goto(f"{world.base_url}/organizations/new")
    page.locator("main [name=name]").fill("Analytical Engines")
    page.locator("main [name=slug]").fill(_slug(world))
    with page.expect_navigation():
        page.locator("main form button.primary").click()
    _in_ones_own("")(page, world)


invite = _in_ones_own("/new")
many = _in_ones_own("/many")


def invite_refused(page: Page, _world: World) -> None:
    page.locator("main [name=email]").fill(PERSON)
    with page.expect_navigation():
        page.locator("main form button.primary").click()


def invited(page: Page, world: World) -> None:
    page.locator("main [name=email]").fill(f"a.rather.long.name.to.invite.{world.crawl}@example.com")
    with page.expect_navigation():
        page.locator("main form button.primary").click()


def many_with_faults(page: Page, _world: World) -> None:
    page.locator("main [name=text]").fill(
        f"charles@example.com\n=cmd|' /C calc'!A0\n{PERSON}\nno address,boss\n"
    )
    with page.expect_navigation():
        page.locator("main form button.primary").click()


def taken_back(page: Page, world: World) -> None:
    _in_ones_own("")(page, world)
    with page.expect_navigation():
        page.locator("main button[name=revoke]").first.click()
