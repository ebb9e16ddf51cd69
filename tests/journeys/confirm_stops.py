"""/account/confirm as people with second factors see it."""

from playwright.sync_api import Page

from tests.journeys.world import PERSON, World

CONFIRM = "/account/confirm?next=/account"
# An app without a seed and a key without a public key: they stand on the page, and nothing is ever right.
FACTORS = (
    f"UPDATE accounts_user SET mfa_enabled_at = now() WHERE email = '{PERSON}'",
    "INSERT INTO mfa_factor (id, user_id, name, confirmed, method, created_at, seed, last_step, drift, phone_number) "
    f"SELECT id, id, 'Phone', true, 'totp', now(), '', -1, 0, '' FROM accounts_user WHERE email = '{PERSON}'",
    "INSERT INTO mfa_recoverycode (id, user_id, code_hash, created_at) "
    f"SELECT id, id, 'x', now() FROM accounts_user WHERE email = '{PERSON}'",
)
NO_FACTORS = (
    "DELETE FROM mfa_sentcode WHERE factor_id IN (SELECT id FROM mfa_factor WHERE user_id = "
    f"(SELECT id FROM accounts_user WHERE email = '{PERSON}'))",
    f"UPDATE accounts_user SET mfa_enabled_at = NULL WHERE email = '{PERSON}'",
    *(
        f"DELETE FROM {table} WHERE user_id = (SELECT id FROM accounts_user WHERE email = '{PERSON}')"
        for table in ("mfa_factor", "mfa_recoverycode", "mfa_passkey")
    ),
)
KEY = (
    "INSERT INTO mfa_passkey (id, user_id, name, confirmed, kind, credential_id, public_key, sign_count, transports, "
    "aaguid, attestation_format, is_backup_eligible, is_backed_up, created_at) "
    "SELECT id, id, 'Key', true, 'security_key', id::text, 'x', 0, '[]', id, 'none', false, false, now() "
    f"FROM accounts_user WHERE email = '{PERSON}'"
)


def with_factors(page: Page, world: World) -> None:
    """With an authenticator app, and recovery codes."""
    for statement in (*NO_FACTORS, *FACTORS):
        world.stage.execute(statement)
    page.goto(f"{world.base_url}{CONFIRM}")


def by_recovery_code(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}{CONFIRM}&method=recovery_code")


def out_of_reach(page: Page, world: World) -> None:
    """An app asks for a key, and there is none."""
    page.goto(f"{world.base_url}{CONFIRM}&level=phr")


def with_a_key(page: Page, world: World) -> None:
    world.stage.execute(KEY)
    page.goto(f"{world.base_url}{CONFIRM}&level=phr")


def without_factors(page: Page, world: World) -> None:
    """As before."""
    for statement in NO_FACTORS:
        world.stage.execute(statement)
    page.goto(f"{world.base_url}/account/confirm?next=/account")
