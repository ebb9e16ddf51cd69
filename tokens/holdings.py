"""What tokens hold on people: their part of `accounts.data_map`."""

from accounts.data_map import Holding
from tokens.models import RefreshToken, TokenFamily

HOLDINGS = (
    Holding(
        model="tokens.TokenFamily",
        file="token_families",
        rows=lambda user: TokenFamily.objects.filter(user=user).order_by("created_at"),
        fields=(
            *(
                "id",
                "session_id",
                "client_id",
                "scope",
                "audience",
                "userinfo_claims",
                "login_claims",
                "organization_id",
                "created_at",
            ),
            *("expires_at", "revoked_at", "revoked_reason"),
        ),
        withheld={"user": "yourself", "authorization_code_id": "inner bookkeeping"},
    ),
    Holding(
        model="tokens.RefreshToken",
        file="refresh_tokens",
        rows=lambda user: RefreshToken.objects.filter(family__user=user).order_by("created_at"),
        fields=("id", "family_id", "created_at", "expires_at", "used_at"),
        withheld={"token_hash": "a secret, kept as a hash only"},
    ),
)
