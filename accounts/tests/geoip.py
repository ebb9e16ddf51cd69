"""A small database of cities, in MaxMind's format."""

from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet


def city_database(
    path: Path,
    cities: dict[str, tuple[str, str]],
    coordinates: dict[str, tuple[float, float]] | None = None,
) -> Path:
    """Networks, each with its city and country; in German their names carry "(de)". Some have coordinates."""
    writer = MMDBWriter(6, "GeoLite2-City", languages=["en", "de"], ipv4_compatible=True)
    for network, (city, country) in cities.items():
        facts: dict[str, Any] = {"city": _names(city), "country": _names(country)}
        if coordinates and network in coordinates:
            facts["location"] = dict(zip(("latitude", "longitude"), coordinates[network], strict=True))
        writer.insert_network(IPSet([network]), facts)
    writer.to_db_file(str(path))
    return path


def _names(name: str) -> dict[str, dict[str, str]]:
    return {"names": {"en": name, "de": f"{name} (de)"}}
