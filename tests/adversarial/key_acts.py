"""How each route of keys and service accounts is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from organizations.factories import make_organization
from organizations.models import ApiKey, Organization, ServiceAccount
from organizations.tests.keys import READ, make_account, make_key
from tests.adversarial.tools import api_login, bearer

NEW_KEY = {"name": "deploy", "scopes": READ}
NEW_ACCOUNT = {"name": "worker", "description": "", "role": "viewer"}


def place(scene: Any) -> tuple[Organization, ApiKey, ServiceAccount]:
    acme = make_organization(scene.alice, slug="acme")
    return acme, make_key(scene.alice, acme)[0], make_account(acme)


def rest(method: str, path: str, body: Any = None) -> Callable[[Any], Any]:
    """Alice's request in her organization; `path` may name its key and its service account."""

    def act(scene: Any) -> Any:
        acme, key, account = place(scene)
        header = bearer(api_login(Browser(), scene.alice)["access_token"])
        address = f"/api/v1/organizations/{acme.id}/{path.format(key=key.id, account=account.id)}"
        browser = Browser()
        send = {"POST": browser.post, "PATCH": browser.patch}[method]
        return send(address, body or {}, content_type="application/json", **scene.headers, **header)

    return act


def page(path: str, form: dict[str, Any]) -> Callable[[Any], Any]:
    def act(scene: Any) -> Any:
        _, key, account = place(scene)
        return scene.page(f"/organizations/acme/{path.format(key=key.id, account=account.id)}", form)

    return act


KEY_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "api_organization_keys": (rest("POST", "api-keys", NEW_KEY), "api_key.created"),
    "api_organization_key_rotate": (rest("POST", "api-keys/{key}/rotate"), "api_key.rotated"),
    "api_organization_key_revoke": (rest("POST", "api-keys/{key}/revoke"), "api_key.revoked"),
    "api_service_accounts": (rest("POST", "service-accounts", NEW_ACCOUNT), "service_account.created"),
    "api_service_account": (
        rest("PATCH", "service-accounts/{account}", {"role": "viewer"}),
        "service_account.updated",
    ),
    "api_service_account_disable": (
        rest("POST", "service-accounts/{account}/disable"),
        "service_account.disabled",
    ),
    "api_service_account_enable": (lambda scene: _enabled(scene), "service_account.enabled"),
    "organization_key_new": (page("keys/new", NEW_KEY), "api_key.created"),
    "organization_key": (page("keys/{key}", {"act": "revoke"}), "api_key.revoked"),
    "organization_service_accounts": (page("service-accounts", NEW_ACCOUNT), "service_account.created"),
    "organization_service_account": (
        page("service-accounts/{account}", {"act": "delete"}),
        "service_account.deleted",
    ),
}
KEYS_CHANGE_NOTHING = frozenset({"api_organization_key", "api_key_verify", "organization_keys"})


def _enabled(scene: Any) -> Any:
    acme, _, account = place(scene)
    ServiceAccount.objects.update(disabled_at=acme.created_at)
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return scene.json(f"organizations/{acme.id}/service-accounts/{account.id}/enable", {}, **header)
