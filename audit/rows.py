"""Entries as the plain rows that `audit.standalone` signs and verifies."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from audit.standalone import SIGNED_FIELDS, Row
from audit.text import utc_text
from core.crypto import derive_key


def chain_key() -> bytes:
    """The key of all chains: derived from the master secret, never in the database."""
    return derive_key("audit")


def signed_row(chain_name: str, values: Mapping[str, Any]) -> Row:
    """The signed part of an entry from the values of its columns."""
    row = {name: _text(values[name]) for name in SIGNED_FIELDS if name not in {"chain", "at"}}
    return {**row, "chain": chain_name, "at": utc_text(values["at"])}


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
