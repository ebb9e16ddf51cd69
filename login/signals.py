"""What makes a trusted browser be asked for its second factor all the same (SIGN_IN_SIGNALS). Rules, no I/O but one read."""

from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from django.conf import settings

from accounts.models import Session, User
from accounts.places import find_coordinates
from core import context

EARTH_KM = 6371
FASTEST_KMH = 1000  # an airliner, from gate to gate
LOOKS_BACK = timedelta(days=30)
UNSURE_KM = 200  # databases of addresses err by that much


def found(user: User, *, now: datetime) -> bool:
    """Whether one of the signals that the operator chose speaks against this sign-in."""
    return "impossible_travel" in settings.JANUA.sign_in_signals and _is_impossible_travel(user, now=now)


def is_too_fast(before: tuple[float, float], after: tuple[float, float], taken: timedelta) -> bool:
    """Whether nobody gets from the one place (degrees) to the other in that time."""
    kilometres = distance_km(before, after) - UNSURE_KM
    hours = max(taken.total_seconds(), 1) / 3600
    return kilometres / hours > FASTEST_KMH


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along the surface (haversine)."""
    (lat1, lon1), (lat2, lon2) = (map(radians, place) for place in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def _is_impossible_travel(user: User, *, now: datetime) -> bool:
    here = find_coordinates(context.current().ip or None)
    rows = Session.objects.filter(user=user, last_seen_at__gt=now - LOOKS_BACK, ip__isnull=False)
    last = rows.order_by("-last_seen_at").first()
    there = find_coordinates(last.ip) if last else None
    if last is None or here is None or there is None:
        return False
    return is_too_fast(there, here, now - last.last_seen_at)
