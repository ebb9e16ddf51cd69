"""What second factors and passkeys hold on people: their part of `accounts.data_map`."""

from accounts.data_map import Holding
from accounts.holdings import INNER, SECRET, YOURSELF
from mfa.models import Factor, Passkey, RecoveryCode

HOLDINGS = (
    Holding(
        model="mfa.Factor",
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
        model="mfa.WebAuthnChallenge",
        not_exported="lives for minutes; a hash, and what it was asked for",
    ),
)
