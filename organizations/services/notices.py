"""Mails to people about their own place in an organization; call inside the transaction that changes it."""

from datetime import datetime

from django.urls import reverse

from accounts.models import User
from accounts.services import mailed
from core import mail
from organizations.models import Membership, Organization


def tell_removed(membership: Membership, *, now: datetime) -> None:
    """Somebody else ended the membership; it has its user and organization."""
    facts = {"organization": membership.organization.name, "when": now}
    mail.send("member_removed", membership.user.email, facts, locale=membership.user.locale)


def tell_made_owner(membership: Membership, *, now: datetime) -> None:
    """The person owns the organization from now on; it has its user and organization."""
    facts = _facts(membership.organization, now)
    mail.send("member_made_owner", membership.user.email, facts, locale=membership.user.locale)


def tell_deletion(organization: Organization, owners: list[User], *, now: datetime) -> None:
    """The organization is closed and will be erased, if nobody takes it back."""
    facts = {**_facts(organization, now), "due_at": organization.deletion_due_at}
    for owner in owners:
        mail.send("organization_deletion", owner.email, facts, locale=owner.locale)


def _facts(organization: Organization, now: datetime) -> dict[str, object]:
    address = mailed.url(reverse("organization", args=[organization.slug]))
    return {"organization": organization.name, "organization_url": address, "when": now}
