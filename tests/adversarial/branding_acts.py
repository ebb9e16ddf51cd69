"""How the routes of branding are made to change something, and the one event that says so (S260)."""

import json
from typing import Any

from django.test import Client as Browser

from oauth.models import Client
from organizations.factories import make_organization
from tests.adversarial.tools import api_login, bearer

LOOK = {"accent": "#0b6b3a", "corners": "round"}


def _rest(scene: Any, path: str, body: Any, method: str = "PUT") -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    kind = "application/json"
    return Browser().generic(method, f"/api/v1/{path}", json.dumps(body), kind, **scene.headers, **header)


def _put(scene: Any) -> Any:
    return _rest(scene, f"organizations/{make_organization(scene.alice).id}/branding", LOOK)


def _save(scene: Any) -> Any:
    slug = make_organization(scene.alice).slug
    return scene.page(f"/organizations/{slug}/branding", LOOK)


def _belong(scene: Any) -> Any:
    client = scene.client.client
    Client.objects.filter(pk=client.pk).update(user=scene.alice)
    body = {"organization_id": str(make_organization(scene.alice).id)}
    return _rest(scene, f"oauth/clients/{client.client_id}/organization", body)


def _branded(scene: Any) -> Any:
    """An organization of alice's whose look somebody else's client has."""
    organization, app = make_organization(scene.alice), scene.client.client
    Client.objects.filter(pk=app.pk).update(organization=organization)
    return organization


def _take_back(scene: Any) -> Any:
    one = f"organizations/{_branded(scene).id}/branding/clients/{scene.client.client.client_id}"
    return _rest(scene, one, {}, "DELETE")


def _take_back_on_the_page(scene: Any) -> Any:
    slug = _branded(scene).slug
    return scene.page(f"/organizations/{slug}/branding/clients", {"client": scene.client.client.client_id})


BRANDING_ACTS = {
    "api_organization_branding": (_put, "organization.branding_changed"),
    "organization_branding": (_save, "organization.branding_changed"),
    "api_client_organization": (_belong, "client.organization_changed"),
    "api_branded_client": (_take_back, "client.organization_changed"),
    "organization_branded_clients": (_take_back_on_the_page, "client.organization_changed"),
}
BRANDING_CHANGES_NOTHING = {"branding_css", "branding_preview_css", "api_ui_config", "api_branded_clients"}
