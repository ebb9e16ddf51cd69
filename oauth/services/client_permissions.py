"""The permissions that a client's owner gives a name: `invoices:write`.

Organizations put them into their roles; tokens for the client carry them. A name belongs to one client.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from core.errors import Conflict, NotFound, ValidationFailed
from oauth import ownership
from oauth.events import ClientPermissionDefined, ClientPermissionDeleted
from oauth.models import Client
from organizations.models import AppPermission, Role
from organizations.permission_names import is_reserved, is_well_formed

MAX_PERMISSIONS = 100
"""Of one client."""


def of(client: Client) -> QuerySet[AppPermission]:
    rows: QuerySet[AppPermission] = AppPermission.objects.filter(client_id=client.client_id)
    return rows.order_by("name")


@transaction.atomic
def define(*, actor: User, client: Client, name: str, description: str = "", now: datetime) -> AppPermission:
    """Raises `ValidationFailed` for a name that is Janua's own or none, `Conflict` for one that is taken."""
    locked = ownership.lock(actor, client)
    _require_may_be_called(name)
    if of(locked).count() >= MAX_PERMISSIONS:
        sentence = _("An app may have {n} permissions.").format(n=MAX_PERMISSIONS)
        raise Conflict(sentence, reason="too_many_permissions")
    facts = {"client_id": locked.client_id, "description": description, "created_at": now}
    permission, is_new = AppPermission.objects.get_or_create(name=name, defaults=facts)
    if not is_new:
        sentence = _("There is a permission with this name already.")
        raise Conflict(sentence, reason="permission_taken", details={"name": [sentence]})
    audit.record(ClientPermissionDefined(**_by(actor, locked), name=name))
    return permission


@transaction.atomic
def describe(*, actor: User, client: Client, permission_id: UUID, description: str) -> AppPermission:
    """Say anew what it is for; the name stays, since roles and tokens carry it. Raises `NotFound`."""
    locked = ownership.lock(actor, client)
    permission = _lock(locked, permission_id)
    if permission.description != description:
        permission.description = description
        permission.save(update_fields=["description"])
        audit.record(ClientPermissionDefined(**_by(actor, locked), name=permission.name))
    return permission


@transaction.atomic
def delete(*, actor: User, client: Client, permission_id: UUID, now: datetime) -> int:
    """Delete a permission: it leaves every role, the system's and all organizations'; how many roles. Raises
    `NotFound`."""
    locked = ownership.lock(actor, client)
    permission = _lock(locked, permission_id)
    roles = _leave_roles([permission.name], now=now)
    permission.delete()
    audit.record(ClientPermissionDeleted(**_by(actor, locked), name=permission.name, roles=roles))
    return roles


def end_all(client: Client, *, now: datetime) -> None:
    """With the client its permissions go; call inside the transaction that deletes it."""
    rows = of(client).select_for_update()
    names = [permission.name for permission in rows.order_by("id")]
    if names:
        _leave_roles(names, now=now)
        of(client).delete()


def _leave_roles(names: list[str], *, now: datetime) -> int:
    """Whoever puts one into a role holds its row meanwhile, as we do: so none is left behind."""
    gone = set(names)
    rows = Role.objects.annotate(text=Cast("permissions", TextField())).select_for_update(no_key=True)
    pattern = "|".join(f'"{name.replace(".", "[.]")}"' for name in names)
    roles = list(rows.filter(text__regex=pattern).order_by("id"))
    for role in roles:
        role.permissions = [name for name in role.permissions if name not in gone]
        role.updated_at = now
    Role.objects.bulk_update(roles, ["permissions", "updated_at"], batch_size=500)
    return len(roles)


def _lock(client: Client, permission_id: UUID) -> AppPermission:
    permission = of(client).select_for_update().filter(id=permission_id).first()
    if permission is None:
        raise NotFound(_("There is no such permission."), reason="permission_not_found")
    return permission


def _require_may_be_called(name: str) -> None:
    if not is_well_formed(name):
        sentence = _("Write it as resource:action, in small letters: invoices:write.")
        raise ValidationFailed(sentence, reason="bad_permission", details={"name": [sentence]})
    if is_reserved(name):
        sentence = _("What stands before the colon is Janua's own. Choose another word.")
        raise ValidationFailed(sentence, reason="reserved_permission", details={"name": [sentence]})


def _by(actor: User, client: Client) -> dict[str, Any]:
    target = {"target_type": "client", "target_id": client.client_id}
    return {"actor_type": "user", "actor_id": actor.id, "client_id": client.client_id, **target}
