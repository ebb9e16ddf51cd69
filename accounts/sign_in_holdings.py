"""What accounts hold on how people are reached and come in: addresses, numbers, browsers, identities, codes."""

from datetime import datetime

from accounts.data_map import Holding
from accounts.events import PhoneCodeSent
from accounts.holdings import INNER, MAILED, MAILED_FIELDS, SECRET, YOURSELF, told_by_trail
from accounts.models import (
    Avatar,
    Device,
    EmailAddition,
    EmailAddress,
    EmailRevert,
    Identity,
    IdentityProof,
    PhoneVerification,
    SignInAlarm,
    SignInCode,
    User,
)
from accounts.services import addresses
from core.models import Sms


def _erase_sms(user: User, _now: datetime) -> None:
    """To every number that they had or tried; not to one that somebody else has by now."""
    numbers = told_by_trail(user, (PhoneCodeSent.tag,), "phone_number") | {user.phone_number}
    others = User.objects.filter(phone_number__in=numbers).exclude(id=user.id)
    Sms.objects.filter(recipient__in=numbers - {"", *others.values_list("phone_number", flat=True)}).delete()


def _erase_identity_proofs(user: User, _now: datetime) -> None:
    IdentityProof.objects.filter(email__in=addresses.texts_of(user)).delete()


HOLDINGS = (
    Holding(
        model="accounts.EmailAddress",
        file="further_addresses",
        rows=lambda user: EmailAddress.objects.filter(user=user).order_by("created_at"),
        fields=("id", "email", "created_at"),
        withheld={"user": YOURSELF},
    ),
    Holding(
        model="accounts.EmailAddition",
        file="address_additions",
        rows=lambda user: EmailAddition.objects.filter(user=user).order_by("created_at"),
        fields=(*MAILED_FIELDS, "becomes_primary"),
        withheld={**MAILED, "user": YOURSELF},
    ),
    Holding(
        model="accounts.EmailRevert",
        file="address_changes",
        rows=lambda user: EmailRevert.objects.filter(user=user).order_by("created_at"),
        fields=MAILED_FIELDS,
        withheld={**MAILED, "user": YOURSELF},
    ),
    Holding(
        model="accounts.SignInAlarm",
        file="new_device_mails",
        rows=lambda user: SignInAlarm.objects.filter(user=user).order_by("created_at"),
        fields=MAILED_FIELDS,
        withheld={**MAILED, "user": YOURSELF},
    ),
    Holding(
        model="accounts.SignInCode",
        file="sign_in_codes",
        rows=lambda user: SignInCode.objects.filter(user=user).order_by("created_at"),
        fields=MAILED_FIELDS,
        withheld={**MAILED, "user": YOURSELF, "asker_hash": SECRET},
    ),
    Holding(
        model="accounts.PhoneVerification",
        file="phone_verifications",
        rows=lambda user: PhoneVerification.objects.filter(user=user).order_by("created_at"),
        fields=("id", "phone_number", "created_at", "expires_at", "used_at"),
        withheld={"code_hash": SECRET, "guesses": INNER, "user": YOURSELF},
    ),
    Holding(
        model="accounts.Device",
        file="browsers",
        rows=lambda user: Device.objects.filter(user=user).order_by("first_seen_at"),
        fields=("id", "first_seen_at", "last_seen_at", "ip", "user_agent", "trusted_until", "revoked_at"),
        withheld={"user": YOURSELF, "browser_hash": SECRET},
    ),
    Holding(
        model="accounts.Identity",
        file="connected_accounts",
        rows=lambda user: Identity.objects.filter(user=user).order_by("created_at"),
        fields=(
            *("id", "provider", "provider_name", "connection", "subject", "email", "display", "created_at"),
            "last_used_at",
        ),
        withheld={
            "user": YOURSELF,
            **dict.fromkeys(("access_token", "refresh_token"), "opens an account elsewhere"),
        },
    ),
    Holding(
        model="accounts.IdentityProof",
        not_exported="lives for an hour; before the code is entered nobody knows whose it is",
        erase=_erase_identity_proofs,
    ),
    Holding(
        model="accounts.Avatar",
        file="picture",
        rows=lambda user: Avatar.objects.filter(user=user),
        fields=("key",),
        withheld={"user": YOURSELF, "png": "the picture itself is at /avatars/<key>.png"},
    ),
    Holding(model="accounts.FormerPassword", not_exported=SECRET),
    Holding(
        model="core.Sms",
        file="sms",
        rows=lambda user: Sms.objects.filter(recipient=user.phone_number or None).order_by("created_at"),
        fields=("id", "kind", "recipient", "created_at", "status", "attempts", "sent_at", "spoken_in"),
        withheld={
            "text": "may hold a code; wiped once sent",
            **dict.fromkeys(("next_attempt_at", "claimed_until", "last_error"), INNER),
        },
        erase=_erase_sms,
    ),
)
