"""An address stands once over all people, primary or further: one lock per address, and one question."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from accounts.models import EmailAddition, EmailAddress, User


@dataclass(frozen=True, slots=True)
class Address:
    """An address as its owner sees it: the primary one, a further one, or one that waits for its proof."""

    id: UUID
    email: str
    is_primary: bool
    is_verified: bool
    created_at: datetime


def all_of(user: User, *, now: datetime) -> list[Address]:
    """The person's addresses, the primary one first; it goes by the person's own id."""
    primary = Address(user.id, user.email, True, user.email_verified, user.created_at)
    further = EmailAddress.objects.filter(user=user).order_by("created_at")
    waiting = EmailAddition.objects.live(now).filter(user=user).order_by("created_at")
    return [
        primary,
        *(Address(row.id, row.email, False, True, row.created_at) for row in further),
        *(Address(row.id, row.email, False, False, row.created_at) for row in waiting),
    ]


def lock(*addresses: str) -> None:
    """One maker or claimer of an address after another; call first in the transaction, before any row is locked.

    SQLite's transactions follow each other anyway. The order keeps two who need two from waiting for each other.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for key in sorted({_key(address) for address in addresses}):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def is_taken(address: str) -> bool:
    """Whether anybody has the address. Under its lock the answer holds until the transaction ends."""
    return User.objects.filter(email=address).exists() or EmailAddress.objects.filter(email=address).exists()


def is_proven(address: str) -> bool:
    """Whether somebody has proven to own the address; an unproven account may yet be claimed (rule 9)."""
    return (
        User.objects.filter(email=address, email_verified=True).exists()
        or EmailAddress.objects.filter(email=address).exists()
    )


def proven_of(user: User) -> set[str]:
    """The person's verified addresses whose mailbox is theirs beyond doubt. One statement."""
    further = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    is_proven = user.email_verified and not user.email_vouched_only
    return {*further, *([user.email] if is_proven else [])}


def is_of(user: User, address: str) -> bool:
    """Whether this person has the address, primary or further."""
    return user.email == address or EmailAddress.objects.filter(user=user, email=address).exists()


def texts_of(user: User) -> list[str]:
    """All of the person's addresses, the primary one first."""
    return [user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)]


def account_of(address: str) -> str:
    """The name that guesses are counted under: the account, whichever of its addresses was typed (S097)."""
    user = User.objects.find_by_email(address)
    return str(user.id) if user else address


def _key(address: str) -> int:
    digest = hashlib.sha256(b"janua address " + address.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
