"""A client written with Authlib asks for two steps, of a person who comes by a browser they trust."""

import secrets
from typing import Any

import pyotp
from authlib.integrations.requests_client import OAuth2Session
from playwright.sync_api import Page, expect

from mfa.factories import SEED
from tests.journeys.test_authlib_client import REDIRECT_URI, get_json, read_id_token
from tests.journeys.test_passkeys import somebody
from tests.journeys.test_person import PASSWORD, expect_heading, press, sign_in, watched
from tests.support.browser import Chromium
from tests.support.stage import Stage
from tests.support.virtual_authenticator import VirtualAuthenticator

ORIGIN = "https://garden.example"
EMAIL = "twice.sure@example.com"


class Garden:
    """The app: it asks in a browser, and reads the ID token."""

    def __init__(self, stage: Stage, page: Page) -> None:
        self.page = page
        self.provider = get_json(f"{stage.base_url}/.well-known/openid-configuration")
        self.registered = stage.janua.register_client(client_name="Garden", redirect_uris=[REDIRECT_URI])
        page.route(f"{ORIGIN}/**", lambda route: route.fulfill(content_type="text/html", body="Welcome"))

    def ask(self, **wishes: str) -> None:
        self.session = OAuth2Session(
            self.registered["client_id"],
            self.registered["client_secret"],
            scope="openid email",
            redirect_uri=REDIRECT_URI,
            code_challenge_method="S256",
        )
        self.verifier = secrets.token_urlsafe(48)
        url, self.state = self.session.create_authorization_url(
            self.provider["authorization_endpoint"],
            nonce=secrets.token_urlsafe(16),
            code_verifier=self.verifier,
            **wishes,
        )
        self.page.goto(url)

    def id_token(self) -> dict[str, Any]:
        self.page.wait_for_url(f"{REDIRECT_URI}?*")
        token = self.session.fetch_token(
            self.provider["token_endpoint"],
            authorization_response=self.page.url,
            state=self.state,
            code_verifier=self.verifier,
        )
        return read_id_token(token["id_token"], self.provider, audience=self.registered["client_id"])


def enter_code(stage: Stage, page: Page) -> None:
    """What the authenticator app shows; as if half a minute had passed since the code before."""
    stage.execute("UPDATE mfa_factor SET last_step = -1")
    page.get_by_label("Code").fill(pyotp.TOTP(SEED).now())
    page.locator("main form button[type=submit]").first.click()


def enrol_totp(stage: Stage) -> None:
    stage.janua.create_user(EMAIL, PASSWORD)
    whose = f"User.objects.get(email='{EMAIL}')"
    stage.janua.manage(
        "shell",
        "-c",
        f"from accounts.models import User; from mfa.factories import enrol_totp; enrol_totp({whose})",
    )


def test_a_key_that_an_app_asks_for_is_all_that_is_asked_of_who_is_signed_in(
    stage: Stage, chromium: Chromium
) -> None:
    with somebody(stage, chromium, "stepped.up", also=(ORIGIN,)) as person:
        VirtualAuthenticator.of(person.page)
        person.type_password()
        person.add()
        garden = Garden(stage, person.page)
        garden.ask(acr_values="phr")
        expect_heading(person.page, "Confirm that it is you")
        person.button.click()
        press(person.page, "Allow")
        token = garden.id_token()
        assert (token["acr"], token["amr"]) == ("phr", ["pwd", "swk", "user", "mfa"])


def test_two_steps_that_an_app_asks_for_are_asked_of_a_person_on_a_trusted_browser(
    stage: Stage, chromium: Chromium
) -> None:
    enrol_totp(stage)
    with watched(chromium, stage.base_url, ORIGIN) as page:
        garden = Garden(stage, page)
        garden.ask()
        sign_in(page, EMAIL)
        page.get_by_label("Trust this browser").check()
        enter_code(stage, page)
        press(page, "Allow")
        assert garden.id_token()["acr"] == "aal2"

        page.context.clear_cookies(name="janua_session")
        garden.ask()
        sign_in(page, EMAIL)
        once = garden.id_token()
        assert (once["acr"], once["amr"]) == ("aal1", ["pwd"])

        page.context.clear_cookies(name="janua_session")
        garden.ask(acr_values="aal2")
        expect_heading(page, "Sign in to Garden")
        sign_in(page, EMAIL)
        expect(page).to_have_url(f"{stage.base_url}/login/challenge")
        enter_code(stage, page)
        twice = garden.id_token()
        assert (twice["acr"], twice["amr"]) == ("aal2", ["pwd", "otp", "mfa"])

        page.context.clear_cookies(name="janua_session")
        garden.ask()
        sign_in(page, EMAIL)
        once = garden.id_token()
        assert once["acr"] == "aal1"
        garden.ask(acr_values="aal2")  # signed in still: the password is not asked for again
        expect_heading(page, "Confirm that it is you")
        enter_code(stage, page)
        twice = garden.id_token()
        assert (twice["acr"], twice["amr"]) == ("aal2", ["pwd", "otp", "mfa"])
        assert twice["auth_time"] == once["auth_time"]
