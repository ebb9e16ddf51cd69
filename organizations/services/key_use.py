"""A key at work: found by its secret, and what it may at this moment. Two statements at most.

Nobody learns why a key does not work: wrong, revoked, expired, from the wrong network or of an owner who left are the
same to whoever holds it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from core.statements import Select, slot
from organizations import key_rules
from organizations.models import ApiKey, GroupMember, GroupRole, Membership, Organization, Role, RoleGrant
from organizations.permissions import Granted
from organizations.services import access

PREFIX = "jnu_sk_"
LENGTH = len(PREFIX) + 43
USED_EVERY = timedelta(minutes=1)  # how exact last_used_at is: not every request needs a write


def find_living(secret: str, *, ip: str, now: datetime) -> ApiKey | None:
    """The key that this secret opens now, from that address, with its owner and organization; notes its use."""
    key = read_living(secret, now=now)
    if key is None or not key_rules.comes_from(key.networks, ip):
        return None
    _note_use(key, now=now)
    return key


def read_living(secret: str, *, now: datetime) -> ApiKey | None:
    """The same, without a look at the address and without a trace. One statement.

    Found by its keyed hash in an index: how long that takes says nothing about any secret.
    """
    if len(secret) != LENGTH or not secret.startswith(PREFIX):
        return None
    return _LIVING.first(secret_hash=ApiKey.hash_of(secret), now=now)


def granted_to(key: ApiKey) -> Granted:
    """What a living key may: of its scopes those that its owner has. At most one statement."""
    if key.service_account is not None:
        return key.service_account.role.granted.within(key.scopes)
    roles = _ROLES_OF_OWNER.all(organization_id=key.organization_id, user_id=key.user_id)
    return access.united(roles).within(key.scopes)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a service is told of a key that was shown to it. `allowed`: this very use is fine."""

    key: ApiKey | None = None
    scopes: tuple[str, ...] = ()
    allowed: bool = False


def verify(*, secret: str, permission: str, ip: str | None, now: datetime) -> Verdict:
    """For other services: the key and what it may now. Two statements.

    A key that is bound to networks is not valid without an address in one of them.
    """
    key = read_living(secret, now=now)
    if key is None or not key_rules.comes_from(key.networks, ip or ""):
        return Verdict()
    granted = granted_to(key)
    _note_use(key, now=now)
    return Verdict(key, tuple(sorted(granted.names)), not permission or granted.has(permission))


def _note_use(key: ApiKey, *, now: datetime) -> None:
    """Written once a minute, and never waited for: whoever has the row locked writes something of more weight."""
    if key.last_used_at is not None and now - key.last_used_at <= USED_EVERY:
        return
    before = Q(last_used_at=None) | Q(last_used_at__lt=now)
    free = ApiKey.objects.select_for_update(skip_locked=True, no_key=True).filter(before, id=key.id)
    with transaction.atomic(savepoint=False):  # PostgreSQL locks inside a transaction only
        ApiKey.objects.filter(id__in=free.values("id")).update(last_used_at=now)
    key.last_used_at = now


def _roles_of_owner() -> QuerySet[Role]:
    """All roles of the member who owns the key: their own, further ones, those of their groups."""
    place = {
        "organization": slot(Organization, "id", "organization_id"),
        "user": slot(User, "id", "user_id"),
        "suspended_at": None,
    }
    own = Membership.objects.filter(**place, role=OuterRef("pk"))
    member = Membership.objects.filter(**place).values("id")
    further = RoleGrant.objects.filter(membership__in=member, role=OuterRef("pk"))
    groups = GroupMember.objects.filter(membership__in=member).values("group")
    shared = GroupRole.objects.filter(group__in=groups, role=OuterRef("pk"))
    return Role.objects.filter(Q(Exists(own)) | Q(Exists(further)) | Q(Exists(shared)))


_ROLES_OF_OWNER = Select(_roles_of_owner, most=None)


def _living() -> QuerySet[ApiKey]:
    now, secret_hash = slot(ApiKey, "expires_at", "now"), slot(ApiKey, "secret_hash")
    secrets = Q(secret_hash=secret_hash) | Q(previous_hash=secret_hash, previous_expires_at__gt=now)
    return ApiKey.objects.alive(now).with_owners().filter(secrets)


_LIVING = Select(_living)
