"""Every page of Janua: its name and how to get there, in a browser with or without JavaScript."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.template.loader import render_to_string
from playwright.sync_api import Page

from core.tests.pictures import picture
from tests.journeys.world import PASSWORD, SIGNED_OUT_URI, World
from tests.journeys.world import PERSON as PERSON_EMAIL

Visit = Callable[[Page, World], object]
NEW_PASSWORD = f"new-{PASSWORD}"


@dataclass(frozen=True, slots=True)
class Stop:
    """A page in one of its states, reached from anywhere or from the stop before. `status` is its answer's."""

    name: str
    visit: Visit
    status: int = 200


def at(path: str) -> Visit:
    return lambda page, world: page.goto(f"{world.base_url}{path}")


def by_method(path: str, method: str) -> Visit:
    """Open the address with another method than GET, as a form from elsewhere would."""

    def visit(page: Page, world: World) -> None:
        url = f"{world.base_url}{path}"
        page.route(url, lambda route: route.continue_(method=method))
        page.goto(url)
        page.unroute(url)

    return visit


def going_on(**fields: str) -> Visit:
    """On the page of the stop before: fill in its form and send it."""

    def visit(page: Page, _world: World) -> None:
        for name, value in fields.items():
            page.locator(f"main [name={name}]").fill(value)
        with page.expect_navigation():
            page.locator("main form button[type=submit]").first.click()

    return visit


def filled(path: str, **fields: str) -> Visit:
    """Open the page, fill in its form and send it."""

    def visit(page: Page, world: World) -> None:
        page.goto(f"{world.base_url}{path}")
        going_on(**fields)(page, world)

    return visit


def followed(name: str) -> Visit:
    """On the page of the stop before: follow its link of that name."""

    def visit(page: Page, _world: World) -> None:
        page.locator("main").get_by_role("link", name=name, exact=True).click()

    return visit


def refused_to_delete(page: Page, _world: World) -> None:
    """On the page that ends a client: without its name."""
    page.locator("main [name=confirmed_name]").fill("Another")
    with page.expect_navigation():
        page.get_by_role("button", name="Delete for ever").click()


def with_picture(page: Page, _world: World) -> None:
    """On the page of a client: upload a logo."""
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": picture(size=(200, 120))}
    page.locator("main [name=picture]").set_input_files(logo)  # type: ignore[arg-type]
    with page.expect_navigation():
        page.get_by_role("button", name="Upload").click()


def by_mail(path: str, **fields: str) -> Visit:
    """Ask for a mail on the page, and open its link."""

    def visit(page: Page, world: World) -> None:
        mails = len(world.stage.mail.messages)
        email = f"by.link.{world.crawl}@example.com"
        filled(path, email=email, **fields)(page, world)
        page.goto(world.link_mailed_to(email, after=mails))

    return visit


def as_rendered(status: int) -> Visit:
    """An error page that no request can bring about: what the handler renders, in the place of an answer."""

    def visit(page: Page, world: World) -> None:
        facts = {"title": "", "detail": "", "request_id": "0123456789abcdef" * 2, "retry_after": 240}
        html = render_to_string(f"errors/{status}.html", facts)
        url = f"{world.base_url}/error/{status}"
        page.route(url, lambda route: route.fulfill(status=status, content_type="text/html", body=html))
        page.goto(url)
        page.unroute(url)

    return visit


def documentation(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/docs", wait_until="networkidle")  # it fetches the API's description


def asked_by_an_app(page: Page, world: World) -> None:
    page.goto(world.asking.authorization_request().url)


def asked_to_sign_out(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/oauth/logout?client_id={world.asking.client_id}")


def signed_out_beside_an_app(page: Page, world: World) -> None:
    query = urlencode({"client_id": world.asking.client_id, "post_logout_redirect_uri": SIGNED_OUT_URI})
    page.goto(f"{world.base_url}/oauth/logout?{query}")


def a_device_asks(page: Page, world: World) -> None:
    """The link that a device shows as a picture: the code is filled in."""
    page.goto(world.device_codes()["verification_uri_complete"])


def from_a_neighbour_without_a_mailbox(page: Page, world: World) -> None:
    """Back from a provider that knows no verified address; somebody else in each crawl."""
    world.neighbour.profile["id"] += 1
    emails, world.neighbour.emails = world.neighbour.emails, []
    page.goto(f"{world.base_url}/sso/social/github/start")
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{world.base_url}/**")
    world.neighbour.emails = emails


def on_the_way_to_a_neighbour(page: Page, world: World) -> None:
    """The page in between, held by a provider that does not let go of it."""
    page.route(f"{world.neighbour.base_url}/**", lambda route: route.fulfill(status=204))
    page.goto(f"{world.base_url}/account/connections")
    with page.expect_response(f"{world.neighbour.base_url}/**"):
        page.get_by_role("button", name=re.compile(r"^Connect\b.*GitHub")).click()


def connected_to_a_neighbour(page: Page, world: World) -> None:
    """On the page in between: on to the provider and back."""
    page.unroute_all()
    page.locator("main").get_by_role("link", name="Continue").click()
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{world.base_url}/**")


def answered(decision: str) -> Visit:
    """On a device's page: say yes or no."""

    def visit(page: Page, _world: World) -> None:
        with page.expect_navigation():
            page.locator(f"button[value={decision}]").click()

    return visit


def too_late(page: Page, world: World) -> None:
    a_device_asks(page, world)
    going_on()(page, world)
    world.stage.execute("UPDATE oauth_devicegrant SET expires_at = now()")
    page.reload()


def too_often(page: Page, world: World) -> None:
    for _ in range(11):
        filled("/login", email="guessed@example.com", password="wrong")(page, world)


def asked_to_confirm(page: Page, world: World) -> None:
    """An hour after the sign-in."""
    world.stage.execute("UPDATE accounts_session SET sudo_until = NULL")
    page.goto(f"{world.base_url}/account/confirm?next=/account")


def without_a_password(page: Page, world: World) -> None:
    """The same for somebody who never chose one. (The hash stays, behind the mark of an unusable one.)"""
    world.stage.execute(f"UPDATE accounts_user SET password = '!' || password WHERE email = '{PERSON_EMAIL}'")
    page.goto(f"{world.base_url}/account/confirm?next=/account")


def confirmed(page: Page, world: World) -> None:
    """As if the proof had been right: the crawls share the session, whose cookie a right one would renew."""
    world.stage.execute(
        f"UPDATE accounts_user SET password = substr(password, 2) WHERE email = '{PERSON_EMAIL}'"
    )
    world.stage.execute("UPDATE accounts_session SET sudo_until = now() + interval '1 day'")
    page.goto(f"{world.base_url}/account")


ANYBODY = (
    Stop("sign_in", at("/login")),
    Stop("sign_in_to_an_app", asked_by_an_app),
    Stop("sign_in_refused", filled("/login", email="x@example.com", password="wrong"), 401),
    Stop("sign_in_too_often", too_often, 429),
    Stop("sign_up", at("/signup")),
    Stop("sign_up_refused", filled("/signup", email="x@example", password="short"), 422),
    Stop("sign_up_code", filled("/signup", email="somebody.new@example.com", password=PASSWORD)),
    Stop("sign_up_wrong_code", going_on(code="000000"), 422),
    Stop("verify_link", by_mail("/signup", password=PASSWORD)),
    Stop("verified", going_on()),
    Stop("verify_link_wrong", filled("/verify-email?token=jnu_ml_nonsense"), 422),
    Stop("forgot", at("/password/forgot")),
    Stop("reset_by_code", filled("/password/forgot", email="nobody@example.com")),
    Stop("reset_wrong_code", going_on(code="00000000", new_password=NEW_PASSWORD), 422),
    Stop("reset_by_link", by_mail("/password/forgot")),
    Stop("reset_done", going_on(new_password=NEW_PASSWORD)),
    Stop("signed_out", at("/oauth/logout")),
    Stop("signed_out_beside_an_app", signed_out_beside_an_app),
    Stop("social_failed", at("/sso/social/github/callback?error=access_denied&state=x"), 400),
    Stop("social_email", from_a_neighbour_without_a_mailbox),
    Stop("social_email_refused", going_on(email="x@example"), 422),
    Stop("social_code", going_on(email="somebody.new@example.com")),
    Stop("social_wrong_code", going_on(code="000000"), 422),
    Stop("device", at("/device")),
    Stop("device_no_code", filled("/device", user_code="1234"), 422),
    Stop("device_wrong_code", filled("/device", user_code="bcdf ghjk"), 404),
    Stop("device_code_in_link", a_device_asks),
    Stop("device_sign_in", going_on()),
    Stop("docs", documentation),
    Stop("error_unknown_app", at("/oauth/authorize?client_id=nobody"), 400),
    Stop("error_bad_request", at("/login?x=%ff"), 400),
    Stop("error_form_of_another_site", by_method("/login", "POST"), 403),
    Stop("error_not_found", at("/nothing/here"), 404),
    Stop("error_method", by_method("/docs", "OPTIONS"), 405),
    Stop("error_too_often", as_rendered(429), 429),
    Stop("error_of_ours", as_rendered(500), 500),
    Stop("error_not_available", as_rendered(503), 503),
    Stop("console_denied_to_anybody", at("/admin/"), 403),
)
PERSON = (
    Stop("account", at("/")),
    Stop("account_profile", at("/account/profile")),
    Stop("account_profile_refused", filled("/account/profile", timezone="Utopia"), 422),
    Stop("account_profile_saved", filled("/account/profile", timezone="Europe/Berlin")),
    Stop("account_password", at("/account/password")),
    Stop("account_sessions", at("/account/sessions")),
    Stop("account_confirm", asked_to_confirm),
    Stop("account_confirm_refused", going_on(password="wrong"), 422),
    Stop("account_confirm_by_mail", without_a_password),
    Stop("account_confirm_code", going_on()),
    Stop("account_confirm_wrong_code", going_on(code="000000"), 422),
    Stop("account_confirmed", confirmed),
    Stop("account_connections", at("/account/connections")),
    Stop("account_connecting", on_the_way_to_a_neighbour, 204),  # the answer of the provider, which waits
    Stop("account_connections_some", connected_to_a_neighbour),
    Stop("account_apps", at("/account/apps")),
    Stop("account_clients", at("/account/clients")),
    Stop("account_client_new", at("/account/clients/new")),
    Stop(
        "account_client_refused", filled("/account/clients/new", client_name="Herbs", redirect_uris="x"), 422
    ),
    Stop("account_client_registered", going_on(redirect_uris="https://herbs.example/callback")),
    Stop("account_client", followed("I have copied it")),
    Stop("account_client_logo", with_picture),
    Stop("account_client_secrets", followed("Secrets")),
    Stop("account_client_danger", followed("Danger zone")),
    Stop("account_client_not_deleted", refused_to_delete, 422),
    Stop("account_clients_some", at("/account/clients")),
    Stop("sign_out", at("/logout")),
    Stop("sign_out_asked_by_app", asked_to_sign_out),
    Stop("consent", asked_by_an_app),
    Stop("device_code_in_link_signed_in", a_device_asks),
    Stop("device_confirm", going_on()),
    Stop("device_connected", answered("allow")),
    Stop("device_asks_again", a_device_asks),
    Stop("device_confirm_again", going_on()),
    Stop("device_refused", answered("deny")),
    Stop("device_too_late", too_late, 410),
    Stop("console_denied_to_person", at("/admin/"), 403),
)


def console(paths: list[str]) -> tuple[Stop, ...]:
    """The operators' console at those paths: index, lists and detail pages."""
    names = ["_".join(path.strip("/").split("/")[:3]) for path in paths]
    details = ["_detail" if path.endswith("/change/") else "" for path in paths]
    return tuple(
        Stop(name + detail, at(path)) for name, detail, path in zip(names, details, paths, strict=True)
    )
