"""The pages of API keys and service accounts. Each crawl has an organization of its own."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.world import PERSON, World

MADE = (
    "from accounts.models import User; from organizations.factories import make_organization as make; "
    "from organizations.models import Organization; "
    "Organization.objects.filter(slug='{slug}').exists() or "
    "make(User.objects.get(email='{email}'), name='Keys', slug='{slug}')"
)


def slug_of(world: World) -> str:
    return f"keys-of-{world.crawl}".lower().replace("_", "-").replace(".", "-")


def made(page: Page, world: World) -> None:
    """Its organization comes into being; then the empty list."""
    code = MADE.format(slug=slug_of(world), email=PERSON)
    world.stage.janua.manage("shell", "-c", code)
    world.stage.execute("UPDATE accounts_session SET sudo_until = now() + interval '1 day'")
    at("keys")(page, world)


def at(path: str) -> Callable[[Page, World], None]:
    def visit(page: Page, world: World) -> None:
        page.goto(f"{world.base_url}/organizations/{slug_of(world)}/{path}")

    return visit


def sent(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main form button.primary").first.click()


def refused(page: Page, world: World) -> None:
    """A network that is none."""
    at("keys/new")(page, world)
    page.locator("main [name=name]").fill("Nightly export")
    page.locator("main [name=scopes]").first.check()
    page.locator("main [name=networks]").fill("nowhere")
    sent(page, world)


def shown_once(page: Page, world: World) -> None:
    page.locator("main [name=networks]").fill("192.0.2.0/24")
    sent(page, world)


def followed(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main a.primary").click()


def acted(act: str) -> Callable[[Page, World], None]:
    def visit(page: Page, _world: World) -> None:
        with page.expect_navigation():
            page.locator(f"main button[value={act}]").click()

    return visit


def account_added(page: Page, world: World) -> None:
    at("service-accounts")(page, world)
    page.locator("main [name=name]").fill("Robot")
    sent(page, world)


def account_refused(page: Page, world: World) -> None:
    """A name that is taken."""
    account_added(page, world)


def account_again(page: Page, world: World) -> None:
    at("service-accounts")(page, world)
    with page.expect_navigation():
        page.locator("main .list a").first.click()
