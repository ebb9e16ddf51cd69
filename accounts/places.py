"""Where an address roughly is, from a database on disk (MaxMind's format). Without GEOIP_DATABASE nobody knows."""

from collections.abc import Callable
from functools import cache
from typing import Any

import maxminddb
from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language


def find_place(ip: str | None) -> str:
    """City and country in the language of the page, as far as they are known: "Berlin, Germany"."""
    reader = _reader(settings.JANUA.geoip_database)
    found = reader.get(ip) if reader and ip else None
    if not isinstance(found, dict):
        return ""
    return ", ".join(filter(None, (_name(found.get("city")), _name(found.get("country")))))


def find_coordinates(ip: str | None) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, as far as they are known."""
    reader = _reader(settings.JANUA.geoip_database)
    found = reader.get(ip) if reader and ip else None
    told = found.get("location") if isinstance(found, dict) else None
    if not isinstance(told, dict):
        return None
    latitude, longitude = told.get("latitude"), told.get("longitude")
    if not isinstance(latitude, float) or not isinstance(longitude, float):
        return None
    return latitude, longitude


def place_and_address(ip: str) -> str:
    """For mails, in the language in which they are written: "Berlin, Germany (192.0.2.1)"."""
    return _described(ip) if ip else ""


def _describe(ip: str) -> str:
    place = find_place(ip)
    return f"{place} ({ip})" if place else ip


_described: Callable[[str], str] = lazy(_describe, str)


@cache
def _reader(path: Any) -> maxminddb.Reader | None:
    """Opened with the first question, once per process; the start has checked that it opens."""
    return maxminddb.open_database(path) if path else None


def _name(part: Any) -> str:
    names = part.get("names", {}) if isinstance(part, dict) else {}
    language = get_language() or "en"
    return str(names.get(language) or names.get(language.partition("-")[0]) or names.get("en") or "")
