"""Purposes that people may allow us, and a receipt for each yes and no.

The receipt speaks with the words of ISO/IEC 29184 and of Kantara's consent receipt: PII controller, PII principal,
purposes, collection method.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.events import PurposeConsentChanged, PurposeDefined
from accounts.models import ConsentChange, ConsentPurpose, User
from accounts.services import terms
from audit import services as audit
from core import context, limits, throttle
from core.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Choice:
    """A purpose that is offered, and the person's last answer in whatever words it was put then."""

    purpose: ConsentPurpose
    change: ConsentChange | None

    @property
    def is_granted(self) -> bool:
        return self.change is not None and self.change.is_granted

    @property
    def is_in_old_words(self) -> bool:
        """They said yes, and the words have changed since: it still means the old ones."""
        return self.is_granted and self.change is not None and self.change.purpose_id != self.purpose.id


def define(
    *, name: str, title: str, text: str, is_offered: bool = True, actor: User | None = None, now: datetime
) -> ConsentPurpose:
    """A purpose, or new words for one that exists; by an operator or a command."""
    try:
        with transaction.atomic():
            before = ConsentPurpose.objects.filter(name=name).aggregate(last=Max("version"))["last"] or 0
            row = ConsentPurpose(
                name=name, version=before + 1, title=title, text=text, is_offered=is_offered, created_at=now
            )
            terms.require_fields(row)
            row.save(force_insert=True)
            audit.record(
                PurposeDefined(
                    actor_type="user" if actor else "system",
                    actor_id=actor.id if actor else None,
                    target_type="consent_purpose",
                    target_id=str(row.id),
                    name=row.name,
                    version=row.version,
                )
            )
    except IntegrityError:
        raise Conflict("Somebody else changed this purpose just now.", reason="purpose_changed") from None
    return row


def offered() -> list[ConsentPurpose]:
    """The newest words of each purpose, without those that are not asked for any more."""
    newest = {row.name: row for row in ConsentPurpose.objects.order_by("version")}
    return sorted((row for row in newest.values() if row.is_offered), key=lambda row: row.title)


def choices(user: User) -> list[Choice]:
    """Every purpose that is offered, with the person's answer."""
    purposes = offered()
    names = [purpose.name for purpose in purposes]
    changes = ConsentChange.objects.filter(user=user, purpose__name__in=names).select_related("purpose")
    last = {change.purpose.name: change for change in changes.order_by("changed_at", "id")}
    return [Choice(purpose, last.get(purpose.name)) for purpose in purposes]


def answer(user: User, name: str, *, is_granted: bool, via: str, now: datetime) -> ConsentChange:
    """The person says yes or no to a purpose, in its words of today. Raises `NotFound`, `RateLimited`."""
    throttle.require(limits.CONSENT_CHANGES, str(user.id), now=now)
    purpose = next((row for row in offered() if row.name == name), None)
    if purpose is None:
        raise NotFound(_("There is no such purpose."), reason="purpose_not_found")
    request = context.current()
    with transaction.atomic():
        change = ConsentChange.objects.create(
            user=user,
            purpose=purpose,
            is_granted=is_granted,
            changed_at=now,
            via=via,
            ip=request.ip or None,
            user_agent=request.user_agent[:400],
        )
        audit.record(
            PurposeConsentChanged(
                actor_type="user",
                actor_id=user.id,
                target_type="consent_purpose",
                target_id=str(purpose.id),
                name=name,
                version=purpose.version,
                is_granted=is_granted,
            )
        )
    return change


def get_change(user: User, change_id: UUID) -> ConsentChange:
    """One answer of the person; raises `NotFound` for what is not there and for somebody else's, alike."""
    found = ConsentChange.objects.filter(user=user, id=change_id).select_related("purpose").first()
    if found is None:
        raise NotFound(_("There is no such receipt."), reason="receipt_not_found")
    return found


def receipt(change: ConsentChange) -> Mapping[str, Any]:
    """What one may keep as proof: who said what to which words, when and how."""
    notice = next((row for row in terms.current(now=change.changed_at) if row.kind == "privacy"), None)
    purpose = change.purpose
    return {
        "receipt_id": str(change.id),
        "timestamp": change.changed_at.isoformat(),
        "event": "consent given" if change.is_granted else "consent withdrawn",
        "collection_method": {"page": "account page", "api": "REST API"}[change.via],
        "pii_principal": {"id": str(change.user_id)},
        "pii_controller": {
            "name": "Janua",
            "url": settings.JANUA.base_url,
            "contact": settings.JANUA.smtp_from,
        },
        "privacy_notice": notice.url if notice else "",
        "purposes": [
            {
                "name": purpose.name,
                "title": purpose.title,
                "text": purpose.text,
                "text_version": purpose.version,
            }
        ],
        "withdrawal": f"{settings.JANUA.base_url}/account/privacy",
    }
