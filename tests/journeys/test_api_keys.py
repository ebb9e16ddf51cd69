"""An API key: made on a page, used by a program over REST, revoked."""

import pytest
import requests
from playwright.sync_api import expect

from tests.journeys.test_person import PASSWORD, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.smtp import text_of
from tests.support.stage import Stage

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no javascript"])
MADE = (
    "from accounts.models import User; from organizations.factories import make_organization as make; "
    "print(make(User.objects.get(email='{email}'), slug='{slug}').id)"
)


@BOTH
def test_a_program_works_with_a_key_until_it_is_revoked(
    stage: Stage, chromium: Chromium, javascript: bool
) -> None:
    slug = f"keys-{javascript}".lower()
    email = f"{slug}@example.com"
    stage.janua.create_user(email, PASSWORD)
    made = stage.janua.manage("shell", "--verbosity", "0", "-c", MADE.format(email=email, slug=slug))
    address = f"{stage.base_url}/api/v1/organizations/{made.stdout.split()[0]}/api-keys"

    def program(secret: str) -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return requests.get(address, headers=headers, timeout=20).status_code

    with watched(chromium, stage.base_url, javascript=javascript) as page:
        page.goto(f"{stage.base_url}/organizations/{slug}/keys")
        sign_in(page, email)
        page.get_by_role("link", name="Create a key").click()
        page.get_by_role("textbox", name="Name").fill("Nightly export")
        page.locator("main [name=scopes][value='organization:read']").check()
        page.locator("main [name=scopes][value='key:own']").check()
        press(page, "Create")
        secret = page.locator("#secret").inner_text()
        assert program(secret) == 200
        assert program(secret[:-1] + ("a" if secret[-1] != "a" else "b")) == 401
        assert "jnu_sk_" in text_of(stage.mail.wait_for_mail(to=email, subject="API key"))
        page.get_by_role("link", name="I have copied it").click()
        expect(page.get_by_text(secret)).to_have_count(0)
        press(page, "Make a new secret")
        newer = page.locator("#secret").inner_text()
        assert (program(secret), program(newer)) == (200, 200)  # both, for a day
        page.get_by_role("link", name="I have copied it").click()
        press(page, "Revoke")
        expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
        assert (program(secret), program(newer)) == (401, 401)
