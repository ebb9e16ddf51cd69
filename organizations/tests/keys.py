"""Keys and service accounts for tests."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.test import Client

from accounts.models import User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from organizations.factories import make_organization as organization_of
from organizations.models import ApiKey, Organization, Role, ServiceAccount
from organizations.services import api_keys, key_use
from organizations.services.access import Actor
from organizations.services.api_keys import NewKey

READ = ["organization:read"]
__all__ = [
    "READ",
    "Machine",
    "actor",
    "machine_of",
    "make_account",
    "make_key",
    "opens",
    "organization_of",
    "send",
]


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


@dataclass(frozen=True)
class Machine:
    """A program that works for a service account by a key."""

    organization: Organization
    account: ServiceAccount
    key: ApiKey
    secret: str

    def __call__(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """A request about its organization."""
        sent = "" if body is None else json.dumps(body)
        return send(method, f"/organizations/{self.organization.id}{path}", self.secret, sent, **more)

    def refused(self, method: str, path: str, body: Any = None) -> str:
        """Why such a request is 403."""
        answer = self(method, path, body)
        assert answer.status_code == 403, answer.content
        reason: str = answer.json()["reason"]
        return reason

    def is_named_in(self, action: str) -> bool:
        """Whether the newest line of that name says that this account did it, by this key."""
        line = Event.objects.filter(action=action, organization_id=self.organization.id).latest("seq")
        who = (line.actor_type, line.actor_id, line.client_id, line.session_id)
        return who == ("service_account", self.account.id, f"api_key:{self.key.id}", None)


def machine_of(
    owner: User, organization: Organization, *scopes: str, role: str = "admin", name: str = "robot"
) -> Machine:
    """A machine under this role; its key has these scopes."""
    account = make_account(organization, role, name)
    return Machine(organization, account, *make_key(owner, organization, *scopes, account_id=account.id))
