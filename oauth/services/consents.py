"""Consents: what a person allowed which client, remembered and taken back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from audit import services as audit
from core.consume import update_returning
from oauth import ownership
from oauth.events import ConsentDenied, ConsentEnded, ConsentGranted, ConsentRevoked
from oauth.models import AuthorizationCode, Client, Consent, DeviceGrant
from tokens.services import refresh


def covers(user: User, client: Client, scope: Iterable[str]) -> bool:
    """Whether the person has allowed the client all of this."""
    consent = Consent.objects.filter(user=user, client=client, revoked_at=None).first()
    return consent is not None and frozenset(scope) <= consent.scopes


def grant(user: User, client: Client, scope: Iterable[str], *, now: datetime) -> None:
    """Remember that the person allows this, besides what was allowed before; call inside a transaction."""
    User.objects.select_for_update(no_key=True).get(
        id=user.id
    )  # two consents of one person at once: one after the other
    living = Consent.objects.filter(user=user, client=client, revoked_at=None).first()
    before = living.scopes if living else frozenset[str]()
    words = " ".join(sorted(before | frozenset(scope)))
    if living:
        Consent.objects.filter(id=living.id).update(scope=words, granted_at=now)
    else:
        Consent.objects.create(user=user, client=client, scope=words, first_granted_at=now, granted_at=now)
    audit.record(ConsentGranted(scope=words, **_actor_and_target(user, client.client_id)))


@transaction.atomic
def deny(user: User, client: Client, scope: Iterable[str]) -> None:
    """The person said no this time."""
    audit.record(
        ConsentDenied(scope=" ".join(scope), result="denied", **_actor_and_target(user, client.client_id))
    )


@transaction.atomic
def revoke(*, user: User, consent_id: UUID, now: datetime) -> bool:
    """The person takes a consent back: the client's tokens for this person end at once."""
    revoked = update_returning(
        Consent.objects.filter(id=consent_id, user=user, revoked_at=None), revoked_at=now
    )
    for consent in revoked:
        _end_grants(user, consent.client, now=now)
        audit.record(ConsentRevoked(**_actor_and_target(user, consent.client.client_id)))
    return bool(revoked)


@transaction.atomic
def end_for_client(*, actor: User, client: Client, consent_id: UUID | None = None, now: datetime) -> int:
    """The client's owner or an operator ends one consent, or all; how many ended. The people are asked anew."""
    locked = ownership.lock(actor, client)
    living = Consent.objects.filter(client=locked, revoked_at=None)
    ended = update_returning(living.filter(id=consent_id) if consent_id else living, revoked_at=now)
    for consent in ended:
        _end_grants(consent.user, locked, now=now)
        audit.record(
            ConsentEnded(
                actor_type="user",
                actor_id=actor.id,
                client_id=locked.client_id,
                target_type="user",
                target_id=str(consent.user_id),
            )
        )
    return len(ended)


def living_of_client(client: Client) -> QuerySet[Consent]:
    """Who allows the client to use their account, the newest first."""
    rows = Consent.objects.filter(client=client, revoked_at=None).select_related("user")
    return rows.order_by("-granted_at", "-id")


def _end_grants(user: User, client: Client, *, now: datetime) -> None:
    codes = AuthorizationCode.objects.filter(user=user, application=client, used_at=None)
    codes.update(used_at=now)  # what is on its way to the client is not redeemed any more
    devices = DeviceGrant.objects.filter(user=user, client_id=client.client_id, used_at=None)
    devices.filter(status=DeviceGrant.AUTHORIZED).update(status=DeviceGrant.DENIED)
    refresh.revoke_families_of_client(user, client.client_id, reason="consent_revoked", now=now)


def _actor_and_target(user: User, client_id: str) -> dict[str, Any]:
    return {
        "actor_type": "user",
        "actor_id": user.id,
        "client_id": client_id,
        "target_type": "client",
        "target_id": client_id,
    }
