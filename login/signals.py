"""What speaks against a sign-in though its first proof was good (SIGN_IN_SIGNALS). Rules, no I/O but one read.

A trusted browser is asked for its second factor then, and who has none for a code by mail (`login.steps`).
"""

from collections.abc import Callable
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from django.conf import settings

from accounts.models import Session
from accounts.places import find_coordinates
from core import context
from login.attempts import Attempt

EARTH_KM = 6371
FASTEST_KMH = 1000  # an airliner, from gate to gate
LOOKS_BACK = timedelta(days=30)
UNSURE_KM = 200  # databases of addresses err by that much


def found(attempt: Attempt) -> bool:
    """Whether one of the signals that the operator chose speaks against this sign-in."""
    return any(RULES[name](attempt) for name in settings.JANUA.sign_in_signals)


def is_new_device(attempt: Attempt) -> bool:
    """Not at the very first sign-in. Programs have no browser: every one of theirs is new."""
    return attempt.user.last_login is not None and not attempt.is_known_device


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


def is_impossible_travel(attempt: Attempt) -> bool:
    """From the place of the last session to this one, as far as the database knows both."""
    here = find_coordinates(context.current().ip or None)
    since = attempt.now - LOOKS_BACK
    rows = Session.objects.filter(user=attempt.user, last_seen_at__gt=since, ip__isnull=False)
    last = rows.order_by("-last_seen_at").first()
    there = find_coordinates(last.ip) if last else None
    if last is None or here is None or there is None:
        return False
    return is_too_fast(there, here, attempt.now - last.last_seen_at)


RULES: dict[str, Callable[[Attempt], bool]] = {
    "new_device": is_new_device,
    "impossible_travel": is_impossible_travel,
}
"""Under the names of the option."""
