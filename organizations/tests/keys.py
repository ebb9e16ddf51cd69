"""Keys and service accounts for tests."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.test import Client

from accounts.models import User
from accounts.tests.browsers import proven
from core import clock
from organizations.factories import make_organization as organization_of
from organizations.models import ApiKey, Organization, Role, ServiceAccount
from organizations.services import api_keys, key_use
from organizations.services.access import Actor
from organizations.services.api_keys import NewKey

READ = ["organization:read"]
__all__ = ["READ", "actor", "make_account", "make_key", "opens", "organization_of", "send"]


def actor(user: User) -> Actor:
    """The person, who has just proved to be it."""
    return Actor.of_session(proven(user))


def make_key(
    user: User,
    organization: Organization,
    *scopes: str,
    account_id: UUID | None = None,
    now: datetime | None = None,
    **more: Any,
) -> tuple[ApiKey, str]:
    """A key that this person makes: their own, or the service account's."""
    asked = NewKey(name="deploy", scopes=list(scopes or READ), service_account_id=account_id, **more)
    return api_keys.create(
        actor=actor(user), organization_id=organization.id, asked=asked, now=now or clock.now()
    )


def make_account(organization: Organization, role: str = "member", name: str = "robot") -> ServiceAccount:
    made: ServiceAccount = ServiceAccount.objects.create(
        organization=organization,
        name=name,
        role=Role.objects.system(role),
        created_at=clock.now(),
    )
    return made


def opens(secret: str, *, ip: str = "192.0.2.1", now: datetime | None = None) -> bool:
    return key_use.find_living(secret, ip=ip, now=now or clock.now()) is not None


def send(method: str, path: str, secret: str, body: Any = None, **more: Any) -> Any:
    """A program's request with that key."""
    headers = {"Authorization": f"Bearer {secret}"}
    return Client().generic(method, f"/api/v1{path}", body or "", "application/json", headers=headers, **more)
