"""Organizations as their people make and change them."""

from django.db.models import QuerySet

from accounts.models import User
from organizations.models import Membership


def places_of(user: User) -> QuerySet[Membership]:
    """Where the person belongs now, with organization and role, by name."""
    places: QuerySet[Membership] = (
        Membership.objects.filter(user=user, suspended_at=None)
        .select_related("organization", "role")
        .order_by("organization__name", "id")
    )
    return places
