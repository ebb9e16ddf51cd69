"""The pages of two-step sign-in, and how each is brought into a state worth looking at.

The crawls share the person's session, whose secret a confirmed factor renews: what confirms one happens to somebody
else, who signs up to it in this browser for these stops alone.
"""

import pyotp
from playwright.sync_api import Page

from tests.journeys.world import PASSWORD, World

HOME = "/account/security"


def _email(world: World) -> str:
    return f"two.steps.{world.crawl}@example.com"


def _sign_in(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/login?next={HOME}")
    page.locator("main [name=email]").fill(_email(world))
    page.locator("main [name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button.primary").first.click()


def somebody_else(page: Page, world: World) -> None:
    """Signed in for these stops; the session before comes back with `person_again`."""
    world.stage.janua.create_user(_email(world), PASSWORD)
    page.context.clear_cookies()
    _sign_in(page, world)


def key_on(page: Page) -> str:
    """The key that the page shows for typing."""
    return "".join(page.locator("#key").inner_text().split())


def app_confirmed(page: Page, _world: World) -> None:
    """On the page with the QR code: enter what the app shows."""
    page.locator("main [name=code]").fill(pyotp.TOTP(key_on(page)).now())
    with page.expect_navigation():
        page.locator("main form button.primary").click()


def codes_run_low(page: Page, world: World) -> None:
    """Two of theirs are left: other crawls have people with codes in the same database."""
    world.stage.execute(
        "WITH theirs AS (SELECT code.id FROM mfa_recoverycode code "
        "JOIN accounts_user person ON person.id = code.user_id WHERE person.email = %s OFFSET 2) "
        "UPDATE mfa_recoverycode SET used_at = now() WHERE id IN (SELECT id FROM theirs)",
        _email(world),
    )
    page.goto(f"{world.base_url}{HOME}")


def last_app(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator(f"main a[href^='{HOME}/factors/']").first.click()


def challenged(page: Page, world: World) -> None:
    """The same somebody, back after signing out."""
    page.context.clear_cookies()
    _sign_in(page, world)


def person_again(page: Page, world: World) -> None:
    """The session that the crawls share."""
    page.context.clear_cookies()
    world.let_in(page.context, world.person)
    page.goto(f"{world.base_url}/account")
