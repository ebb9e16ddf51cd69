"""How the routes of branding are made to change something, and the one event that says so (S260)."""

import json
from typing import Any

from django.test import Client as Browser

from oauth.models import Client
from organizations.factories import make_organization
from tests.adversarial.tools import api_login, bearer

LOOK = {"accent": "#0b6b3a", "corners": "round"}


def _rest(scene: Any, path: str, body: Any) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    kind = "application/json"
    return Browser().generic("PUT", f"/api/v1/{path}", json.dumps(body), kind, **scene.headers, **header)


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


BRANDING_ACTS = {
    "api_organization_branding": (_put, "organization.branding_changed"),
    "organization_branding": (_save, "organization.branding_changed"),
    "api_client_organization": (_belong, "client.organization_changed"),
}
BRANDING_CHANGES_NOTHING = {"branding_css", "branding_preview_css", "api_ui_config"}
