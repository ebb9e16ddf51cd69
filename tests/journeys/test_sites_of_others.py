"""Sites written with the OpenID libraries that people use: in, on with a fresh token, out at Janua too."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.test_person import CONSENT, PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.ports import wait_until
from tests.support.relying_parties.site import (
    ALLAUTH,
    AUTH_JS,
    AUTHLIB,
    OIDC_CLIENT_TS,
    OPENID_CLIENT,
    OPENID_CLIENT_BY_KEY,
    PASSPORT,
    TELEVISION,
    Program,
    SiteRelyingParty,
    open_site,
)
from tests.support.stage import Stage

PROGRAMS = (OIDC_CLIENT_TS, OPENID_CLIENT, OPENID_CLIENT_BY_KEY, PASSPORT, AUTH_JS, AUTHLIB, ALLAUTH)
THOSE_THAT_REFRESH = (OIDC_CLIENT_TS, OPENID_CLIENT, OPENID_CLIENT_BY_KEY, AUTHLIB)
EMAIL = "rosa@example.com"
NAME = "Rosa Winter"


@pytest.fixture(scope="module")
def rosa(stage: Stage) -> str:
    """Her `sub`."""
    user_id = stage.janua.create_user(EMAIL, PASSWORD)
    stage.execute(
        "UPDATE accounts_user SET given_name = 'Rosa', family_name = 'Winter' WHERE id = %s", user_id
    )
    return user_id


@contextmanager
def visiting(stage: Stage, chromium: Chromium, program: Program) -> Iterator[tuple[SiteRelyingParty, Page]]:
    """A site of that program and a fresh browser that stands on its home page."""
    with open_site(stage.janua, program) as site, watched(chromium, stage.base_url, site.base_url) as page:
        page.goto(site.base_url)
        yield site, page


def ask_to_sign_in(page: Page, program: Program) -> None:
    press(page, "Sign in")
    if program is AUTH_JS:  # which has a page of its own to choose the provider
        press(page, "Sign in with Janua")


def sign_in_at(site: SiteRelyingParty, page: Page, program: Program) -> None:
    ask_to_sign_in(page, program)
    expect_heading(page, f"Sign in to {site.name}")
    sign_in(page, EMAIL)
    expect_heading(page, CONSENT.format(site.name))
    press(page, "Allow")
    expect_heading(page, "Signed in")


def sign_out_at(page: Page, program: Program) -> None:
    press(page, "Sign out")
    if program is AUTH_JS:  # which asks first, on a page of its own
        expect(page.get_by_text("Are you sure you want to sign out?")).to_be_visible()
        press(page, "Sign out")
    if program is ALLAUTH:  # which keeps no ID token to prove itself with: Janua asks
        expect_heading(page, "Sign out?")
        press(page, "Sign out")


def expect_person(page: Page, subject: str) -> None:
    for name, value in {"sub": subject, "name": NAME, "email": EMAIL}.items():
        expect(page.locator(f"#{name}")).to_have_text(value)


@pytest.mark.parametrize("program", PROGRAMS, ids=[each.library for each in PROGRAMS])
def test_person_signs_in_at_a_site_and_out_of_janua_too(
    stage: Stage, chromium: Chromium, rosa: str, program: Program
) -> None:
    with visiting(stage, chromium, program) as (site, page):
        sign_in_at(site, page, program)
        expect_person(page, rosa)

        sign_out_at(page, program)
        expect_heading(page, "Signed out")
        assert page.url.startswith(f"{site.base_url}/signed-out?state=")
        page.goto(site.base_url)
        expect_heading(page, "Nobody is signed in")

        ask_to_sign_in(page, program)
        expect_heading(page, f"Sign in to {site.name}")
        expect(page.get_by_label("Password", exact=True)).to_be_visible()


@pytest.mark.parametrize("program", THOSE_THAT_REFRESH, ids=[each.library for each in THOSE_THAT_REFRESH])
def test_site_gets_a_fresh_access_token_without_the_person(
    stage: Stage, chromium: Chromium, rosa: str, program: Program
) -> None:
    with visiting(stage, chromium, program) as (site, page):
        sign_in_at(site, page, program)
        token = page.locator("#token")
        seen = [token.inner_text()]
        for _ in range(2):  # the second time with the successor of the first refresh token
            press(page, "Refresh")
            expect(token).not_to_have_text(seen[-1])
            expect_person(page, rosa)
            seen.append(token.inner_text())
        assert len(set(seen)) == 3


def test_single_page_that_lost_the_answer_to_a_refresh_asks_again_and_stays_signed_in(
    stage: Stage, chromium: Chromium, rosa: str
) -> None:
    """docs/tokens.md, "Reuse, and the retry window"."""

    def lose_the_answer(route: Route) -> None:
        assert route.fetch().status == 200
        route.abort()

    with open_site(stage.janua, OIDC_CLIENT_TS) as site, chromium.profile() as profile:
        page = profile.page
        page.goto(site.base_url)
        sign_in_at(site, page, OIDC_CLIENT_TS)
        token = page.locator("#token").inner_text()
        page.route("**/oauth/token", lose_the_answer)
        with page.expect_event("requestfailed"):
            press(page, "Refresh")
        page.unroute("**/oauth/token")
        expect(page.locator("#token")).to_have_text(token)
        press(page, "Refresh")
        expect(page.locator("#token")).not_to_have_text(token)
        expect_person(page, rosa)


def test_single_page_may_read_why_its_refresh_fails_once_the_person_signed_out_here(
    stage: Stage, chromium: Chromium, rosa: str
) -> None:
    """Error answers too carry what lets a page of another origin read them."""
    with open_site(stage.janua, OIDC_CLIENT_TS) as site, chromium.profile() as profile:
        page = profile.page
        page.goto(site.base_url)
        sign_in_at(site, page, OIDC_CLIENT_TS)
        elsewhere = profile.context.new_page()
        elsewhere.goto(f"{stage.base_url}/logout")
        press(elsewhere, "Sign out")
        expect_heading(elsewhere, "You are signed out")
        press(page, "Refresh")
        expect_heading(page, "Not signed in any more: invalid_grant")


def test_openid_client_sees_its_token_active_until_it_revokes_it(
    stage: Stage, chromium: Chromium, rosa: str
) -> None:
    with visiting(stage, chromium, OPENID_CLIENT) as (site, page):
        sign_in_at(site, page, OPENID_CLIENT)
        expect(page.locator("#active")).to_have_text("true")
        press(page, "Revoke")
        expect(page.locator("#active")).to_have_text("false")
        press(page, "Refresh")
        expect(page.locator("#error")).to_have_text("invalid_grant")


def test_openid_client_goes_along_with_a_rotation_of_the_signing_key(
    stage: Stage, chromium: Chromium, rosa: str
) -> None:
    """It has read our keys once: the next one was among them, and the retired one still proves a sign-out."""
    with visiting(stage, chromium, OPENID_CLIENT) as (site, page):
        sign_in_at(site, page, OPENID_CLIENT)
        retired = page.locator("#key").inner_text()
        current = stage.janua.manage("rotate_signing_key", "--now").stdout.strip()
        assert current != retired
        sign_out_at(page, OPENID_CLIENT)
        expect_heading(page, "Signed out")

        page.goto(site.base_url)
        press(page, "Sign in")
        sign_in(page, EMAIL)
        expect_heading(page, "Signed in")
        expect(page.locator("#key")).to_have_text(current)
        press(page, "Refresh")
        expect_person(page, rosa)


def test_openid_client_believes_that_the_person_said_no(stage: Stage, chromium: Chromium, rosa: str) -> None:
    """The answer with the error carries our `state` and `iss` too, or the library would not take it."""
    with visiting(stage, chromium, OPENID_CLIENT) as (site, page):
        press(page, "Sign in")
        sign_in(page, EMAIL)
        expect_heading(page, CONSENT.format(site.name))
        press(page, "Cancel")
        expect(page.locator("#error")).to_have_text("access_denied")


def test_person_signs_a_television_in_by_its_code_and_out_again(
    stage: Stage, chromium: Chromium, rosa: str
) -> None:
    """RFC 8628, with openid-client's own polling."""

    def has_gone_on() -> bool:
        screen.reload()
        return screen.locator("#sub").count() == 1

    with (
        visiting(stage, chromium, TELEVISION) as (site, screen),
        watched(chromium, stage.base_url) as phone,
    ):
        press(screen, "Sign in")
        phone.goto(screen.locator("#address").inner_text())
        phone.get_by_label("Code").fill(screen.locator("#code").inner_text())
        press(phone, "Continue")
        expect_heading(phone, f"Sign in to {site.name}")
        sign_in(phone, EMAIL)
        expect_heading(phone, f"Allow {site.name} on your device to use your account?")
        press(phone, "Allow")
        expect_heading(phone, "Your device is connected")
        wait_until(has_gone_on, 30, "the television")
        expect_person(screen, rosa)
        press(screen, "Sign out")
        expect_heading(screen, "Nobody is signed in")
