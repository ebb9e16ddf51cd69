"""Organizations as their people make and change them."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Session, User
from accounts.operators import is_operator
from accounts.services import sudo
from audit import services as audit
from core import limits, throttle
from core.errors import Conflict, NotAllowed, PreconditionFailed
from organizations import slugs
from organizations.events.members import DefaultOrganizationChanged, about
from organizations.events.organizations import OrganizationCreated, OrganizationUpdated, upon
from organizations.models import Membership, Organization, Role
from organizations.permissions import OWNER, Permission
from organizations.services import owners
from organizations.services.access import Access, Actor, enter, look

CHANGEABLE = frozenset({"name", "slug", "metadata"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganization:
    """What its maker says of it; without a slug one is made of the name."""

    name: str
    slug: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


def may_create(user: User) -> bool:
    """Whether this installation lets the person make organizations at all."""
    return user.email_verified and (settings.JANUA.organization_creation == "people" or is_operator(user))


def create(*, session: Session, new: NewOrganization, now: datetime) -> Membership:
    """Make an organization; its maker is its owner. Raises `NotAllowed`, `ValidationFailed`, `Conflict`, `RateLimited`."""
    if not may_create(session.user):
        sentence = _("Organizations are made by operators here, and by people with a confirmed address only.")
        raise NotAllowed(sentence, reason="organization_creation_closed")
    slug = slugs.canonical(new.slug) if new.slug else _made_of(new.name)
    throttle.require(limits.ORGANIZATION_CREATION, str(session.user_id), now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        _require_room(user)
        row = Organization(
            name=new.name, slug=slug, metadata=dict(new.metadata), created_at=now, updated_at=now
        )
        _save(row)
        owner = Role.objects.system(OWNER)
        membership: Membership = Membership.objects.create(
            organization=row, user=user, role=owner, joined_at=now
        )
        audit.record(OrganizationCreated(**_by(user, row), **upon(row.id), slug=slug))
    return membership


def get(*, actor: Actor, organization_id: UUID, now: datetime) -> Access:
    """The organization, and the actor's place in it. Raises `NotFound`, `NotAllowed`."""
    return look(actor, organization_id, Permission.ORGANIZATION_READ, now=now)


def update(
    *,
    actor: Actor,
    organization_id: UUID,
    changes: Mapping[str, Any],
    if_version: Collection[str] | None = None,
    now: datetime,
) -> Access:
    """Change the named ones of `CHANGEABLE`. Raises `NotFound`, `NotAllowed`, `Conflict`, `ValidationFailed`,
    `RateLimited`, and `PreconditionFailed` where the present version is none of `if_version`."""
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"not for members to change: {unknown}")
    if "slug" in changes:
        changes = {**changes, "slug": slugs.canonical(changes["slug"])}
    count_change(actor, now=now)
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.ORGANIZATION_UPDATE, now=now)
        row = access.organization
        if if_version is not None and version_of(row) not in if_version:
            raise PreconditionFailed(
                _("The organization was changed meanwhile. Read it again."), reason="version_mismatch"
            )
        changed = {name: value for name, value in changes.items() if getattr(row, name) != value}
        if not changed:
            return access
        for name, value in changed.items():
            setattr(row, name, value)
        row.updated_at = now
        _save(row, fields=[*changed, "updated_at"])
        audit.record(
            OrganizationUpdated(
                **access.for_audit, **upon(row.id), fields=tuple(sorted(changed)), slug=row.slug
            )
        )
    return access


def count_change(actor: Actor, *, now: datetime) -> None:
    """Counted before anything is locked, by who changes: strangers do not use up what members may. Raises `RateLimited`."""
    throttle.require(limits.ORGANIZATION_CHANGES, actor.name_for_limits, now=now)


def version_of(organization: Organization) -> str:
    """A name for what the organization is now; another whenever anything of it has changed."""
    facts = f"{organization.id} {organization.updated_at.isoformat()}"
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def places_of(user: User) -> "QuerySet[Membership]":
    """Where the person belongs now, with organization and role, by name."""
    places: QuerySet[Membership] = (
        Membership.objects.filter(user=user, suspended_at=None, organization__erasing_at=None)
        .select_related("organization", "role")
        .order_by("organization__name", "id")
    )
    return places


def find_places(actor: Actor, search: str = "") -> "QuerySet[Membership]":
    """Of those the ones whose name or slug holds the text; to a key its own organization alone."""
    places = Membership.objects.none() if actor.user is None else places_of(actor.user)
    if actor.key is not None:
        places = places.filter(organization_id=actor.key.organization_id)
    if text := search.strip():
        places = places.filter(Q(organization__name__icontains=text) | Q(organization__slug__icontains=text))
    return places


def set_default(*, actor: Actor, organization_id: UUID, is_default: bool, now: datetime) -> Access:
    """Whether the person starts in this organization. Raises `NotFound`, `NotAllowed` (keys start nowhere)."""
    with transaction.atomic():
        access = enter(actor, organization_id, None, now=now, may_be_shut=True)
        membership = access.require_member()
        if membership.is_default == is_default:
            return access
        Membership.objects.filter(user_id=membership.user_id, is_default=True).update(is_default=False)
        membership.is_default = is_default
        membership.save(update_fields=["is_default"])
        audit.record(
            DefaultOrganizationChanged(**access.for_audit, **about(membership), is_default=is_default)
        )
    return access


def _made_of(name: str) -> str:
    """A slug like the name that nobody has yet; two at once may choose the same, then one is told so."""
    slug = slugs.suggested(name)
    if slug and not Organization.objects.filter(slug=slug).exists():
        return slug
    tail = secrets.token_hex(4)
    return f"{slug[: slugs.MAX_LENGTH - 9].rstrip('-') or 'team'}-{tail}"


def _require_room(user: User) -> None:
    """The person is locked: of many at once none is too many."""
    most = settings.JANUA.organizations_per_person
    owned = owners.owning(Membership.objects.filter(user=user)).count()
    if owned >= most and not is_operator(user):
        raise Conflict(
            _("You own as many organizations as one person may: {n}.").format(n=most),
            reason="too_many_organizations",
        )


def _save(row: Organization, *, fields: list[str] | None = None) -> None:
    """Raises `Conflict` where another has the slug. The constraint decides: of two at once one has it."""
    try:
        with transaction.atomic():
            row.save(update_fields=fields, force_insert=fields is None)
    except IntegrityError as error:
        if not Organization.objects.filter(slug=row.slug).exclude(id=row.id).exists():
            raise error
        sentence = _("Another organization has this name in addresses.")
        raise Conflict(sentence, reason="slug_taken", details={"slug": [sentence]}) from None


def _by(user: User, organization: Organization) -> dict[str, Any]:
    return {"actor_type": "user", "actor_id": user.id, "organization_id": organization.id}
