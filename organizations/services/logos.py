"""Logos of organizations: taken in as pictures of our own encoding, given out under an address nobody can guess."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audit import services as audit
from core import crypto, pictures
from core.errors import ValidationFailed
from organizations.events.organizations import OrganizationLogoChanged, upon
from organizations.models import Organization, OrganizationLogo
from organizations.permissions import Permission
from organizations.services.access import Access, Actor, enter, look
from organizations.services.organizations import count_change


def put(*, actor: Actor, organization_id: UUID, picture: bytes, now: datetime) -> Access:
    """Set the logo. Raises `NotFound`, `NotAllowed`, `Conflict`, `RateLimited`, `ValidationFailed` for no picture."""
    look(actor, organization_id, Permission.ORGANIZATION_UPDATE, now=now)  # strangers have us decode nothing
    count_change(actor, now=now)
    try:
        png = pictures.encode_png(picture)
    except pictures.NotAPicture as error:
        raise ValidationFailed(str(error), reason="bad_picture", details={"picture": [str(error)]}) from None
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.ORGANIZATION_UPDATE, now=now)
        OrganizationLogo.objects.filter(organization=access.organization).delete()
        logo = OrganizationLogo.objects.create(
            key=crypto.new_secret(""), organization=access.organization, png=png
        )
        _point_to(access, logo.key, now=now)
    return access


def remove(*, actor: Actor, organization_id: UUID, now: datetime) -> Access:
    """Take the logo away; its address leads nowhere from then on. Raises `NotFound`, `NotAllowed`, `Conflict`."""
    with transaction.atomic():
        access = enter(actor, organization_id, Permission.ORGANIZATION_UPDATE, now=now)
        if OrganizationLogo.objects.filter(organization=access.organization).delete()[0]:
            _point_to(access, "", now=now)
    return access


def find_png(key: str) -> bytes | None:
    """The picture at this address."""
    logo = OrganizationLogo.objects.filter(key=key).first()
    return bytes(logo.png) if logo else None


def address_of(organization: Organization) -> str:
    """Where apps and browsers find the logo; nothing without one."""
    key = organization.logo_key
    return f"{settings.JANUA.base_url}/logos/organizations/{key}.png" if key else ""


def _point_to(access: Access, key: str, *, now: datetime) -> None:
    row = access.organization
    row.logo_key, row.updated_at = key, now
    row.save(update_fields=["logo_key", "updated_at"])
    audit.record(OrganizationLogoChanged(**access.for_audit, **upon(row.id), has_logo=bool(key)))
