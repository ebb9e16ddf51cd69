"""How an organization looks: chosen by those who may, refused where it could not be read, found by every page."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from core.errors import ValidationFailed
from organizations import contrast
from organizations.brands import Brand, Look, brand_of, digest_of, look_of
from organizations.contrast import DARK, LIGHT
from organizations.events.branding import BrandingChanged, BrandingRemoved
from organizations.events.organizations import upon
from organizations.models import Branding, GroupMember, Membership, Organization, Role, RoleGrant
from organizations.permissions import Permission
from organizations.services import access
from organizations.services.access import Actor

_SLUG = re.compile(r"[a-z0-9-]{1,63}", re.ASCII)


def get(*, actor: Actor, organization_id: UUID, now: datetime) -> Brand:
    """How it looks now, to whoever may read the organization."""
    place = access.look(actor, organization_id, Permission.ORGANIZATION_READ, now=now)
    return brand_of(place.organization)


@transaction.atomic
def put(*, actor: Actor, organization_id: UUID, look: Look, now: datetime) -> Brand:
    """Set colours and corners. Raises `ValidationFailed` where something could not be read."""
    place = access.enter(actor, organization_id, Permission.BRANDING_MANAGE, now=now)
    judged = judge(look)
    before = Branding.objects.filter(organization=place.organization).first()
    if before is None or look_of(before) != judged:
        chosen: dict[str, Any] = {
            "accent": judged.accent,
            "accent_dark": judged.accent_dark,
            "corners": judged.corners,
        }
        Branding.objects.update_or_create(
            organization=place.organization, defaults={**chosen, "updated_at": now}
        )
        audit.record(BrandingChanged(**place.for_audit, **upon(place.organization.id), **chosen))
    return replace(brand_of(place.organization), look=judged)


@transaction.atomic
def remove(*, actor: Actor, organization_id: UUID, now: datetime) -> None:
    """Back to Janua's own look; the logo stays the organization's."""
    place = access.enter(actor, organization_id, Permission.BRANDING_MANAGE, now=now)
    if Branding.objects.filter(organization=place.organization).delete()[0]:
        audit.record(BrandingRemoved(**place.for_audit, **upon(place.organization.id)))


def judge(look: Look) -> Look:
    """The look in canonical form. Raises `ValidationFailed` with the ratio reached and the nearest shade that passes."""
    faults: dict[str, list[str]] = {}
    judged = {
        "accent": _judged("accent", look.accent, LIGHT, faults),
        "accent_dark": _judged("accent_dark", look.accent_dark, DARK, faults),
    }
    if look.corners not in Branding.Corners.values:
        faults["corners"] = [_("Corners are square, soft or round.")]
    if faults:
        raise ValidationFailed(next(iter(faults.values()))[0], reason="bad_branding", details=faults)
    return Look(**judged, corners=look.corners)


def manageable_by(user: User) -> list[Organization]:
    """The open organizations whose branding the person manages, by name. Four statements at most."""
    places = {
        place.id: place
        for place in Membership.objects.select_related("organization", "role").filter(
            user=user, suspended_at=None, organization__in=_open()
        )
    }
    granted = {key: place.role.granted for key, place in places.items()}
    groups = GroupMember.objects.filter(membership__in=places, group__role_links__isnull=False)
    own = RoleGrant.objects.filter(membership__in=places).values_list("membership_id", "role_id")
    further = [*own, *groups.values_list("membership_id", "group__role_links__role_id")] if places else []
    roles = Role.objects.in_bulk({role_id for _place, role_id in further}) if further else {}
    for place_id, role_id in further:
        granted[place_id] = granted[place_id].with_(roles[role_id].granted)
    found = [
        place.organization for key, place in places.items() if granted[key].has(Permission.BRANDING_MANAGE)
    ]
    return sorted(found, key=lambda each: (each.name.casefold(), each.id))


def of_organization(organization_id: UUID | None) -> Brand | None:
    """For pages; a closed organization has none."""
    return _first(_open().filter(id=organization_id)) if organization_id else None


def of_slug(slug: str) -> Brand | None:
    """Of `/login?organization=…`: only of one that proved some domain to be its own.

    Whoever founds an organization gives it any name and logo, and an address of ours that shows them is a fine bait.
    """
    proven = _open().filter(slug=slug, domains__verified_at__isnull=False)
    return _first(proven) if _SLUG.fullmatch(slug) else None


def of_address(email: str) -> Brand | None:
    """Of whoever proved the address's domain to be theirs. It says nothing about the address itself."""
    domain = email.rpartition("@")[2].lower()
    proven = _open().filter(domains__name=domain, domains__verified_at__isnull=False)
    return _first(proven) if domain else None


def find_css(organization_id: UUID, digest: str) -> str | None:
    """The style sheet at this address, while that is how the organization looks."""
    brand = of_organization(organization_id)
    css = brand.look.css() if brand else ""
    return css if css and digest_of(css) == digest else None


def _open() -> QuerySet[Organization]:
    return Organization.objects.select_related("branding").filter(suspended_at=None, deletion_due_at=None)


def _first(rows: QuerySet[Organization]) -> Brand | None:
    found = rows.first()
    return brand_of(found) if found else None


def _judged(name: str, colour: str, theme: contrast.Theme, faults: dict[str, list[str]]) -> str:
    if not colour:
        return ""
    try:
        written = contrast.canonical(colour)
    except ValueError:
        faults[name] = [_("Write the colour as #rrggbb, such as #2847d4.")]
        return ""
    if (reached := contrast.reached(written, theme)) < contrast.LEAST:
        faults[name] = [_refusal(reached, contrast.nearest(written, theme))]
    return written


def _refusal(reached: float, nearest: str) -> str:
    """Rounded down: nothing that failed looks as if it had passed."""
    return _(
        "Contrast of {reached}:1 is too low to read; it takes 4.5:1. The nearest shade: {nearest}."
    ).format(reached=f"{int(reached * 100) / 100:.2f}", nearest=nearest)
