"""Service accounts: programs that work in an organization under a role, and stay when people leave."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import services as audit
from core.errors import Conflict, NotFound, ValidationFailed
from organizations.events.keys import (
    ServiceAccountCreated,
    ServiceAccountDeleted,
    ServiceAccountDisabled,
    ServiceAccountEnabled,
    ServiceAccountUpdated,
    about_account,
)
from organizations.models import Role, ServiceAccount
from organizations.models.roles import system_name
from organizations.permissions import SYSTEM_ROLES, Permission
from organizations.services import access
from organizations.services.access import Access, Actor

MAX_ACCOUNTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be different; None: as it is. `role` is the key of a role."""

    name: str | None = None
    description: str | None = None
    role: str | None = None


def rows_of(*, actor: Actor, organization_id: UUID, now: datetime) -> QuerySet[ServiceAccount]:
    """The organization's service accounts by name, with their roles."""
    acting = access.look(actor, organization_id, Permission.KEY_MANAGE, now=now)
    return _rows(acting).order_by("name", "id")


def get(*, actor: Actor, organization_id: UUID, account_id: UUID, now: datetime) -> ServiceAccount:
    acting = access.look(actor, organization_id, Permission.KEY_MANAGE, now=now)
    return _find(acting, account_id)


def create(
    *, actor: Actor, organization_id: UUID, name: str, description: str, role: str, now: datetime
) -> ServiceAccount:
    """A new one. Raises `NotAllowed` for a role beyond one's own, `Conflict` for a name that is taken."""
    with transaction.atomic():
        acting = access.enter(actor, organization_id, Permission.KEY_MANAGE, now=now)
        if _rows(acting).count() >= MAX_ACCOUNTS:
            raise Conflict(_("There are too many service accounts already."), reason="too_many")
        _require_free(acting, name)
        account: ServiceAccount = ServiceAccount.objects.create(
            organization=acting.organization,
            name=name,
            description=description,
            role=_role(acting, role),
            created_at=now,
        )
        audit.record(
            ServiceAccountCreated(
                **acting.for_audit, **about_account(account), name=name, role=account.role.key
            )
        )
    return account


@transaction.atomic
def update(
    *, actor: Actor, organization_id: UUID, account_id: UUID, changes: Changes, now: datetime
) -> ServiceAccount:
    """Change what is named. Nobody changes one that may more than they, nor makes one so."""
    acting, account = _enter(actor, organization_id, account_id, now=now)
    before = (account.name, account.description, account.role_id)
    if changes.name is not None and changes.name != account.name:
        _require_free(acting, changes.name)
        account.name = changes.name
    if changes.description is not None:
        account.description = changes.description
    if changes.role is not None:
        account.role = _role(acting, changes.role)
    after = (account.name, account.description, account.role_id)
    changed = [name for name, old, new in zip(_FIELDS, before, after, strict=True) if old != new]
    if changed:
        account.save(update_fields=changed)
        audit.record(
            ServiceAccountUpdated(
                **acting.for_audit, **about_account(account), changed=tuple(changed), role=account.role.key
            )
        )
    return account


@transaction.atomic
def disable(*, actor: Actor, organization_id: UUID, account_id: UUID, now: datetime) -> ServiceAccount:
    """Stop it at once: no key of its works any more, until it is enabled again."""
    acting, account = _enter(actor, organization_id, account_id, now=now)
    if account.disabled_at is None:
        account.disabled_at = now
        account.save(update_fields=["disabled_at"])
        audit.record(ServiceAccountDisabled(**acting.for_audit, **about_account(account)))
    return account


@transaction.atomic
def enable(*, actor: Actor, organization_id: UUID, account_id: UUID, now: datetime) -> ServiceAccount:
    """Let its keys work again. Raises `ReauthenticationRequired`: it opens what somebody shut."""
    acting, account = _enter(actor, organization_id, account_id, now=now)
    acting.require_person(now=now)
    if account.disabled_at is not None:
        account.disabled_at = None
        account.save(update_fields=["disabled_at"])
        audit.record(ServiceAccountEnabled(**acting.for_audit, **about_account(account)))
    return account


@transaction.atomic
def delete(*, actor: Actor, organization_id: UUID, account_id: UUID, now: datetime) -> None:
    """Delete it with its keys. Raises `ReauthenticationRequired`."""
    acting, account = _enter(actor, organization_id, account_id, now=now)
    acting.require_person(now=now)
    about, name, keys = about_account(account), account.name, account.api_keys.count()
    account.delete()
    audit.record(ServiceAccountDeleted(**acting.for_audit, **about, name=name, keys=keys))


def roles_for(acting: Access) -> list[Role]:
    """The roles that the actor may give to a service account."""
    rows = {role.key: role for role in Role.objects.usable_in(acting.organization.id).order_by("name")}
    system = [rows.pop(key, Role(key=key, name=system_name(key))) for key in SYSTEM_ROLES]
    usable = [*system, *rows.values()]
    return [role for role in usable if not role.granted.is_owner and acting.granted.covers(role.granted)]


def usable_by(acting: Access) -> list[ServiceAccount]:
    """Those that the actor may make keys for."""
    if not acting.has(Permission.KEY_MANAGE):
        return []
    return list(_rows(acting).filter(disabled_at=None).order_by("name", "id"))


_FIELDS = ("name", "description", "role")


def _enter(
    actor: Actor, organization_id: UUID, account_id: UUID, *, now: datetime
) -> tuple[Access, ServiceAccount]:
    acting = access.enter(actor, organization_id, Permission.KEY_MANAGE, now=now)
    account = _find(acting, account_id)
    acting.require_covers(account.role.granted)
    return acting, account


def _rows(acting: Access) -> QuerySet[ServiceAccount]:
    return ServiceAccount.objects.select_related("role").filter(organization_id=acting.organization.id)


def _find(acting: Access, account_id: UUID) -> ServiceAccount:
    account = _rows(acting).filter(id=account_id).first()
    if account is None:
        raise NotFound(_("There is no such service account."))
    return account


def _require_free(acting: Access, name: str) -> None:
    """Asked under the organization's lock: nobody takes the name meanwhile."""
    if _rows(acting).filter(name=name).exists():
        raise Conflict(_("There is a service account of this name already."), reason="name_taken")


def _role(acting: Access, key: str) -> Role:
    """The system's or the organization's role of this key, within what the actor may. Owners are people."""
    if key in SYSTEM_ROLES:
        role = Role.objects.system(key)
    else:
        found = Role.objects.filter(organization_id=acting.organization.id, key=key).first()
        if found is None:
            raise _refused(_("There is no such role."), "unknown_role")
        role = found
    if role.granted.is_owner:
        raise _refused(_("Only people can be owners."), "owner_is_a_person")
    acting.require_covers(role.granted)
    return role


def _refused(sentence: str, reason: str) -> ValidationFailed:
    return ValidationFailed(sentence, reason=reason, details={"role": [sentence]})
