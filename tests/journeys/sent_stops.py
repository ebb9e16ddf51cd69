"""The pages of codes by SMS and mail: how to get there."""

from playwright.sync_api import Page

from tests.journeys.world import PASSWORD, World

NUMBER = "+4915123456780"


def at_the_challenge(page: Page, world: World) -> None:
    """Somebody with a phone and a mailbox signs in; the phone was used last, so a code is on its way."""
    email = f"sent.codes.{world.crawl}@example.com"
    world.stage.janua.create_user(email, PASSWORD)
    enrol = (
        "from accounts.models import User; from mfa.factories import enrol_email, enrol_sms; "
        f"user = User.objects.get(email='{email}'); enrol_email(user); enrol_sms(user, '{NUMBER}')"
    )
    world.stage.janua.manage("shell", "--verbosity", "0", "-c", enrol)
    page.goto(f"{world.base_url}/login")
    page.locator("main [name=email]").fill(email)
    page.locator("main [name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button.primary").first.click()


def sent_again(page: Page, _world: World) -> None:
    """Too soon after the last one."""
    with page.expect_navigation():
        page.locator("button[name=send][value='1']").click()


def without_factors(page: Page, world: World) -> None:
    """A login that waits though its person has no second factor: a signal spoke against it."""
    user = f"(SELECT id FROM accounts_user WHERE email = 'sent.codes.{world.crawl}@example.com')"
    world.stage.execute(
        f"DELETE FROM mfa_sentcode WHERE factor_id IN (SELECT id FROM mfa_factor WHERE user_id = {user})"
    )
    world.stage.execute(f"DELETE FROM mfa_factor WHERE user_id = {user}")
    world.stage.execute(f"UPDATE accounts_user SET mfa_enabled_at = NULL WHERE id = {user}")
    page.goto(f"{world.base_url}/login/challenge")
