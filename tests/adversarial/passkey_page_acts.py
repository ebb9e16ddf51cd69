"""What the pages of passkeys change, and the one event that says so (S260)."""

import json
from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from mfa import relying_party
from mfa.factories import give_passkey
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


PASSKEY_PAGE_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "sign_in_passkey": (_enter, "login.succeeded"),
    "account_passkey_add": (_add, "passkey.added"),
    "account_passkey": (_rename, "passkey.renamed"),
}
# A challenge changes nothing that anybody has; the list only puts an offer away, in this browser.
PASSKEY_PAGES_CHANGE_NOTHING = {
    "sign_in_passkey_options",
    "sign_in_challenge_passkey",
    "account_passkeys",
    "account_passkey_options",
}
