"""The pages of lost second factors: how to get there, how to get there."""

from playwright.sync_api import Page

from tests.journeys.world import PASSWORD, World
from tests.support.smtp import code_in, link_in

CANCEL = "/login/recover/cancel"


def challenged(page: Page, world: World) -> None:
    """Somebody with an authenticator app and recovery codes signs in."""
    email = _email(world)
    world.stage.janua.create_user(email, PASSWORD)
    enrol = (
        "from accounts.models import User; from mfa.factories import enrol_totp, give_recovery_codes; "
        f"user = User.objects.get(email='{email}'); enrol_totp(user); "
        "give_recovery_codes(user, 'AAAAA11111')"
    )
    world.stage.janua.manage("shell", "--verbosity", "0", "-c", enrol)
    _sign_in(page, world)


def begun(page: Page, world: World) -> None:
    """On the page of the code: enter the one that was mailed."""
    mail = world.stage.mail.wait_for_mail(to=_email(world))  # the first they ever get
    page.locator("main [name=code]").fill(code_in(mail))
    with page.expect_navigation():
        page.locator("main form button.primary").click()


def waits(page: Page, world: World) -> None:
    """At the next sign-in, before the days are over."""
    _sign_in(page, world)
    page.goto(f"{world.base_url}/login/recover")


def told(page: Page, world: World) -> None:
    page.goto(link_in(world.stage.mail.wait_for_mail(to=_email(world), text=CANCEL), CANCEL))


def _sign_in(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/login")
    page.locator("main [name=email]").fill(_email(world))
    page.locator("main [name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button.primary").first.click()


def _email(world: World) -> str:
    return f"lost.phone.{world.crawl}@example.com"
