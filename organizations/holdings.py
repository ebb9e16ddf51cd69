"""What organizations hold on people: this app's part of `accounts.data_map`."""

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from accounts.data_map import Holding
from accounts.holdings import SECRET, YOURSELF, addresses_ever
from accounts.models import User
from accounts.services import addresses
from organizations.models import ApiKey, GroupMember, Invitation, Membership, Organization, RoleGrant
from organizations.services import deletion, owners

NAMED = 5


def _is_needed_as_owner(user: User) -> str:
    """Where others would be left without an owner. Inside a transaction the organizations stay as they are until it
    ends: of two owners who ask at once, one is the last."""
    if connection.in_atomic_block:
        own = owners.owning(Membership.objects.filter(user=user)).values("organization")
        list(Organization.objects.select_for_update(no_key=True).filter(id__in=own).order_by("id"))
    with_others = Membership.objects.exclude(user=user).values("organization")
    names = owners.depending_on(user).filter(id__in=with_others).values_list("name", flat=True)[:NAMED]
    if not names:
        return ""
    sentence = _(
        "Others depend on you as owner of: %(names)s. Hand these organizations over, or delete them."
    )
    return sentence % {"names": ", ".join(names)}


def _erase_invitations(user: User, _now: datetime) -> None:
    Invitation.objects.filter(email__in=addresses_ever(user)).delete()


def _let_go(user: User, now: datetime) -> None:
    deletion.let_go(user, now=now)


HOLDINGS = (
    Holding(
        model="organizations.Membership",
        file="organizations",
        rows=lambda user: Membership.objects.filter(user=user).order_by("joined_at", "id"),
        fields=(
            *("id", "organization_id", "organization__name", "organization__slug", "role__key", "role__name"),
            *("is_default", "joined_at", "suspended_at"),
        ),
        withheld={"user": YOURSELF, "role": "told in full"},
        obstacle=_is_needed_as_owner,
        erase=_let_go,
    ),
    Holding(
        model="organizations.RoleGrant",
        file="organization_roles",
        rows=lambda user: RoleGrant.objects.filter(membership__user=user).order_by("id"),
        fields=("id", "membership_id", "role__key", "role__name", "created_at"),
        withheld={"role": "told in full"},
    ),
    Holding(
        model="organizations.GroupMember",
        file="organization_groups",
        rows=lambda user: GroupMember.objects.filter(membership__user=user).order_by("created_at", "id"),
        fields=("id", "membership_id", "group__name", "created_at"),
        withheld={"group": "told in full"},
    ),
    Holding(
        model="organizations.Invitation",
        file="invitations",
        rows=lambda user: Invitation.objects.filter(email__in=addresses.texts_of(user)).order_by(
            "created_at"
        ),
        fields=(
            *("id", "email", "organization__name", "role__name", "created_at", "sent_at", "expires_at"),
            *("used_at", "declined_at", "revoked_at"),
        ),
        withheld={
            "link_hash": SECRET,
            "invited_by": "names another person",
            "organization": "told by its name",
            "role": "told by its name",
        },
        erase=_erase_invitations,
    ),
    Holding(
        model="organizations.ApiKey",
        file="api_keys",
        rows=lambda user: ApiKey.objects.filter(user=user).order_by("created_at", "id"),
        fields=(
            *("id", "organization_id", "name", "hint", "scopes", "networks", "created_at", "expires_at"),
            *("last_used_at", "revoked_at"),
        ),
        withheld={"user": YOURSELF, "secret_hash": SECRET, "service_account": "never both"},
    ),
)
