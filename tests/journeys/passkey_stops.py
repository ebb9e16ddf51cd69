"""The pages of passkeys and security keys, and how each is brought into a state worth looking at."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.privacy_stops import SUDO
from tests.journeys.world import PASSWORD, PERSON, World

LIST = "/account/security/passkeys"
# What the script does with an authenticator's answer; it is no answer here.
ANSWERED_WITH_NOTHING = """button => {
  button.form.elements.credential.value = "{}";
  button.form.requestSubmit(button);
}"""


def answered_with_nothing(path: str = "") -> Callable[[Page, World], object]:
    """On the page, or on that of the stop before: press the passkey's button, with an empty answer."""

    def visit(page: Page, world: World) -> None:
        if path:
            page.goto(f"{world.base_url}{path}")
        with page.expect_navigation():
            page.locator("main [data-passkey]").evaluate(ANSWERED_WITH_NOTHING)

    return visit


def adding(page: Page, world: World) -> None:
    world.stage.execute(SUDO)
    page.goto(f"{world.base_url}{LIST}/add")


def some(page: Page, world: World) -> None:
    """One that is synced, one of this device only, a key, and one that was stopped."""
    for name, kind, is_synced, stopped in (
        ("Phone", "passkey", True, "NULL"),
        ("", "passkey", False, "NULL"),
        ("A blue key with a long name that wraps", "security_key", False, "NULL"),
        ("Old laptop", "passkey", True, "now()"),
    ):
        _keep(world, PERSON, name, kind, is_synced=is_synced, stopped=stopped)
    page.goto(f"{world.base_url}{LIST}")


def one_of_them(page: Page, _world: World) -> None:
    with page.expect_navigation():
        page.locator(f"main a[href^='{LIST}/0']").first.click()


def gone(page: Page, world: World) -> None:
    """The pages after these are those of somebody without."""
    world.stage.execute("DELETE FROM mfa_passkey")
    page.goto(f"{world.base_url}{LIST}")


def challenged(page: Page, world: World) -> None:
    """The password was right, and a key is asked for."""
    email = f"with.key.{world.crawl}@example.com"
    world.stage.janua.create_user(email, PASSWORD)
    _keep(world, email, "Blue", "security_key", is_synced=False)
    world.stage.execute("UPDATE accounts_user SET mfa_enabled_at = now() WHERE email = %s", email)
    page.goto(f"{world.base_url}/login")
    page.locator("main [name=email]").fill(email)
    page.locator("main [name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form button.primary").click()


def _keep(world: World, email: str, name: str, kind: str, *, is_synced: bool, stopped: str = "NULL") -> None:
    world.stage.execute(
        "INSERT INTO mfa_passkey (id, user_id, name, confirmed, kind, credential_id, public_key, sign_count, transports, "
        "aaguid, attestation_format, is_backup_eligible, is_backed_up, created_at, suspended_at) "
        "SELECT ('0' || substr(gen_random_uuid()::text, 2))::uuid, id, %s, true, %s, gen_random_uuid()::text, '', 1, '[]', "
        f"'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4', 'none', %s, %s, now(), {stopped} "
        "FROM accounts_user WHERE email = %s",
        *(name, kind, is_synced, is_synced, email),
    )
