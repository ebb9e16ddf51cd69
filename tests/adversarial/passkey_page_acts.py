"""What passkeys change, on the pages and over REST, and the one event that says so (S260)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import Device
from core import clock
from mfa import relying_party
from mfa.factories import give_passkey
from tests.adversarial.tools import api_login, bearer
from tests.support.authenticator import Authenticator

LIST = "/account/security/passkeys"


def _add(scene: Any) -> Any:
    return scene.page(f"{LIST}/add", {"kind": "passkey", "credential": json.dumps(_made(scene, _key()))})


def _enter(scene: Any) -> Any:
    key, browser = _key(), Browser()
    scene.browser.post(f"{LIST}/add", {"kind": "passkey", "credential": json.dumps(_made(scene, key))})
    signed = key.sign(browser.post("/login/passkey/options").json())
    return scene.page("/login/passkey", {"credential": json.dumps(signed)}, browser)


def _rename(scene: Any) -> Any:
    return scene.page(f"{LIST}/{give_passkey(scene.alice).id}", {"name": "Blue"})


def _key() -> Authenticator:
    return Authenticator(origin=relying_party.origins()[0], rp_id=relying_party.rp_id())


def _made(scene: Any, key: Authenticator) -> dict[str, Any]:
    return key.register(scene.browser.post(f"{LIST}/options", {"kind": "passkey"}).json())


def _kept_api(path: str) -> Callable[[Any], Any]:
    def act(scene: Any) -> Any:
        header = bearer(api_login(Browser(), scene.alice)["access_token"])
        options = scene.json("auth/passkey/register/options", {}, **header).json()["public_key"]
        return scene.json(f"auth/passkey/register{path}", {"credential": _key().register(options)}, **header)

    return act


def _enter_api(path: str) -> Callable[[Any], Any]:
    def act(scene: Any) -> Any:
        key = _key()
        scene.browser.post(f"{LIST}/add", {"kind": "passkey", "credential": json.dumps(_made(scene, key))})
        due = Browser().post("/api/v1/auth/passkey/authenticate/options").json()
        body = {"id": due["id"], "credential": key.sign(due["public_key"])}
        return scene.json(f"auth/passkey/authenticate{path}", body)

    return act


def _remove_api(scene: Any) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    path = f"/api/v1/auth/passkeys/{give_passkey(scene.alice).id}"
    return Browser().delete(path, **scene.headers, **header)


def _trust_no_more(scene: Any) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    Browser().post("/login", {"email": scene.alice.email, "password": PASSWORD})
    device = Device.objects.get(user=scene.alice)
    Device.objects.update(trusted_until=clock.now() + timedelta(days=1))
    return Browser().delete(f"/api/v1/users/me/devices/{device.id}/trust", **scene.headers, **header)


PASSKEY_PAGE_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "sign_in_passkey": (_enter, "login.succeeded"),
    "account_passkey_add": (_add, "passkey.added"),
    "account_passkey": (_rename, "passkey.renamed"),
    "api_passkey_register": (_kept_api(""), "passkey.added"),
    "api_passkey_register_alias": (_kept_api("/verify"), "passkey.added"),
    "api_passkey_login": (_enter_api(""), "login.succeeded"),
    "api_passkey_login_alias": (_enter_api("/verify"), "login.succeeded"),
    "api_passkey": (_remove_api, "passkey.removed"),
    "api_device_trust": (_trust_no_more, "device.trust_ended"),
}
# A challenge changes nothing that anybody has; the list only puts an offer away, in this browser.
PASSKEY_PAGES_CHANGE_NOTHING = {
    "sign_in_passkey_options",
    "sign_in_challenge_passkey",
    "account_passkeys",
    "account_passkey_options",
    "api_passkey_options",
    "api_passkey_login_options",
    "api_passkeys",
    "webauthn_origins",
    "passkey_endpoints",
    "authenticator_icon",
}
