"""One's own profile and preferences."""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import preferences
from accounts.events import PreferencesChanged, UserUpdated, by_oneself
from accounts.models import User
from audit import services as audit
from core.errors import PreconditionFailed

PROFILE_FIELDS = frozenset(
    {
        "given_name",
        "middle_name",
        "family_name",
        "nickname",
        "locale",
        "timezone",
        "address",
        "website",
        "profile_url",
        "gender",
        "birthdate",
    }
)


def version_of(user: User) -> str:
    """A name for what the person is now; another whenever anything of it has changed."""
    facts = {name: getattr(user, name) for name in PROFILE_FIELDS} | {"at": user.updated_at.isoformat()}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def update(
    *, user: User, changes: Mapping[str, Any], if_version: Collection[str] | None = None, now: datetime
) -> User:
    """Change one's own profile; the person as it is then. `changes` holds valid values of `PROFILE_FIELDS` only.

    Raises `PreconditionFailed` where the present version is none of `if_version`.
    """
    if if_version is None and not _differing(user, changes):
        return user
    with transaction.atomic():
        locked = lock(user)
        if if_version is not None and version_of(locked) not in if_version:
            sentence = "Your profile was changed meanwhile. Read it again."
            raise PreconditionFailed(sentence, reason="version_mismatch")
        if changed := _differing(locked, changes):
            _write(locked, changed, now=now)
    return locked


def change_preferences(*, user: User, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Change the named preferences; all of them as they are then. Raises `ValidationFailed`."""
    with transaction.atomic():
        locked = lock(user)
        kept = preferences.changed(locked.preferences, changes)
        if kept != locked.preferences:
            names = {name for name in changes if kept.get(name) != locked.preferences.get(name)}
            locked.preferences = kept
            locked.save(update_fields=["preferences"])
            audit.record(
                PreferencesChanged(
                    **by_oneself(locked.id), fields=tuple(sorted(names & set(preferences.DEFAULTS)))
                )
            )
    return preferences.whole(kept)


def lock(user: User) -> User:
    """The person's row as it is, held until the transaction ends."""
    return User.objects.select_for_update(no_key=True).get(id=user.id)


def _differing(user: User, changes: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: value for name, value in changes.items() if getattr(user, name) != value}
    if unknown := set(changed) - PROFILE_FIELDS:
        raise ValueError(f"not fields of a profile: {unknown}")
    return changed


def _write(user: User, changed: dict[str, Any], *, now: datetime) -> None:
    for name, value in changed.items():
        setattr(user, name, value)
    user.updated_at = now
    user.save(update_fields=[*changed, "updated_at"])
    audit.record(UserUpdated(**by_oneself(user.id), fields=tuple(sorted(changed))))
