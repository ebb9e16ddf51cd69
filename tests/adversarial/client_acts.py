"""How each route for clients and devices is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.factories import UserFactory
from core.tests.pictures import picture
from oauth import metadata
from oauth.models import ClientSecret, Consent
from oauth.pages.client_forms import ClientForm
from oauth.tests.device_flow import begin, page_of, register_tv
from tests.adversarial.tools import api_login, bearer, post_form, session_for, tokens_of

METADATA = {"client_name": "New", "redirect_uris": ["https://new.example/cb"]}


def rest(method: str, path: str = "", body: Any = None, content_type: str = "application/json") -> Any:
    """An operator's request about the scene's client."""

    def act(scene: Any) -> Any:
        header = bearer(api_login(Browser(), operator())["access_token"])
        address = f"/api/v1/oauth/clients/{scene.client.client.client_id}{path}"
        return Browser().generic(method, address, _encoded(body), content_type, **scene.headers, **header)

    return act


def page(path: str, form: dict[str, Any]) -> Any:
    """An operator's form about the scene's client."""

    def act(scene: Any) -> Any:
        browser = Browser()
        session_for(browser, operator())
        return scene.page(f"/account/clients/{scene.client.client.client_id}{path}", form, browser)

    return act


def _register(scene: Any) -> Any:
    header = bearer(api_login(Browser(), operator())["access_token"])
    return scene.json("oauth/clients", METADATA, **header)


def _register_on_page(scene: Any) -> Any:
    browser = Browser()
    session_for(browser, operator())
    form = _filled(metadata.from_json(METADATA))
    return scene.page("/account/clients/new", form, browser)


def _change_on_page(scene: Any) -> Any:
    form = _filled(metadata.of_client(scene.client.client)) | {"client_name": "Renamed"}
    return page("", form)(scene)


def _revoke_secret(scene: Any) -> Any:
    first = ClientSecret.objects.get(client=scene.client.client)
    rest("POST", "/secrets")(scene)
    return rest("DELETE", f"/secrets/{first.id}")(scene)


def _end_consent(scene: Any) -> Any:
    tokens_of(scene.browser, scene.client)
    return rest("DELETE", f"/consents/{Consent.objects.get().id}")(scene)


def _end_consents(scene: Any) -> Any:
    tokens_of(scene.browser, scene.client)
    return rest("DELETE", "/consents")(scene)


def _enable(scene: Any) -> Any:
    rest("POST", "/disable")(scene)
    return rest("POST", "/enable")(scene)


def _transfer(scene: Any) -> Any:
    return rest("POST", "/transfer", f'{{"email": "{scene.alice.email}"}}')(scene)


def _device_asks(scene: Any) -> Any:
    form = {"client_id": register_tv().client.client_id, "scope": "openid"}
    return post_form("/oauth/device_authorization", form, **scene.headers)


def _device_allowed(scene: Any) -> Any:
    path = page_of(scene.browser, begin(register_tv())["user_code"])
    scene.browser.get(path)
    return scene.page(path, {"decision": "allow"})


def operator() -> Any:
    return UserFactory._meta.model.objects.filter(email="olivia@janua.dev").first() or UserFactory(
        email="olivia@janua.dev", role="superadmin"
    )


def _encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else (body or "").encode()


def _filled(values: metadata.ClientMetadata) -> dict[str, Any]:
    return {
        name: value for name, value in ClientForm.initial_of(values).items() if value not in (None, False)
    }


CLIENT_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "account_client_new": (_register_on_page, "client.registered"),
    "account_client": (_change_on_page, "client.updated"),
    "account_client_secrets": (page("/secrets", {"rotate": "1"}), "client.secret_rotated"),
    "account_client_danger": (page("/danger", {"act": "disable"}), "client.disabled"),
    "api_clients": (_register, "client.registered"),
    "api_client": (rest("PATCH", "", '{"client_name": "Renamed"}'), "client.updated"),
    "api_client_disable": (rest("POST", "/disable"), "client.disabled"),
    "api_client_enable": (_enable, "client.enabled"),
    "api_client_revoke_tokens": (rest("POST", "/revoke-tokens"), "client.tokens_ended"),
    "api_client_verify": (rest("POST", "/verify", '{"is_verified": true}'), "client.verified"),
    "api_client_transfer": (_transfer, "client.transferred"),
    "api_client_secrets": (rest("POST", "/secrets"), "client.secret_rotated"),
    "api_client_secret": (_revoke_secret, "client.secret_revoked"),
    "api_client_consents": (_end_consents, "consent.ended"),
    "api_client_consent": (_end_consent, "consent.ended"),
    "api_client_logo": (rest("PUT", "/logo", picture(), "image/png"), "client.logo_changed"),
    "device_authorization": (_device_asks, "device_code.issued"),
    "device_confirm": (_device_allowed, "device_code.approved"),
}
