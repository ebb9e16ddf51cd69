"""What every page of an organization needs: who reads it, which sections they may see, where else they could go.

A page begins with `open_page(request, slug, Permission.X)` and renders with `shell(request, access, "section")`.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.http import required_session
from core import clock
from core.errors import NotAllowed, NotFound
from organizations.http import actor_of_page
from organizations.models import Membership, Organization
from organizations.permissions import Permission
from organizations.services import access as entrance
from organizations.services.access import Access
from organizations.services.invitation_rules import may_invite

SWITCHABLE = 50  # as many organizations the switcher lists; the rest stand at /organizations


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of an organization's navigation; its view takes the slug alone."""

    view: str
    label: str | Promise
    permission: str
    icon: str


INVITE = Permission.MEMBER_INVITE

# In the order of the navigation. A section whose permission its reader lacks is not shown (its page answers 403), but
# that a policy may let all members invite.
SECTIONS: tuple[Section, ...] = (
    Section("organization", _("Overview"), Permission.ORGANIZATION_READ, "home"),
    # Members
    Section("organization_members", _("Members"), Permission.MEMBER_READ, "person"),
    Section("organization_invitations", _("Invitations"), INVITE, "mail"),
    # Roles and groups
    Section("organization_roles", _("Roles"), Permission.ROLE_READ, "shield"),
    Section("organization_groups", _("Groups"), Permission.GROUP_READ, "apps"),
    # Access rules
    Section("organization_rules", _("Access rules"), Permission.POLICY_READ, "sliders"),
    # Policies
    Section("organization_policy", _("Sign-in rules"), Permission.POLICY_READ, "shield"),
    # Domains
    Section("organization_domains", _("Domains"), Permission.DOMAIN_READ, "mail"),
    # Branding
    Section("organization_branding", _("Branding"), Permission.BRANDING_MANAGE, "palette"),
    # Keys
    Section("organization_keys", _("API keys"), Permission.KEY_OWN, "key"),
    Section("organization_service_accounts", _("Service accounts"), Permission.KEY_MANAGE, "code"),
    # Audit
    Section("organization_audit", _("Audit trail"), Permission.AUDIT_READ, "clock"),
    # Settings: what ends things stands last
    Section("organization_settings", _("Settings"), Permission.ORGANIZATION_UPDATE, "sliders"),
    Section("organization_danger", _("Leave or delete"), Permission.ORGANIZATION_READ, "exit"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A section as the navigation shows it."""

    view: str
    label: str | Promise
    icon: str
    href: str


def open_page(request: HttpRequest, slug: str, permission: str) -> Access:
    """The reader's place in the organization. Raises `Http404` where they have none, `PermissionDenied` (403)."""
    organization_id = find_id(request, slug)
    try:
        return entrance.look(actor_of_page(request), organization_id, permission, now=clock.now())
    except NotFound:
        raise Http404 from None
    except NotAllowed:
        raise PermissionDenied from None


def find_id(request: HttpRequest, slug: str) -> UUID:
    """The organization of this name among the reader's own; raises `Http404` for everybody else's."""
    person = required_session(request).user
    found: UUID | None = (
        Organization.objects.of(person).filter(slug=slug).values_list("id", flat=True).first()
    )
    if found is None:
        raise Http404
    return found


def shell(request: HttpRequest, access: Access, current: str) -> dict[str, Any]:
    """The facts of `organizations/base.html`. `current`: the view name of the section that the page belongs to."""
    organization = access.organization
    return {
        "organization": organization,
        "access": access,
        "current": current,
        "sections": [
            Entry(row.view, row.label, row.icon, reverse(row.view, args=[organization.slug]))
            for row in SECTIONS
            if (may_invite(access) if row.permission == INVITE else access.has(row.permission))
        ],
        "others": _others(request, organization),
    }


def _others(request: HttpRequest, present: Organization) -> list[Organization]:
    person = required_session(request).user
    places = Membership.objects.filter(user=person, suspended_at=None).exclude(organization=present)
    named = places.select_related("organization").order_by("organization__name", "id")
    return [place.organization for place in named[:SWITCHABLE]]
