"""What people prefer, and what apps of ours keep with them: small JSON, of which we know some members."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.errors import ValidationFailed

THEMES = ("auto", "light", "dark")
DEFAULTS: Mapping[str, Any] = {"theme": "auto", "newsletter": False}
OF_AN_APP = re.compile(r"[a-z0-9_-]{1,32}(\.[A-Za-z0-9_-]{1,64}){1,4}")
"""Members that Janua does not know have a namespace, so that none of ours is ever in their way."""
MAX_BYTES = 8 * 1024
MAX_DEPTH = 5


def whole(present: Mapping[str, Any]) -> dict[str, Any]:
    """The preferences with those that were never set."""
    return {**DEFAULTS, **present}


def changed(present: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The preferences after these changes; null takes one back. Raises `ValidationFailed`."""
    faults = {name: [fault] for name, value in changes.items() if (fault := _fault(name, value))}
    if faults:
        name, sentences = next(iter(faults.items()))
        raise ValidationFailed(f"{name[:64]}: {sentences[0]}", details=faults)
    merged = {**present, **changes}
    kept = {
        name: value for name, value in merged.items() if value is not None and DEFAULTS.get(name) != value
    }
    if len(json.dumps(kept).encode()) > MAX_BYTES:
        raise ValidationFailed(_("Preferences take 8 kB at most."), reason="preferences_too_large")
    return kept


def _fault(name: str, value: Any) -> str:
    """Why this member cannot be kept; nothing if it can."""
    if value is None:
        return ""
    if name == "theme":
        return "" if value in THEMES else _("Choose auto, light or dark.")
    if name == "newsletter":
        return "" if isinstance(value, bool) else _("Say true or false.")
    if not OF_AN_APP.fullmatch(name):
        return _("This preference is not known. Those of apps have a namespace: app.preference.")
    return _("This is nested too deeply.") if _depth_of(value) > MAX_DEPTH else ""


def _depth_of(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth_of, children), default=0)
