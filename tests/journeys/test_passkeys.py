"""Passkeys and security keys in Chromium, whose virtual authenticators go through whole ceremonies."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.support.browser import Chromium
from tests.support.ports import wait_until
from tests.support.stage import Stage
from tests.support.virtual_authenticator import PASSKEY_PROVIDER, SECURITY_KEY, VirtualAuthenticator

PASSWORD = "plum-tractor-velvet-94"
LIST = "/account/security/passkeys"
# Browsers of 2023: nothing is filled in by itself, and JSON is the page's own affair.
WITHOUT_AUTOFILL = "delete PublicKeyCredential.isConditionalMediationAvailable;"
WITHOUT_JSON = """delete PublicKeyCredential.parseCreationOptionsFromJSON;
delete PublicKeyCredential.parseRequestOptionsFromJSON; delete PublicKeyCredential.prototype.toJSON;"""
# The browser leaves the owner out, whatever our options say.
NOT_ASKING_FOR_THE_OWNER = """const parse = PublicKeyCredential.parseRequestOptionsFromJSON;
PublicKeyCredential.parseRequestOptionsFromJSON = (json) => parse({ ...json, userVerification: "discouraged" });"""
# A password manager that makes a passkey without a question; Chromium without a profile has none, and waits for ever.
WILLING_MANAGER = """const create = navigator.credentials.create.bind(navigator.credentials);
navigator.credentials.create = ({ publicKey, signal, mediation }) =>
  mediation === "conditional" ? create({ publicKey, signal }) : Promise.reject(new Error("asked"));"""


class Person:
    """Somebody with a browser and what it keeps keys in."""

    def __init__(self, stage: Stage, page: Page, email: str) -> None:
        self.stage, self.page, self.email = stage, page, email

    def go(self, path: str) -> None:
        self.page.goto(f"{self.stage.base_url}{path}")

    def expect_at(self, path: str) -> None:
        expect(self.page).to_have_url(f"{self.stage.base_url}{path}")

    def type_password(self) -> None:
        self.go("/login")
        self.page.locator("[name=email]").fill(self.email)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main form button.primary").click()

    def add(self, kind: str = "passkey", name: str = "") -> None:
        self.go(f"{LIST}/add?kind={kind}")
        self.page.locator("[name=name]").fill(name)
        self.button.click()
        if kind == "security_key":  # the first second factor: recovery codes are shown, this once
            expect(self.page.locator("main form[data-stays]").first).to_be_visible()
            self.go(LIST)
        self.expect_at(LIST)

    def leave(self) -> None:
        self.page.context.clear_cookies()

    def sign_in_with_passkey(self) -> None:
        self.go("/login")
        self.button.click()

    @property
    def button(self) -> Locator:
        return self.page.locator("main [data-passkey]")

    @property
    def fault(self) -> Locator:
        return self.page.locator(".passkey-fault")

    @property
    def keys(self) -> Locator:
        return self.page.locator("#yours ~ .list > li")


@contextmanager
def somebody(
    stage: Stage,
    chromium: Chromium,
    name: str,
    *,
    scripts: str = WITHOUT_AUTOFILL,
    also: tuple[str, ...] = (),
    **options: Any,
) -> Iterator[Person]:
    """In a fresh browser profile; afterwards nothing may have gone wrong on any of its pages."""
    email = f"{name}.with.keys@example.com"
    stage.janua.create_user(email, PASSWORD)
    with chromium.profile(origins=[stage.base_url, *also], **options) as profile:
        profile.context.add_init_script(f"if (window.PublicKeyCredential) {{ {scripts} }}")
        yield Person(stage, profile.page, email)
        assert profile.troubles == []


@pytest.mark.parametrize("scripts", [WITHOUT_AUTOFILL, WITHOUT_AUTOFILL + WITHOUT_JSON], ids=["new", "old"])
def test_a_passkey_is_added_and_signs_in_by_its_button(
    stage: Stage, chromium: Chromium, scripts: str
) -> None:
    with somebody(stage, chromium, f"button{len(scripts)}", scripts=scripts) as person:
        VirtualAuthenticator.of(person.page)
        person.type_password()
        person.add(name="Pocket")
        expect(person.keys).to_have_count(1)
        expect(person.keys).to_contain_text("Pocket")
        person.leave()
        person.sign_in_with_passkey()
        person.expect_at("/account")
        person.leave()
        person.go("/login")
        expect(person.button.locator(".badge")).to_be_hidden()  # it went with the cookies


def test_the_browser_fills_a_passkey_in_and_the_door_is_remembered(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "autofill", scripts="") as person:
        authenticator = VirtualAuthenticator.of(person.page)
        person.type_password()
        person.add()
        person.page.context.clear_cookies(name="janua_session")
        person.go(f"/login?next={LIST}")
        person.expect_at(LIST)
        authenticator.forget(authenticator.credentials[0])
        person.page.context.clear_cookies(name="janua_session")
        person.go("/login")
        expect(person.button.locator(".badge")).to_be_visible()


def test_a_passkey_is_the_second_factor_too(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "both") as person:
        phone = VirtualAuthenticator.of(person.page)
        person.type_password()
        person.add()
        passkeys = phone.credentials
        phone.taken_away()
        key = VirtualAuthenticator.of(person.page, SECURITY_KEY)
        person.add("security_key")
        expect(person.keys).to_have_count(2)
        key.taken_away()
        person.leave()
        VirtualAuthenticator.of(person.page).keep(passkeys[0])
        person.type_password()
        person.expect_at("/login/challenge")
        person.button.click()
        person.expect_at("/account")


def test_a_security_key_without_pin_is_a_second_factor_and_no_door(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "key") as person:
        VirtualAuthenticator.of(person.page, SECURITY_KEY)
        person.type_password()
        person.add("security_key", "Blue")
        person.leave()
        person.sign_in_with_passkey()
        expect(person.fault).to_be_visible()
        person.type_password()
        person.expect_at("/login/challenge")
        person.button.click()
        person.expect_at("/account")


def test_a_passkey_that_does_not_ask_for_its_owner_opens_nothing(stage: Stage, chromium: Chromium) -> None:
    scripts = WITHOUT_AUTOFILL + NOT_ASKING_FOR_THE_OWNER
    with somebody(stage, chromium, "anyone", scripts=scripts) as person:
        authenticator = VirtualAuthenticator.of(person.page)
        person.type_password()
        person.add()
        person.leave()
        authenticator.knows_its_owner(does=False)
        person.sign_in_with_passkey()
        person.expect_at("/login/passkey")
        expect(person.page.locator(".note.bad")).to_be_visible()
        person.go("/account")
        person.expect_at("/login?next=%2Faccount")


def test_a_copied_passkey_is_stopped_and_its_owner_told(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "copied") as person:
        authenticator = VirtualAuthenticator.of(person.page, {**PASSKEY_PROVIDER, "transport": "usb"})
        person.type_password()
        person.add()
        (copy,) = authenticator.credentials
        person.leave()
        person.sign_in_with_passkey()
        person.expect_at("/account")
        authenticator.forget(copy)
        authenticator.keep({**copy, "signCount": 0})
        person.leave()
        person.sign_in_with_passkey()
        person.expect_at("/login/passkey")
        person.type_password()
        person.go(LIST)
        expect(person.keys.locator(".badge.bad")).to_be_visible()


def test_a_passkey_gets_another_name_and_goes_from_everywhere(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "tidy") as person:
        authenticator = VirtualAuthenticator.of(person.page)
        person.type_password()
        person.add(name="Old name")
        person.keys.locator("a").click()
        person.page.locator("main [name=name]").fill("New name")
        person.page.locator("main form button.primary").click()
        person.expect_at(LIST)
        expect(person.keys).to_contain_text("New name")
        assert len(authenticator.credentials) == 1
        person.keys.locator("a").click()
        person.page.locator("button[name=remove]").click()
        person.expect_at(LIST)
        expect(person.keys).to_have_count(0)
        wait_until(lambda: authenticator.credentials == [], 10, "the authenticator to put it away")


def test_a_passkey_that_no_account_knows_is_put_away(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "unknown") as person:
        authenticator = VirtualAuthenticator.of(person.page)
        person.type_password()
        person.add()
        stage.execute("DELETE FROM mfa_passkey")
        person.leave()
        person.sign_in_with_passkey()
        person.expect_at("/login/passkey")
        expect(person.page.locator(".note.bad")).to_be_visible()
        wait_until(lambda: authenticator.credentials == [], 10, "the authenticator to put it away")


def test_the_same_device_is_not_added_twice(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "twice") as person:
        VirtualAuthenticator.of(person.page)
        person.type_password()
        person.add()
        person.go(f"{LIST}/add")
        person.button.click()
        expect(person.fault).to_be_visible()
        person.go(LIST)
        expect(person.keys).to_have_count(1)


def test_a_passkey_that_was_made_and_then_refused_does_not_stay(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "refused") as person:
        authenticator = VirtualAuthenticator.of(person.page)
        person.type_password()
        person.go(f"{LIST}/add")
        person.page.route(f"{stage.base_url}{LIST}/options", _with_another_challenge)
        person.button.click()
        expect(person.page.locator(".note.bad")).to_be_visible()
        wait_until(lambda: authenticator.credentials == [], 10, "the authenticator to put it away")


def _with_another_challenge(route: Route) -> None:
    """As if it had grown old on its way: nobody here asked for this one."""
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "challenge": "bm9ib2R5IGFza2VkIGZvciB0aGlz"})


def test_a_willing_password_manager_makes_a_passkey_after_the_password(
    stage: Stage, chromium: Chromium
) -> None:
    with somebody(stage, chromium, "upgraded", scripts=WILLING_MANAGER) as person:
        authenticator = VirtualAuthenticator.of(person.page)
        with person.page.expect_response(f"{stage.base_url}{LIST}/add"):
            person.type_password()
        person.go(LIST)
        expect(person.keys).to_have_count(1)
        assert len(authenticator.credentials) == 1


def test_the_offer_of_a_passkey_is_put_away_once(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "offered") as person:
        person.type_password()
        person.page.locator("section:has(#offer) button").click()
        person.expect_at("/account")
        expect(person.page.locator("#offer")).to_have_count(0)
        expect(person.page.locator("#checkup")).to_be_visible()


def test_without_javascript_nothing_is_offered_that_cannot_be_done(stage: Stage, chromium: Chromium) -> None:
    with somebody(stage, chromium, "plain", javascript=False) as person:
        person.go("/login")
        expect(person.button).to_be_hidden()
        person.type_password()
        person.expect_at("/account")
        person.go(f"{LIST}/add")
        expect(person.button).to_be_hidden()
        expect(person.page.locator("noscript .note")).to_be_visible()
