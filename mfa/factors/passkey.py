"""Passkeys and security keys: as the second factor, and what the door of passkeys stands on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from accounts.models import User
from accounts.services import mailed
from audit import services as audit
from core import mail
from mfa import ceremonies
from mfa.authenticators import label_of
from mfa.factors.base import Answer
from mfa.methods import Method
from mfa.models import Passkey, WebAuthnChallenge
from mfa.passkey_events import PasskeySuspended

Purpose = WebAuthnChallenge.Purpose


class PasskeyFactor:
    method: ClassVar[Method] = Method.PASSKEY

    def may_answer(self, user: User, *, now: datetime) -> datetime | None:
        used = Passkey.objects.of(user).values_list("last_used_at", "created_at")
        return max((last or made for last, made in used), default=None)

    def accepts(self, user: User, answer: Answer, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        if answer.credential is None:
            return None
        asserted = check(answer.credential, purpose_of(holder), holder=holder, user=user, now=now)
        return asserted.amr if asserted else None


def purpose_of(holder: str) -> Purpose:
    """The challenge of a login, or that of sudo mode."""
    return Purpose.CONFIRM if holder.startswith("session:") else Purpose.SECOND_FACTOR


def check(
    credential: Mapping[str, Any], purpose: Purpose, *, holder: str, user: User, now: datetime
) -> ceremonies.Asserted | None:
    """A right assertion of this person, whose row is locked; a copied key is suspended and refused."""
    asserted = ceremonies.read_assertion(credential, purpose, holder=holder, user=user, now=now)
    if asserted is not None and asserted.is_copied:
        _suspend(asserted.passkey, now=now)
        return None
    return asserted


def _suspend(passkey: Passkey, *, now: datetime) -> None:
    """Its counter went back: there may be a copy of it (WebAuthn Level 3 section 7.2, step 22)."""
    passkey.suspended_at = now
    passkey.save(update_fields=["suspended_at"])
    user = passkey.user
    facts = {
        "factor": label_of(passkey),
        "security_url": mailed.url("/account/security/passkeys"),
        **mailed.circumstances(now),
    }
    mail.send("key_suspended", user.email, facts, locale=user.locale)
    audit.record(
        PasskeySuspended(
            actor_type="system",
            target_type="user",
            target_id=str(user.id),
            kind=passkey.kind,
            passkey_id=str(passkey.id),
        )
    )
