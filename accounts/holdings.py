"""What accounts, and the floors beneath it, hold on people: their part of `accounts.data_map`."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, F, JSONField, Q, QuerySet, Value, When

from accounts.data_map import Holding
from accounts.events import EmailAdded, PrimaryEmailChanged, PrimaryEmailReverted
from accounts.models import (
    ConsentChange,
    DataExport,
    DeletionLink,
    EmailVerification,
    PasswordReset,
    Session,
    SignUp,
    SudoCode,
    TermsAcceptance,
    User,
)
from accounts.services import addresses
from audit import services as audit
from audit.models import Event, PersonalData
from core.models import Mail

SECRET = "a secret, kept as a hash only"
YOURSELF = "yourself"
INNER = "inner bookkeeping"
MAILED = {"code_hash": SECRET, "link_hash": SECRET, "guesses": INNER}
PROVEN_ADDRESSES = (EmailAdded.tag, PrimaryEmailChanged.tag, PrimaryEmailReverted.tag)
MAILED_FIELDS = ("id", "email", "created_at", "expires_at", "used_at")


def _entries(user: User) -> QuerySet[Any]:
    """What the trail says of the person by id. Networks and browsers only of their own acts: others' are not theirs.

    Entries that name an address alone are left out: the trail cannot tell who typed it.
    """
    is_own = Q(actor_id=user.id)
    return (
        Event.objects.filter(is_own | Q(target_type="user", target_id=str(user.id)))
        .annotate(
            actor=Case(When(is_own, then=Value("you")), default=F("actor_type"), output_field=CharField()),
            details=Case(When(is_own, then=F("personal__data")), output_field=JSONField()),
        )
        .order_by("at")
    )


def told_by_trail(user: User, actions: Collection[str], *names: str) -> set[str]:
    """What the person's own entries of these kinds name, until the trail is erased."""
    told = PersonalData.objects.filter(event__actor_id=user.id, event__action__in=actions)
    return {data[name] for data in told.values_list("data", flat=True) for name in names if data.get(name)}


def addresses_ever(user: User) -> list[str]:
    """The person's addresses, and those that the account had before; not what is somebody else's by now."""
    present = addresses.texts_of(user)
    former = told_by_trail(user, PROVEN_ADDRESSES, "email", "old_email", "removed_email") - set(present)
    return [*present, *(address for address in sorted(former) if not addresses.is_taken(address))]


def _erase_sign_ups(user: User, _now: datetime) -> None:
    SignUp.objects.filter(email__in=addresses_ever(user)).delete()


def _erase_mails(user: User, _now: datetime) -> None:
    Mail.objects.filter(recipient__in=addresses_ever(user)).delete()


def _erase_trail(user: User, _now: datetime) -> None:
    # All at once: from its first line on the chain waits, and by address every row is read.
    audit.erase_personal(actor_id=user.id, emails=addresses_ever(user))


HOLDINGS = (
    Holding(
        model="accounts.User",
        file="profile",
        rows=lambda user: User.objects.filter(id=user.id),
        fields=(
            *("id", "email", "email_verified", "given_name", "middle_name", "family_name", "nickname"),
            *("locale", "timezone", "phone_number", "phone_number_verified", "address", "status", "role"),
            *("metadata", "created_at", "updated_at", "last_login", "password_changed_at", "deletion_due_at"),
            *("website", "profile_url", "gender", "birthdate", "preferences", "password_reset_required"),
            *("mfa_enabled_at", "mfa_due_at", "email_vouched_only"),
        ),
        withheld={"password": SECRET, "picture_key": "told as picture"},
    ),
    Holding(
        model="accounts.Session",
        file="sessions",
        rows=lambda user: Session.objects.filter(user=user).order_by("created_at"),
        fields=(
            *("id", "kind", "amr", "acr", "door", "auth_time", "sudo_until", "created_at", "last_seen_at"),
            *("idle_until", "expires_at", "ended_at", "ip", "user_agent", "chosen_at", "device_id"),
        ),
        withheld={"user": YOURSELF, "secret_hash": SECRET, "idle_seconds": INNER},
    ),
    Holding(
        model="accounts.SignUp",
        file="sign_ups",
        # Only those that became this account: another one with the same address may be a stranger's.
        rows=lambda user: SignUp.objects.filter(user_id=user.id).order_by("created_at"),
        fields=(*MAILED_FIELDS, "given_name", "family_name", "locale", "accepted_terms"),
        withheld={**MAILED, "password": SECRET, "user_id": YOURSELF},
        erase=_erase_sign_ups,
    ),
    Holding(
        model="accounts.EmailVerification",
        file="email_verifications",
        rows=lambda user: EmailVerification.objects.filter(user=user).order_by("created_at"),
        fields=MAILED_FIELDS,
        withheld={**MAILED, "user": YOURSELF},
    ),
    Holding(
        model="accounts.PasswordReset",
        file="password_resets",
        rows=lambda user: PasswordReset.objects.filter(user=user).order_by("created_at"),
        fields=MAILED_FIELDS,
        withheld={**MAILED, "user": YOURSELF},
    ),
    Holding(
        model="accounts.SudoCode",
        file="confirmation_codes",
        rows=lambda user: SudoCode.objects.filter(session__user=user).order_by("created_at"),
        fields=("id", "email", "session_id", "created_at", "expires_at", "used_at"),
        withheld=MAILED,
    ),
    Holding(
        model="accounts.TermsAcceptance",
        file="accepted_terms",
        rows=lambda user: TermsAcceptance.objects.filter(user=user).order_by("accepted_at"),
        fields=(
            *("id", "version__kind", "version__version", "version__url", "accepted_at", "via", "ip"),
            "user_agent",
        ),
        withheld={"user": YOURSELF, "version": "told in full"},
    ),
    Holding(
        model="accounts.ConsentChange",
        file="consents",
        rows=lambda user: ConsentChange.objects.filter(user=user).order_by("changed_at"),
        fields=(
            *("id", "purpose__name", "purpose__version", "purpose__title", "purpose__text", "is_granted"),
            *("changed_at", "via", "ip", "user_agent"),
        ),
        withheld={"user": YOURSELF, "purpose": "told in full"},
    ),
    Holding(
        model="accounts.DataExport",
        file="data_exports",
        rows=lambda user: DataExport.objects.filter(user=user).order_by("created_at"),
        fields=("id", "created_at", "ready_at", "expires_at", "used_at", "size"),
        withheld={
            "user": YOURSELF,
            "archive": "the archive itself, for a day and sealed",
            "claimed_until": INNER,
        },
    ),
    Holding(
        model="accounts.DeletionLink",
        file="deletion_links",
        rows=lambda user: DeletionLink.objects.filter(user=user).order_by("created_at"),
        fields=("id", "created_at", "expires_at", "used_at"),
        withheld={"user": YOURSELF, "link_hash": SECRET},
    ),
    Holding(
        model="core.Mail",
        file="mails",
        rows=lambda user: Mail.objects.filter(recipient__in=addresses.texts_of(user)).order_by("created_at"),
        fields=("id", "kind", "recipient", "created_at", "status", "attempts", "sent_at"),
        withheld={
            **dict.fromkeys(("subject", "text", "html"), "may hold a code or a link; wiped once sent"),
            **dict.fromkeys(("next_attempt_at", "claimed_until", "last_error"), INNER),
        },
        erase=_erase_mails,
    ),
    Holding(
        model="audit.Event",
        file="activity",
        rows=_entries,
        fields=(
            *("id", "at", "action", "actor", "result", "target_type", "target_id", "client_id"),
            *("session_id", "request_id", "organization_id", "data", "details"),
        ),
        withheld={
            "actor_type": "told as actor",
            "actor_id": "another person's id, where it is not you",
            **dict.fromkeys(("chain", "seq", "personal_digest", "previous_hash", "hash"), INNER),
        },
        kept="the trail stays whole; it names the person by an id that leads nowhere any more",
    ),
    Holding(
        model="audit.PersonalData",
        not_exported="stands in activity, as details",
        erase=_erase_trail,
    ),
    Holding(
        model="admin.LogEntry",
        not_exported="Django's own log of the console, to which nothing is written",
    ),
)
