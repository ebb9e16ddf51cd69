"""The trail under attack (S260, S262, S263): every change leaves its line, and no text breaks out of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Device, Session
from accounts.services import users
from audit.models import Event
from core import clock
from core.tests.pictures import picture
from janua.policies import POLICIES
from oauth.factories import register_client
from oauth.models import Consent
from oauth.services import clients
from tests.adversarial.address_acts import ADDRESS_ACTS
from tests.adversarial.branding_acts import BRANDING_ACTS, BRANDING_CHANGES_NOTHING
from tests.adversarial.client_acts import CLIENT_ACTS
from tests.adversarial.domain_acts import DOMAIN_ACTS, DOMAIN_ROUTES_CHANGE_NOTHING
from tests.adversarial.factor_acts import FACTOR_ACTS
from tests.adversarial.invitation_acts import INVITATION_ACTS, INVITATIONS_CHANGE_NOTHING
from tests.adversarial.key_acts import KEY_ACTS, KEYS_CHANGE_NOTHING
from tests.adversarial.organization_acts import ORGANIZATION_ACTS, ORGANIZATION_ROUTES_CHANGE_NOTHING
from tests.adversarial.organization_audit_acts import (
    ORGANIZATION_AUDIT_ACTS,
    ORGANIZATION_AUDIT_CHANGES_NOTHING,
)
from tests.adversarial.passkey_page_acts import PASSKEY_PAGE_ACTS, PASSKEY_PAGES_CHANGE_NOTHING
from tests.adversarial.people_acts import PEOPLE_ACTS
from tests.adversarial.privacy_acts import PRIVACY_ACTS
from tests.adversarial.reset_acts import RESET_ACTS
from tests.adversarial.role_acts import ROLE_ACTS, ROLES_CHANGE_NOTHING
from tests.adversarial.social_acts import SETS_OUT, SOCIAL_ACTS
from tests.adversarial.tools import (
    NEW_PASSWORD,
    VERIFIER,
    WRONG,
    api_login,
    asked,
    authorize,
    bearer,
    code_in,
    newest_mail,
    post_form,
    post_json,
    redeem,
    session_for,
    sign_in,
    token_in,
    tokens_of,
)

HEADERS = {
    "HTTP_X_REQUEST_ID": "request-under-test",
    "REMOTE_ADDR": "192.0.2.44",
    "HTTP_USER_AGENT": "Attack/1.0",
}


class Scene:
    """What the acts below may use."""

    headers = HEADERS

    def __init__(self, alice: Any) -> None:
        self.alice = alice
        self.browser = Browser()
        self.session = session_for(self.browser, alice)
        self.client = register_client(post_logout_redirect_uris=["https://app.example/bye"])
        self.secret = {"client_id": self.client.client.client_id, "client_secret": self.client.secret}

    def json(self, path: str, body: Any, **headers: Any) -> Any:
        return post_json(Browser(), f"/api/v1/{path}", body, **HEADERS, **headers)

    def page(self, path: str, form: Any, browser: Browser | None = None) -> Any:
        return (browser or self.browser).post(path, form, **HEADERS)


def _sign_up_code(scene: Scene) -> Any:
    browser = Browser()
    browser.post("/signup", {"email": "new@example.com", "password": PASSWORD})
    return scene.page("/signup/verify", {"code": code_in(newest_mail("new@example.com"))}, browser)


def _sign_up_link(scene: Scene) -> Any:
    Browser().post("/signup", {"email": "new@example.com", "password": PASSWORD})
    path = f"/verify-email?token={token_in(newest_mail('new@example.com'))}"
    return scene.page(path, {"next": ""}, Browser())


def _reset_page(scene: Scene) -> Any:
    browser = Browser()
    browser.post("/password/forgot", {"email": scene.alice.email})
    form = {"code": code_in(newest_mail(scene.alice.email)), "new_password": NEW_PASSWORD}
    return scene.page("/password/reset", form, browser)


def _reset_api(scene: Scene) -> Any:
    Browser().post("/password/forgot", {"email": scene.alice.email})
    token = token_in(newest_mail(scene.alice.email))
    return scene.json("auth/password/reset", {"token": token, "new_password": NEW_PASSWORD})


def _verify_api(scene: Scene) -> Any:
    Browser().post("/signup", {"email": "new@example.com", "password": PASSWORD})
    return scene.json("auth/email/verify", {"token": token_in(newest_mail("new@example.com"))})


def _resend_api(scene: Scene) -> Any:
    Browser().post("/signup", {"email": "new@example.com", "password": PASSWORD})
    return scene.json("auth/email/resend", {"email": "new@example.com"})


def _mailed_code(scene: Scene) -> Any:
    browser = Browser()
    browser.post("/login/email", {"email": scene.alice.email})
    return scene.page("/login/code", {"code": code_in(newest_mail(scene.alice.email))}, browser)


def _mailed_link(scene: Scene) -> Any:
    browser = Browser()
    browser.post("/login/email", {"email": scene.alice.email})
    path = f"/login/link?token={token_in(newest_mail(scene.alice.email))}"
    return scene.page(path, {"next": ""}, browser)


def _mailed_api(scene: Scene) -> Any:
    asker = scene.json("auth/magic-link/request", {"email": scene.alice.email}).json()["id"]
    body = {"id": asker, "code": code_in(newest_mail(scene.alice.email))}
    return scene.json("auth/magic-link/verify", body)


def _choose(scene: Scene) -> Any:
    return scene.page("/login/choose", {"session_id": str(scene.session.id)})


def _refresh(scene: Scene, path: str) -> Any:
    return scene.json(path, {"refresh_token": api_login(Browser(), scene.alice)["refresh_token"]})


def _with_token(scene: Scene, path: str, body: Any) -> Any:
    return scene.json(path, body, **bearer(api_login(Browser(), scene.alice)["access_token"]))


def _first_password(scene: Scene) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    scene.alice.set_unusable_password()
    scene.alice.save()
    return scene.json("auth/password/set", {"new_password": NEW_PASSWORD}, **header)


def _patch(scene: Scene) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return Browser().patch(
        "/api/v1/users/me", {"given_name": "Al"}, content_type="application/json", **HEADERS, **header
    )


def _put_avatar(scene: Scene) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return Browser().generic("PUT", "/api/v1/users/me/avatar", picture(), "image/png", **HEADERS, **header)


def _prefer(scene: Scene) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    body = {"theme": "dark"}
    return Browser().patch(
        "/api/v1/users/me/preferences", body, content_type="application/json", **HEADERS, **header
    )


def _remove_app(scene: Scene) -> Any:
    tokens_of(scene.browser, scene.client)
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return Browser().delete(f"/api/v1/users/me/apps/{Consent.objects.get().id}", **HEADERS, **header)


def _consent(scene: Scene) -> Any:
    return scene.page(
        scene.browser.get("/oauth/authorize", asked(scene.client))["Location"], {"decision": "allow"}
    )


def _silent_code(scene: Scene) -> Any:
    authorize(scene.browser, scene.client)
    return scene.browser.get("/oauth/authorize", asked(scene.client), **HEADERS)


def _revoke_consent(scene: Scene) -> Any:
    tokens_of(scene.browser, scene.client)
    return scene.page("/account/apps", {"consent_id": str(Consent.objects.get().id)})


def _token(scene: Scene) -> Any:
    form = {"grant_type": "authorization_code", "code": authorize(scene.browser, scene.client)["code"],
            "redirect_uri": "https://app.example/callback", "code_verifier": VERIFIER}  # fmt: skip
    return post_form("/oauth/token", {**form, **scene.secret}, **HEADERS)


def _revoke_token(scene: Scene) -> Any:
    token = tokens_of(scene.browser, scene.client)["access_token"]
    return post_form("/oauth/revoke", {**scene.secret, "token": token}, **HEADERS)


def _client_logout(scene: Scene) -> Any:
    hint = tokens_of(scene.browser, scene.client)["id_token"]
    return scene.browser.get("/oauth/logout", {"id_token_hint": hint}, **HEADERS)


def _client_logout_confirmed(scene: Scene) -> Any:
    return scene.page(scene.browser.get("/oauth/logout")["Location"], {"x": "1"})


def _confirm(scene: Scene) -> Any:
    Session.objects.filter(id=scene.session.id).update(sudo_until=None)
    return scene.page("/account/confirm", {"password": PASSWORD})


def _end_other_session(scene: Scene) -> Any:
    other = session_for(Browser(), scene.alice)
    return scene.page("/account/sessions", {"session_id": str(other.id)})


def _forget_device(scene: Scene) -> Any:
    sign_in(Browser(), scene.alice)
    device = Device.objects.get(user=scene.alice)
    return _delete(scene, f"users/me/devices/{device.id}")


def _trust_no_more(scene: Scene, which: str = "") -> Any:
    sign_in(Browser(), scene.alice)
    Device.objects.update(trusted_until=clock.now() + timedelta(days=1))
    return _delete(scene, f"users/me/devices/{which or f'{Device.objects.get(user=scene.alice).id}/trust'}")


def _delete(scene: Scene, path: str) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return Browser().delete(f"/api/v1/{path}", **HEADERS, **header)


def _end_all(scene: Scene) -> Any:
    Session.objects.filter(user=scene.alice).update(ended_at=clock.now())
    return _delete(scene, "sessions")


def _not_me(scene: Scene) -> Any:
    sign_in(Browser(), scene.alice)
    sign_in(Browser(), scene.alice)
    token = token_in(newest_mail(scene.alice.email, "sign_in_new_device"))
    return scene.page(f"/not-me?token={token}", {"next": ""}, Browser())


def _no_browser(path: str, form: dict[str, str]) -> Callable[[Scene], Any]:
    return lambda scene: scene.page(path, form, Browser())


EMAIL = "alice@example.com"
CHANGE = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
# Route -> how it is made to change something, and the one event that says so.
ACTS: dict[str, tuple[Callable[[Scene], Any], str]] = {
    "sign_in": (_no_browser("/login", {"email": EMAIL, "password": PASSWORD}), "login.succeeded"),
    "choose_account": (_choose, "session.resumed"),
    "sign_in_email": (_no_browser("/login/email", {"email": EMAIL}), "login.code_requested"),
    "sign_in_code": (_mailed_code, "login.succeeded"),
    "sign_in_link": (_mailed_link, "login.succeeded"),
    "sign_out": (lambda scene: scene.page("/logout", {}), "session.ended"),
    "sign_up": (_no_browser("/signup", {"email": "new@example.com", "password": PASSWORD}), "user.sign_up_requested"),
    "sign_up_verify": (_sign_up_code, "user.created"),
    "verify_email": (_sign_up_link, "user.email_verified"),
    "password_forgot": (_no_browser("/password/forgot", {"email": EMAIL}), "user.password_reset_requested"),
    "password_reset": (_reset_page, "user.password_changed"),
    "not_me": (_not_me, "user.sign_in_disowned"),
    "account_profile": (lambda scene: scene.page("/account/profile", {"given_name": "Al"}), "user.updated"),
    "account_preferences": (lambda scene: scene.page("/account/preferences", {"theme": "dark"}), "user.preferences_changed"),
    "account_password": (lambda scene: scene.page("/account/password", CHANGE), "user.password_changed"),
    "account_confirm": (_confirm, "session.sudo_confirmed"),
    "account_sessions": (_end_other_session, "session.ended"),
    "account_apps": (_revoke_consent, "consent.revoked"),
    "api_register": (lambda scene: scene.json("auth/register", {"email": "new@example.com", "password": PASSWORD}), "user.sign_up_requested"),
    "api_login": (lambda scene: scene.json("auth/login", {"email": EMAIL, "password": PASSWORD}), "login.succeeded"),
    "api_magic_link_request": (lambda scene: scene.json("auth/magic-link/request", {"email": EMAIL}), "login.code_requested"),
    "api_magic_link_verify": (_mailed_api, "login.succeeded"),
    "api_token_refresh": (lambda scene: _refresh(scene, "auth/token/refresh"), "token.refreshed"),
    "api_refresh": (lambda scene: _refresh(scene, "auth/refresh"), "token.refreshed"),
    "api_logout": (lambda scene: _with_token(scene, "auth/logout", {}), "session.ended"),
    "api_sessions": (_end_all, "session.ended"),
    "api_sessions_others": (lambda scene: _delete(scene, "sessions/others"), "session.ended"),
    "api_session": (lambda scene: _delete(scene, f"sessions/{scene.session.id}"), "session.ended"),
    "api_device": (_forget_device, "device.forgotten"),
    "api_device_trust": (_trust_no_more, "device.trust_ended"),
    "api_devices_trust": (lambda scene: _trust_no_more(scene, "trust"), "device.trust_ended"),
    "api_reauthenticate": (lambda scene: _with_token(scene, "auth/reauthenticate", {"password": PASSWORD}), "session.sudo_confirmed"),
    "api_users_me": (_patch, "user.updated"),
    "api_users_me_avatar": (_put_avatar, "user.avatar_changed"),
    "api_users_me_preferences": (_prefer, "user.preferences_changed"),
    "api_users_me_app": (_remove_app, "consent.revoked"),
    "api_password_forgot": (lambda scene: scene.json("auth/password/forgot", {"email": EMAIL}), "user.password_reset_requested"),
    "api_password_reset": (_reset_api, "user.password_changed"),
    "api_password_change": (lambda scene: _with_token(scene, "auth/password/change", CHANGE), "user.password_changed"),
    "api_password_set": (_first_password, "user.password_changed"),
    "api_email_verify": (_verify_api, "user.email_verified"),
    "api_email_resend": (_resend_api, "user.email_verification_sent"),
    "authorize": (_silent_code, "authorization_code.issued"),
    "authorize_continue": (_consent, "consent.granted"),
    "oauth_logout": (_client_logout, "session.ended"),
    "oauth_logout_confirm": (_client_logout_confirmed, "session.ended"),
    "token": (_token, "token.issued"),
    "revoke": (_revoke_token, "token.access_token_revoked"),
    **CLIENT_ACTS,
    **PEOPLE_ACTS,
    **ADDRESS_ACTS,
    **PRIVACY_ACTS,
    **INVITATION_ACTS,
    **FACTOR_ACTS,
    **PASSKEY_PAGE_ACTS,
    **RESET_ACTS,
    **SOCIAL_ACTS,
    **ORGANIZATION_AUDIT_ACTS,
    **BRANDING_ACTS,
    # Organizations and members
    **ORGANIZATION_ACTS,
    **ROLE_ACTS,
    # Keys
    **KEY_ACTS,
    # Organizations: policy and domains
    **DOMAIN_ACTS,
}  # fmt: skip
CHANGE_NOTHING = SETS_OUT | PASSKEY_PAGES_CHANGE_NOTHING | ORGANIZATION_AUDIT_CHANGES_NOTHING | BRANDING_CHANGES_NOTHING | ORGANIZATION_ROUTES_CHANGE_NOTHING | ROLES_CHANGE_NOTHING | INVITATIONS_CHANGE_NOTHING | KEYS_CHANGE_NOTHING | DOMAIN_ROUTES_CHANGE_NOTHING | {
    "api_social_providers", "api_social_accounts",
    "home", "account", "api_auth_me", "api_session_current", "api_devices", "introspect", "userinfo", "openid_configuration", "oauth_authorization_server", "jwks",
    "health", "health_detailed", "openapi", "docs", "account_clients", "client_logo",
    "account_receipt", "api_terms", "api_consent_receipt",
    "language",  # of this browser alone
    "account_confirm_passkey",  # a challenge to sign; whoever signs it changes something
    "account_security", "api_mfa",
    "account_activity", "api_users_me_activity", "api_users_me_apps", "avatar",
    "device",  # leads to the question; whoever answers it changes something
}  # fmt: skip


def test_s260_no_route_is_forgotten() -> None:
    assert set(ACTS) | CHANGE_NOTHING == set(POLICIES)


@pytest.mark.parametrize("route", ACTS)
def test_s260_a_change_writes_its_one_event(alice: Any, route: str) -> None:
    act, action = ACTS[route]
    answer = act(Scene(alice))
    assert answer.status_code < 400, answer.content
    event = Event.objects.get(action=action, request_id="request-under-test")
    assert event.result == "success"
    assert event.target_type, "what it was done to"
    assert event.target_id, "what it was done to"
    assert event.actor_type == "anonymous" or event.actor_id or event.client_id, "who did it"
    assert event.personal.data["ip"] == "192.0.2.44"
    assert event.personal.data["user_agent"] == "Attack/1.0"


def _failures(scene: Scene, olivia: Any) -> dict[str, Callable[[], Any]]:
    code = authorize(scene.browser, scene.client)["code"]
    redeem(scene.client, code)
    return {
        "login.refused": lambda: sign_in(Browser(), scene.alice, WRONG),
        "client.authentication_failed": lambda: post_form("/oauth/token", {**scene.secret, "client_secret": "x", "grant_type": "client_credentials"}),
        "authorization_code.refused": lambda: redeem(scene.client, code),
        "user.mailed_secret_refused": lambda: scene.json("auth/email/verify", {"token": "x"}),
        "consent.denied": lambda: scene.page(scene.browser.get("/oauth/authorize", asked(scene.client, prompt="consent"))["Location"], {"decision": "deny"}),
        "console.denied": lambda: scene.browser.get("/admin/"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "action",
    [
        "login.refused",
        "client.authentication_failed",
        "authorization_code.refused",
        "user.mailed_secret_refused",
        "consent.denied",
        "console.denied",
    ],
)
def test_s263_refusals_are_written(alice: Any, olivia: Any, action: str) -> None:
    scene = Scene(alice)
    _failures(scene, olivia)[action]()
    event = Event.objects.filter(action=action).latest("seq")
    assert event.result in ("failure", "denied")


def test_s263_a_rate_limit_is_written(alice: Any, limits_on: None) -> None:
    for _ in range(11):
        sign_in(Browser(), alice, WRONG)
    assert Event.objects.filter(action="login.refused", data__reason="rate_limited").count() == 1


def test_s263_operators_acts_name_both(alice: Any, olivia: Any) -> None:
    browser = Browser()
    session_for(browser, olivia)
    browser.post("/admin/accounts/user/", {"action": "suspend", "_selected_action": [str(alice.id)]})
    event = Event.objects.get(action="user.suspended")
    assert (event.actor_id, event.target_id) == (olivia.id, str(alice.id))
    registered = register_client()
    clients.disable(actor=olivia, client=registered.client, now=clock.now())
    assert Event.objects.get(action="client.disabled").actor_id == olivia.id
    users.reactivate(actor=olivia, user=alice, now=clock.now())
    assert Event.objects.get(action="user.reactivated").actor_id == olivia.id


NASTY = [
    "a\nb",
    "a\rb",
    "\x1b[31mred",
    "%s%n%d",
    "x" * 100_000,
    "\u202egnp.exe",
    "\u2028",
    "{0.__class__}",
    "${jndi:ldap://x}",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_s262_user_agents_stay_on_their_line(
    alice: Any, nasty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(Browser(), alice, HTTP_USER_AGENT=nasty.encode().decode("latin-1"))
    for event in Event.objects.select_related("personal"):
        line = json.dumps(event.personal.data, ensure_ascii=False)
        assert len(line) < 2000
        assert not any(character in line for character in "\n\r\x1b\u2028\u202e")
    logged = [line for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert all(json.loads(line) for line in logged)


@pytest.mark.parametrize("nasty", [text for text in NASTY if len(text) < 1000])
def test_s262_names_stay_on_their_line(db: None, nasty: str) -> None:
    UserFactory(email="a@example.com")
    Browser().post("/login", {"email": nasty, "password": WRONG})
    registered = register_client(client_name="Acme")
    registered.client.name = nasty
    browser = Browser()
    session_for(browser, UserFactory(given_name=nasty[:100]))
    authorize(browser, registered)
    for event in Event.objects.select_related("personal"):
        line = json.dumps(
            [event.data, event.target_id, getattr(event, "personal", None) and event.personal.data],
            ensure_ascii=False,
        )
        assert not any(character in line for character in "\n\r\x1b\u2028\u202e")


def test_a_request_id_from_outside_is_only_a_word(alice: Any) -> None:
    for given in (
        "x" * 65,
        "short",
        "a b c d e f g h",
        "id\r\nX: y",
        "<script>alert(1)</script>",
        "ünicode-id-12345",
    ):
        answer = Browser().get("/login", HTTP_X_REQUEST_ID=given)
        assert answer["X-Request-ID"] != given
        assert len(answer["X-Request-ID"]) == 32
    assert settings.JANUA.trusted_proxies == ()
