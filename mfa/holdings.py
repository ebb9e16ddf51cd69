"""What second factors and passkeys hold on people: their part of `accounts.data_map`."""

from datetime import datetime

from accounts.data_map import Holding
from accounts.holdings import INNER, SECRET, YOURSELF, told_by_trail
from accounts.models import User
from core.models import Sms
from mfa.models import Factor, FactorReset, Passkey, RecoveryCode
from mfa.sent_events import FactorCodeSent


def _erase_sms(user: User, _now: datetime) -> None:
    """To every number that was or should have become a factor of theirs; not to one that somebody else has."""
    numbers = told_by_trail(user, (FactorCodeSent.tag,), "phone_number") - {""}
    elsewhere = User.objects.filter(phone_number__in=numbers).exclude(id=user.id)
    factors = Factor.objects.filter(phone_number__in=numbers).exclude(user=user)
    theirs = {
        *elsewhere.values_list("phone_number", flat=True),
        *factors.values_list("phone_number", flat=True),
    }
    Sms.objects.filter(recipient__in=numbers - theirs).delete()


HOLDINGS = (
    Holding(
        model="mfa.Factor",
        erase=_erase_sms,
        file="second_factors",
        rows=lambda user: Factor.objects.filter(user=user).order_by("created_at"),
        fields=("id", "method", "name", "phone_number", "confirmed", "created_at", "last_used_at"),
        withheld={"user": YOURSELF, "seed": SECRET, **dict.fromkeys(("last_step", "drift"), INNER)},
    ),
    Holding(
        model="mfa.SentCode",
        not_exported="lives for minutes; a hash, and what it was asked for",
    ),
    Holding(
        model="mfa.RecoveryCode",
        file="recovery_codes",
        rows=lambda user: RecoveryCode.objects.filter(user=user).order_by("created_at", "id"),
        fields=("id", "created_at", "used_at"),
        withheld={"user": YOURSELF, "code_hash": SECRET},
    ),
    Holding(
        model="mfa.Passkey",
        file="passkeys",
        rows=lambda user: Passkey.objects.filter(user=user).order_by("created_at"),
        fields=(
            *(
                "id",
                "kind",
                "name",
                "confirmed",
                "aaguid",
                "transports",
                "is_backup_eligible",
                "is_backed_up",
            ),
            *("created_at", "last_used_at", "suspended_at"),
        ),
        withheld={
            "user": YOURSELF,
            **dict.fromkeys(("credential_id", "public_key"), "names the key to its authenticator"),
            **dict.fromkeys(("sign_count", "attestation_format"), INNER),
        },
    ),
    Holding(
        model="mfa.FactorReset",
        file="second_factor_resets",
        rows=lambda user: FactorReset.objects.filter(user=user).order_by("asked_at"),
        fields=("id", "asked_at", "due_at", "expires_at", "ended_at", "outcome"),
        withheld={"user": YOURSELF, "approved_by": "names an operator", "link_hash": SECRET},
    ),
    Holding(
        model="mfa.FactorResetCode",
        not_exported="lives for minutes; a hash, and what it was asked for",
    ),
    Holding(
        model="mfa.WebAuthnChallenge",
        not_exported="lives for minutes; a hash, and what it was asked for",
    ),
)
