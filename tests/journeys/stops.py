"""Every page of Janua: its name and how to get there, in a browser with or without JavaScript, in any language.

Visits find their way by what stands in the HTML (names, values, addresses), never by words: those are translated.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Page

from core.tests.pictures import picture
from tests.journeys import (
    branding_stops,
    confirm_stops,
    domain_stops,
    factor_stops,
    invitation_stops,
    key_stops,
    organization_audit_stops,
    organization_stops,
    organization_token_stops,
    passkey_stops,
    privacy_stops,
    reset_stops,
    role_stops,
    sent_stops,
)
from tests.journeys.world import PASSWORD, SIGNED_OUT_URI, World
from tests.journeys.world import PERSON as PERSON_EMAIL
from tests.support.smtp import link_in

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


def followed(selector: str) -> Visit:
    """On the page of the stop before: follow the link that the CSS selector finds."""

    def visit(page: Page, _world: World) -> None:
        with page.expect_navigation():
            page.locator("main").locator(selector).first.click()

    return visit


def refused_to_delete(page: Page, _world: World) -> None:
    """On the page that ends a client: without its name."""
    page.locator("main [name=confirmed_name]").fill("Another")
    with page.expect_navigation():
        page.locator("button[value=delete]").click()


def uploading(data: bytes) -> Visit:
    """On the page of a client, or of the profile: upload a picture."""

    def visit(page: Page, _world: World) -> None:
        upload = {"name": "picture.png", "mimeType": "image/png", "buffer": data}
        page.locator("main [name=picture]").set_input_files(upload)  # type: ignore[arg-type]
        with page.expect_navigation():
            page.locator("button[value=put]").click()

    return visit


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
        with translation.override(world.language):
            html = render_to_string(f"errors/{status}.html", facts)
        url = f"{world.base_url}/error/{status}"
        page.route(url, lambda route: route.fulfill(status=status, content_type="text/html", body=html))
        page.goto(url)
        page.unroute(url)

    return visit


def language_chosen(page: Page, world: World) -> None:
    """By the form at the foot of the page; the language stays as it is."""
    page.goto(f"{world.base_url}/login")
    with page.expect_navigation():
        page.locator("form.languages button").click()


def with_open_menu(page: Page, world: World) -> None:
    """The account's navigation, unfolded as narrow screens show it."""
    page.goto(f"{world.base_url}/account/sessions")
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator(".menu summary").click()
    page.set_viewport_size({"width": 1280, "height": 800})


def documentation(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/docs", wait_until="networkidle")  # it fetches the API's description


def asked_by_an_app(page: Page, world: World) -> None:
    page.goto(world.asking.authorization_request().url)


def asked_for_more(level: str) -> Visit:
    """By an app that lets in only people of this level; the person has no second factor."""
    claims = json.dumps({"id_token": {"acr": {"essential": True, "value": level}}})

    def visit(page: Page, world: World) -> None:
        page.goto(world.asking.authorization_request(claims=claims).url)

    return visit


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
        page.locator("main form:has(input[name=connect][value=github]) button").click()


def connected_to_a_neighbour(page: Page, world: World) -> None:
    """On the page in between: on to the provider and back."""
    page.unroute_all()
    page.locator("main a.primary").click()
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{world.base_url}/**")


def answered(decision: str) -> Visit:
    """On a device's page: say yes or no."""

    def visit(page: Page, _world: World) -> None:
        with page.expect_navigation():
            page.locator(f"button[value={decision}]").click()

    return visit


def to_set_a_first_password(page: Page, world: World) -> None:
    """The person came by another door and never set one. (The hash comes back.)"""
    for change in ("'!' || password", "substr(password, 2)"):
        world.stage.execute(f"UPDATE accounts_user SET password = {change} WHERE email = '{PERSON_EMAIL}'")
        if change.startswith("'"):
            page.goto(f"{world.base_url}/account/password")


def to_replace_the_password(page: Page, world: World) -> None:
    """An operator wants the person's password replaced: the right one leads on to the code."""
    email = f"to.replace.{world.crawl}@example.com"
    world.stage.janua.create_user(email, PASSWORD)
    world.stage.execute(f"UPDATE accounts_user SET password_reset_required = true WHERE email = '{email}'")
    filled("/login", email=email, password=PASSWORD)(page, world)


def in_another_browser(page: Page, world: World) -> None:
    """Open the link of a mail in a browser that asked for nothing."""
    page.context.clear_cookies(name="janua_flow")
    page.goto(f"{world.base_url}/login/link?token=jnu_ml_nonsense")


def two_accounts(page: Page, world: World) -> None:
    """Two people sign in one after the other in a browser of their own: the first one waits."""
    page.context.clear_cookies()
    for name in ("first", "second"):
        email = f"{name}.account.{world.crawl}@example.com"
        world.stage.janua.create_user(email, PASSWORD)
        filled("/login?another=1", email=email, password=PASSWORD)(page, world)
    page.goto(f"{world.base_url}/login/choose")


def chosen(page: Page, _world: World) -> None:
    """On the page of accounts: the one that waits."""
    with page.expect_navigation():
        page.locator("button.choice").nth(1).click()


def sign_in_beside(page: Page, world: World) -> None:
    """On the page of accounts: another one."""
    page.goto(f"{world.base_url}/login/choose")
    followed("a.choice")(page, world)


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


def preferring(**choices: str) -> Visit:
    """Choose on the page of preferences, and save."""

    def visit(page: Page, world: World) -> None:
        page.goto(f"{world.base_url}/account/preferences")
        for name, value in choices.items():
            page.locator(f"main [name={name}]").select_option(value)
        with page.expect_navigation():
            page.locator("main form:has([name=given_name],[name=theme]) button.primary").click()

    return visit


def profile_refused(page: Page, world: World) -> None:
    page.goto(f"{world.base_url}/account/profile")
    page.locator("main [name=birthdate]").fill("yesterday")
    with page.expect_navigation():
        page.locator("main form:has([name=given_name],[name=theme]) button.primary").click()


def number_confirmed(page: Page, world: World) -> None:
    """On the page of the stop before: enter the code of the SMS."""
    going_on(code=world.stage.sms_code_to("+4915123456789"))(page, world)


def address_linked(page: Page, world: World) -> None:
    """Add an address, and open the link of its mail."""
    mails, email = len(world.stage.mail.messages), f"linked.{world.crawl}@example.com"
    filled("/account/emails/add", email=email)(page, world)
    page.goto(world.link_mailed_to(email, after=mails))


def address_swapped(page: Page, world: World) -> None:
    """On the list of addresses: make the first further one primary; open the link that the old one gets."""
    mails = len(world.stage.mail.messages)
    with page.expect_navigation():
        page.locator("button[name=make_primary]").first.click()
    told = world.stage.mail.wait_for_mail(text="/email/revert?token=", after=mails)
    page.goto(link_in(told, "/email/revert"))
    # Put back here, for the button would sign out the session that the crawls share.
    world.stage.execute("DELETE FROM accounts_emailaddress WHERE email = %s", PERSON_EMAIL)
    world.stage.execute(
        "UPDATE accounts_user SET email = %s WHERE email = %s",
        PERSON_EMAIL,
        f"linked.{world.crawl}@example.com",
    )


ANYBODY = (
    Stop("sign_in", at("/login")),
    Stop("sign_in_to_an_app", asked_by_an_app),
    Stop("sign_in_refused", filled("/login", email="x@example.com", password="wrong"), 401),
    Stop("sign_in_too_often", too_often, 429),
    Stop("sign_in_email", at("/login/email")),
    Stop("sign_in_email_refused", filled("/login/email", email="x@example"), 422),
    Stop("sign_in_code", filled("/login/email", email="nobody@example.com")),
    Stop("sign_in_wrong_code", going_on(code="00000000"), 401),
    Stop("sign_in_link", at("/login/link?token=jnu_ml_nonsense")),
    Stop("sign_in_link_wrong", going_on(), 401),
    Stop("sign_in_link_elsewhere", in_another_browser),
    Stop("challenge_sms", sent_stops.at_the_challenge),
    Stop("challenge_wrong_code", going_on(code="000000"), 401),
    Stop("challenge_too_soon", sent_stops.sent_again, 429),
    Stop("challenge_email", at("/login/challenge?method=email")),
    Stop("challenge_email_sent", going_on()),
    Stop("challenge_unusual", sent_stops.without_factors),
    Stop("sign_in_passkey_refused", passkey_stops.answered_with_nothing("/login"), 401),
    Stop("sign_in_passkey_options", at("/login/passkey/options"), 405),
    Stop("sign_in_challenge_by_key", passkey_stops.challenged),
    Stop("sign_in_challenge_key_refused", passkey_stops.answered_with_nothing(), 401),
    Stop("sign_in_challenge_key_options", at("/login/challenge/passkey"), 405),
    Stop("challenge_app", reset_stops.challenged),
    Stop("recover", at("/login/recover")),
    Stop("recover_code", going_on()),
    Stop("recover_wrong_code", going_on(code="00000000"), 422),
    Stop("recover_begun", reset_stops.begun),
    Stop("recover_waits", reset_stops.waits),
    Stop("recover_cancel", reset_stops.told),
    Stop("recover_cancelled", going_on()),
    Stop("recover_cancel_wrong", at("/login/recover/cancel?token=jnu_fr_nonsense"), 404),
    Stop("branded_sign_in", branding_stops.sign_in),
    Stop("branded_code", branding_stops.code),
    Stop("sign_up", at("/signup")),
    Stop("sign_up_refused", filled("/signup", email="x@example", password="short"), 422),
    Stop("sign_up_code", filled("/signup", email="somebody.new@example.com", password=PASSWORD)),
    Stop("sign_up_wrong_code", going_on(code="000000"), 422),
    # Invitations
    Stop("invitation", invitation_stops.opened_by_a_stranger),
    Stop("invitation_declined", invitation_stops.declined),
    Stop("invitation_unknown", at("/invitations/open?token=jnu_in_nonsense"), 404),
    Stop("sign_up_with_terms", privacy_stops.sign_up_with_terms),
    Stop("sign_up_without_accepting", privacy_stops.sign_up_without_accepting, 422),
    Stop("deletion_link", at("/account/deletion/cancel?token=jnu_ml_nonsense")),
    Stop("deletion_link_wrong", going_on(), 422),
    Stop("verify_link", by_mail("/signup", password=PASSWORD)),
    Stop("verified", going_on()),
    Stop("verify_link_wrong", filled("/verify-email?token=jnu_ml_nonsense"), 422),
    Stop("forgot", at("/password/forgot")),
    Stop("reset_by_code", filled("/password/forgot", email="nobody@example.com")),
    Stop("reset_wrong_code", going_on(code="00000000", new_password=NEW_PASSWORD), 422),
    Stop("reset_required", to_replace_the_password),
    Stop("reset_weak", going_on(code="00000000", new_password="aaaaaaaaaaaaaaaaaaaa"), 422),
    Stop("reset_by_link", by_mail("/password/forgot")),
    Stop("reset_done", going_on(new_password=NEW_PASSWORD)),
    Stop("not_me", at("/not-me?token=jnu_ml_nonsense")),
    Stop("not_me_wrong", going_on(), 422),
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
    Stop("language", at("/language"), 405),
    Stop("language_chosen", language_chosen),
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
    Stop("account_menu", with_open_menu),
    Stop("account_profile", at("/account/profile")),
    Stop("account_profile_refused", profile_refused, 422),
    Stop("account_picture_refused", uploading(b"no picture"), 422),
    Stop("account_picture", uploading(picture(size=(200, 120)))),
    Stop("account_preferences", at("/account/preferences")),
    Stop("account_preferences_dark", preferring(theme="dark", timezone="Asia/Kathmandu")),
    Stop("account_in_the_dark", at("/account")),
    Stop("account_preferences_saved", preferring(theme="auto", timezone="Europe/Berlin")),
    Stop("account_activity", at("/account/activity")),
    Stop("account_activity_of_a_kind", at("/account/activity?kind=profile")),
    Stop("account_emails", at("/account/emails")),
    Stop("account_email_add", at("/account/emails/add")),
    Stop("account_email_refused", filled("/account/emails/add", email="x@example"), 422),
    Stop("account_email_code", going_on(email="second@example.com")),
    Stop("account_email_wrong_code", going_on(code="000000"), 422),
    Stop("account_email_link", address_linked),
    Stop("account_emails_some", going_on()),
    Stop("email_revert", address_swapped),
    Stop("email_revert_wrong", at("/email/revert?token=jnu_ml_nonsense"), 404),
    Stop("account_phone", at("/account/phone")),
    Stop("account_phone_refused", filled("/account/phone", phone_number="030"), 422),
    Stop("account_phone_code", going_on(phone_number="+49 1512 3456789")),
    Stop("account_phone_wrong_code", going_on(code="000000"), 422),
    Stop("account_phone_confirmed", number_confirmed),
    Stop("account_phone_removed", going_on()),
    Stop("account_sms_add", at("/account/security/sms")),
    Stop("account_sms_refused", filled("/account/security/sms", phone_number="030"), 422),
    Stop("account_sms_code", going_on(phone_number=sent_stops.NUMBER)),
    Stop("account_sms_wrong_code", going_on(code="000000"), 422),
    Stop("account_email_code_add", at("/account/security/email")),
    Stop("account_email_code_sent", going_on()),
    Stop("account_password", at("/account/password")),
    Stop("account_password_refused", going_on(current_password="wrong", new_password="x"), 422),
    Stop("account_password_first", to_set_a_first_password),
    Stop("account_security", factor_stops.somebody_else),
    Stop("account_app_add", at("/account/security/app")),
    Stop("account_app_key", going_on(name="Phone")),
    Stop("account_app_wrong_code", going_on(code="12345"), 422),
    Stop("account_app_codes", factor_stops.app_confirmed),
    Stop("account_security_on", at("/account/security")),
    Stop("account_recovery_codes", at("/account/security/recovery-codes")),
    Stop("account_recovery_codes_new", going_on()),
    Stop("account_security_few_codes", factor_stops.codes_run_low),
    Stop("account_overview_few_codes", at("/account")),
    Stop(
        "account_factor",
        lambda page, world: (at("/account/security")(page, world), factor_stops.last_app(page, world)),
    ),
    Stop("sign_in_challenge", factor_stops.challenged),
    Stop("sign_in_challenge_wrong_code", going_on(code="12345"), 401),
    Stop("sign_in_challenge_recovery_code", followed("a[href$=recovery_code]")),
    Stop("account_as_before", factor_stops.person_again),
    Stop("account_passkeys", at("/account/security/passkeys")),
    Stop("account_passkey_add", passkey_stops.adding),
    Stop("account_passkey_refused", passkey_stops.answered_with_nothing(), 422),
    Stop("account_key_add", at("/account/security/passkeys/add?kind=security_key")),
    Stop("account_passkeys_some", passkey_stops.some),
    Stop("account_passkey", passkey_stops.one_of_them),
    Stop("account_passkey_options", at("/account/security/passkeys/options"), 405),
    Stop("account_passkeys_gone", passkey_stops.gone),
    Stop("account_sessions", at("/account/sessions")),
    Stop("account_confirm", asked_to_confirm),
    Stop("account_confirm_refused", going_on(password="wrong"), 422),
    Stop("account_confirm_factor", confirm_stops.with_factors),
    Stop("account_confirm_wrong_factor", going_on(code="000000"), 422),
    Stop("account_confirm_recovery_code", confirm_stops.by_recovery_code),
    Stop("account_confirm_out_of_reach", confirm_stops.out_of_reach, 409),
    Stop("account_confirm_key", confirm_stops.with_a_key),
    Stop("account_confirm_key_options", at("/account/confirm/passkey"), 405),
    Stop("account_confirm_password", confirm_stops.without_factors),
    Stop("account_confirm_by_mail", without_a_password),
    Stop("account_confirm_code", going_on()),
    Stop("account_confirm_wrong_code", going_on(code="000000"), 422),
    Stop("account_confirmed", confirmed),
    Stop("account_new_terms", privacy_stops.new_terms),
    Stop("account_terms_accepted", privacy_stops.terms_accepted),
    # Audit trail of an organization
    Stop("organization_audit", organization_audit_stops.trail),
    Stop("organization_audit_older", organization_audit_stops.older),
    Stop("organization_audit_empty", organization_audit_stops.nothing_found),
    Stop("organization_audit_refused", organization_audit_stops.refused, 422),
    Stop("organization_audit_export", at("/organizations/audited/audit/export"), 405),
    Stop("account_privacy", privacy_stops.privacy),
    Stop("account_consent_answered", privacy_stops.consent_answered),
    Stop("account_receipt", privacy_stops.receipt),
    Stop("account_export_asked_for", privacy_stops.export_asked_for),
    Stop("account_export_ready", privacy_stops.export_ready),
    Stop("account_export_gone", privacy_stops.export_gone),
    Stop("account_deletion", at("/account/deletion")),
    Stop("account_deletion_refused", privacy_stops.deletion_refused, 422),
    Stop("account_deletion_waits", privacy_stops.deletion_waits),
    Stop("account_deletion_taken_back", privacy_stops.deletion_taken_back),
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
    Stop("account_client", followed("a.primary")),
    Stop("account_client_logo", uploading(picture(size=(200, 120)))),
    Stop("account_client_secrets", followed("nav.pages a[href$=secrets]")),
    Stop("account_client_danger", followed("nav.pages a[href$=danger]")),
    Stop("account_client_not_deleted", refused_to_delete, 422),
    Stop("account_clients_some", at("/account/clients")),
    # Organizations and members
    Stop("organizations", organization_stops.organizations),
    Stop("organization_new", organization_stops.new),
    Stop("organization_new_refused", organization_stops.new_refused, 422),
    Stop("organization", organization_stops.created),
    Stop("organization_started", organization_stops.started),
    Stop("organization_settings", organization_stops.settings),
    Stop("organization_settings_refused", organization_stops.settings_refused, 422),
    Stop("organization_members", organization_stops.members),
    Stop("organization_members_not_found", organization_stops.members_not_found),
    Stop("organization_member", organization_stops.member),
    Stop("organization_member_suspended", organization_stops.member_suspended),
    Stop("organization_member_resumed", organization_stops.member_resumed),
    Stop("organization_member_role_added", organization_stops.member_role_added),
    Stop("organization_member_role_taken", organization_stops.member_role_taken),
    Stop("organization_danger", organization_stops.danger),
    Stop("organization_not_deleted", organization_stops.not_deleted, 422),
    Stop("organization_closed", organization_stops.closed),
    Stop("organization_taken_back", organization_stops.taken_back),
    Stop("organizations_some", organization_stops.organizations),
    Stop("organization_roles", role_stops.roles),
    Stop("organization_role_new", followed("a.primary")),
    Stop("organization_role_refused", role_stops.role_refused, 409),
    Stop("organization_role_made", role_stops.role_made),
    Stop("organization_role_of_the_system", role_stops.of_the_system),
    Stop("organization_role", role_stops.of_ones_own),
    Stop("organization_groups", role_stops.groups),
    Stop("organization_group_new", followed("a.primary")),
    Stop("organization_group_made", role_stops.group_made),
    Stop("organization_group", role_stops.group),
    Stop("organization_group_with_a_role", role_stops.group_with_a_role),
    Stop("organization_group_refused", role_stops.group_without_a_stranger, 422),
    Stop("organization_group_with_a_member", role_stops.group_with_a_member),
    Stop("organization_rules", role_stops.rules),
    Stop("organization_rule_new", followed("a.primary")),
    Stop("organization_rule_refused", role_stops.rule_refused, 422),
    Stop("organization_rule_made", role_stops.rule_made),
    Stop("organization_rule", role_stops.rule),
    Stop("organization_rule_try", at(f"{role_stops.HOME}/rules/try")),
    Stop("organization_rule_tried", role_stops.tried(resource='{"amount": 5}')),
    Stop("organization_rule_tried_without", role_stops.tried()),
    # Invitations
    Stop("own_invitations_none", at("/invitations")),
    Stop("invitation_for_another", invitation_stops.opened_by_another),
    Stop("invitation_for_oneself", invitation_stops.opened_by_the_invited),
    Stop("own_invitations", invitation_stops.waiting),
    Stop("own_invitation_declined", invitation_stops.own_declined),
    Stop("invitation_taken_back_meanwhile", invitation_stops.taken_back_meanwhile, 409),
    Stop("organization_invitations_none", invitation_stops.nobody_invited),
    Stop("organization_invite", invitation_stops.invite),
    Stop("organization_invite_refused", invitation_stops.invite_refused, 409),
    Stop("organization_invitations", invitation_stops.invited),
    Stop("organization_invite_many", invitation_stops.many),
    Stop("organization_invite_many_faults", invitation_stops.many_with_faults, 422),
    Stop("organization_invitation_taken_back", invitation_stops.taken_back),
    # Sign-in rules and domains
    Stop("organization_policy", domain_stops.policy),
    Stop("organization_policy_refused", domain_stops.policy_refused, 422),
    Stop("organization_policy_saved", domain_stops.policy_saved),
    Stop("organization_domains", domain_stops.domains),
    Stop("organization_domain_refused", domain_stops.domain_refused, 422),
    Stop("organization_domain_added", domain_stops.domain_added),
    Stop("organization_domain_verified", domain_stops.domain_verified),
    Stop("joinable_organizations", domain_stops.offered),
    Stop("joinable_organizations_none", domain_stops.declined),
    Stop("organization_branding", branding_stops.choosing),
    Stop("organization_branding_refused", branding_stops.choosing_refused, 422),
    Stop("organization_branding_previewed", branding_stops.previewed),
    Stop("organization_branded_clients", branding_stops.apps),
    Stop("organization_branded_clients_none", branding_stops.apps_no_more),
    # Keys
    Stop("organization_keys", key_stops.made),
    Stop("organization_key_new", key_stops.at("keys/new")),
    Stop("organization_key_refused", key_stops.refused, 422),
    Stop("organization_key_secret", key_stops.shown_once),
    Stop("organization_key", key_stops.followed),
    Stop("organization_key_replaced", key_stops.acted("rotate")),
    Stop("organization_key_again", key_stops.followed),
    Stop("organization_keys_some", key_stops.acted("revoke")),
    Stop("organization_service_accounts", key_stops.at("service-accounts")),
    Stop("organization_service_account", key_stops.account_added),
    Stop("organization_service_account_refused", key_stops.account_refused, 409),
    Stop("organization_service_account_again", key_stops.account_again),
    Stop("organization_service_account_disabled", key_stops.acted("disable")),
    Stop("organization_service_accounts_none", key_stops.acted("delete")),
    Stop("sign_out", at("/logout")),
    Stop("choose_account", at("/login/choose")),
    Stop("sign_out_asked_by_app", asked_to_sign_out),
    Stop("consent", asked_by_an_app),
    Stop("two_steps_out_of_reach", asked_for_more("aal2")),
    Stop("passkey_out_of_reach", asked_for_more("phr")),
    Stop("device_code_in_link_signed_in", a_device_asks),
    Stop("device_confirm", going_on()),
    Stop("device_connected", answered("allow")),
    Stop("device_asks_again", a_device_asks),
    Stop("device_confirm_again", going_on()),
    Stop("device_refused", answered("deny")),
    Stop("device_too_late", too_late, 410),
    Stop("organization_asked", organization_token_stops.asked_which),
    Stop("organization_consent", organization_token_stops.taken),
    Stop("organization_not_theirs", organization_token_stops.of_none_of_theirs),
    Stop("organization_asks_another_way", organization_token_stops.of_one_that_asks_another_sign_in, 403),
    Stop("organization_far_away", organization_token_stops.of_one_that_another_network_reaches, 403),
    Stop("organization_closed_to_sign_in", organization_token_stops.closed_to_this_sign_in, 403),
    Stop("device_organization_asks_another_way", organization_token_stops.on_a_device_refused, 403),
    Stop("device_organization", organization_token_stops.on_a_device),
    Stop("device_organization_missing", organization_token_stops.on_a_device_without_a_choice, 422),
    Stop("device_organization_not_theirs", organization_token_stops.on_a_device_none_of_theirs),
    Stop("console_denied_to_person", at("/admin/"), 403),
    Stop("choose_account_of_two", two_accounts),
    Stop("account_chosen", chosen),
    Stop("sign_in_beside", sign_in_beside),
    Stop("sign_out_of_two", at("/logout")),
    Stop("signed_out_of_one", going_on()),
)


def console(paths: list[str]) -> tuple[Stop, ...]:
    """The operators' console at those paths: index, lists and detail pages."""
    names = ["_".join(path.strip("/").split("/")[:3]) for path in paths]
    details = ["_detail" if path.endswith("/change/") else "" for path in paths]
    return tuple(
        Stop(name + detail, at(path)) for name, detail, path in zip(names, details, paths, strict=True)
    )
