"""The pages of one's own data, and how each is brought into a state worth looking at."""

from playwright.sync_api import Page

from tests.journeys.world import PASSWORD, PERSON, World
from tests.support.smtp import link_in

SUDO = "UPDATE accounts_session SET sudo_until = now() + interval '1 hour' WHERE ended_at IS NULL"


def _publish(world: World) -> None:
    """New terms, in the words of this crawl."""
    world.stage.execute(
        "INSERT INTO accounts_termsversion (id, kind, version, url, text, is_required, published_at, effective_at) "
        "SELECT gen_random_uuid(), kind, %s, 'https://garden.example/' || kind, %s, true, now(), now() "
        "FROM unnest(ARRAY['terms', 'privacy']) AS kind",
        world.crawl,
        "We say in plainer words how long we keep what.",
    )


def _withdraw(world: World) -> None:
    """Nobody else on this stage is to meet them."""
    world.stage.execute("UPDATE accounts_termsversion SET is_required = false")


def sign_up_with_terms(page: Page, world: World) -> None:
    _publish(world)
    page.goto(f"{world.base_url}/signup")


def sign_up_without_accepting(page: Page, world: World) -> None:
    page.locator("main [name=email]").fill("hesitant@example.com")
    page.locator("main [name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button.primary").click()
    _withdraw(world)


def new_terms(page: Page, world: World) -> None:
    world.stage.execute("UPDATE accounts_termsversion SET is_required = true")
    page.goto(f"{world.base_url}/account/profile")


def terms_accepted(page: Page, world: World) -> None:
    with page.expect_navigation():
        page.locator("main form button.primary").click()
    _withdraw(world)


def privacy(page: Page, world: World) -> None:
    """With a purpose to answer."""
    world.stage.execute(SUDO)
    # What an earlier crawl registered: who owns apps does not get to the question of the deletion.
    world.stage.execute("UPDATE oauth_client SET is_enabled = false WHERE name = 'Herbs'")
    world.stage.execute(
        "INSERT INTO accounts_consentpurpose (id, name, version, title, text, is_offered, created_at) "
        "VALUES (gen_random_uuid(), 'product-news', 1, 'Product news', "
        "'We send you a mail when there is something new, at most once a month.', true, now()) ON CONFLICT DO NOTHING"
    )
    page.goto(f"{world.base_url}/account/privacy")


def consent_answered(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main [name=is_granted]").first.click()


def receipt(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main a[href*=receipts]").first.click()


_asked_after = [0]
"""How many mails there were when the archive was asked for."""


def export_asked_for(page: Page, world: World) -> None:
    _asked_after[0] = len(world.stage.mail.messages)
    page.goto(f"{world.base_url}/account/privacy")
    with page.expect_navigation():
        page.locator("main [name=export]").click()


def export_ready(page: Page, world: World) -> None:
    mail = world.stage.mail.wait_for_mail(
        to=PERSON, text="/account/privacy/exports/", after=_asked_after[0], timeout=90
    )
    page.goto(link_in(mail, "/account/privacy/exports/"))


def export_gone(page: Page, world: World) -> None:
    world.stage.execute("UPDATE accounts_dataexport SET expires_at = now(), archive = '', size = 0")
    page.reload()


def deletion_refused(page: Page, _world: World) -> None:
    page.locator("main [name=email]").fill("somebody@example.com")
    with page.expect_navigation():
        page.locator("main button.danger").click()


def deletion_waits(page: Page, world: World) -> None:
    _due(world, "now() + interval '14 days'")
    page.goto(f"{world.base_url}/account")


def deletion_taken_back(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator("main button.primary").click()


def _due(world: World, when: str) -> None:
    world.stage.execute(f"UPDATE accounts_user SET deletion_due_at = {when} WHERE email = %s", PERSON)
