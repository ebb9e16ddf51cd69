"""People in organizations, and clients that ask for them."""

import base64
import json
from typing import Any

from core import clock
from oauth.factories import register_client
from oauth.services.clients import Registered
from oauth.tests.flows import post
from organizations.models import AppPermission, Membership, Organization

SCOPE = "openid email organization"


def register_app(**members: Any) -> Registered:
    """A client that is registered for the scope `organization`."""
    return register_client(**{"client_name": "Ledger", "scope": SCOPE, **members})


def name_permissions(registered: Registered, *names: str) -> None:
    """Permissions of this client's app."""
    for name in names:
        AppPermission.objects.create(name=name, client_id=registered.client.client_id, created_at=clock.now())


def claims_in(token: str) -> dict[str, Any]:
    """What a JWT says, unverified."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def refresh(registered: Registered, token: str, **form: str) -> Any:
    return post("/oauth/token", registered, grant_type="refresh_token", refresh_token=token, **form)


def introspect(registered: Registered, token: str) -> dict[str, Any]:
    body: dict[str, Any] = post("/oauth/introspect", registered, token=token).json()
    return body


def identity(organization: Organization, role: str) -> dict[str, str]:
    return {"org_id": str(organization.id), "org_slug": organization.slug, "org_role": role}


def told(claims: dict[str, Any]) -> dict[str, Any]:
    """What of these claims speaks of an organization."""
    return {name: value for name, value in claims.items() if name.startswith("org_") or name == "permissions"}


def suspend(organization: Organization, user: Any) -> None:
    Membership.objects.filter(organization=organization, user=user).update(suspended_at=clock.now())


def remove(organization: Organization, user: Any) -> None:
    Membership.objects.filter(organization=organization, user=user).delete()


def close(organization: Organization, _user: Any = None) -> None:
    Organization.objects.filter(id=organization.id).update(suspended_at=clock.now())


def doom(organization: Organization, _user: Any = None) -> None:
    """About to be erased."""
    Organization.objects.filter(id=organization.id).update(deletion_due_at=clock.now())
