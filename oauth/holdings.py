"""What the provider holds on people: its part of `accounts.data_map`."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.data_map import Holding
from accounts.models import User
from oauth.models import AuthorizationCode, Client, Consent, DeviceGrant
from oauth.services import clients

SECRET = "a secret, kept as a hash only"
OF_THE_CLIENT = "part of a client, not of a person; goes with the client"
EMPTY = "stays empty (docs/decisions/0003)"
YOURSELF = "yourself"


def _owns_living_clients(user: User) -> str:
    names = [client.display_name for client in Client.objects.filter(user=user, is_enabled=True)[:5]]
    if not names:
        return ""
    return _("You still own apps: %(names)s. Hand them over, disable or delete them first.") % {
        "names": ", ".join(names)
    }


def _leave_clients(user: User, now: datetime) -> None:
    """What came to the person in the days of grace, or was disabled before, is left to operators, without the person."""
    for client in Client.objects.filter(user=user):
        clients.disable(actor=user, client=client, now=now)
    Client.objects.filter(user=user).update(user=None, contacts=[])


HOLDINGS = (
    Holding(
        model="oauth.Client",
        file="clients",
        rows=lambda user: Client.objects.filter(user=user).order_by("created"),
        fields=(
            *(
                "client_id",
                "name",
                "client_uri",
                "logo_uri",
                "policy_uri",
                "tos_uri",
                "contacts",
                "publisher",
            ),
            *("redirect_uris", "post_logout_redirect_uris", "allowed_origins", "scope", "grant_types"),
            *("client_type", "token_endpoint_auth_method", "jwks_uri", "request_uris", "created", "updated"),
            *("is_enabled", "is_blocked", "is_verified"),
        ),
        withheld={
            "user": YOURSELF,
            **dict.fromkeys(
                (
                    *("id", "authorization_grant_type", "skip_authorization", "algorithm", "require_pkce"),
                    *("jwks", "request_object_signing_alg", "require_signed_request_object"),
                    *("id_token_signed_response_alg", "userinfo_signed_response_alg", "subject_type"),
                    *("sector_identifier_uri", "sector_identifier", "default_max_age", "claim_mapping"),
                    *("default_acr_values", "require_auth_time"),
                    *("access_token_lifetime_seconds", "id_token_lifetime_seconds"),
                    *(
                        "refresh_token_lifetime_seconds",
                        "resources",
                        "registration_source",
                        "cimd_expires_at",
                        "organization",
                    ),
                ),
                "a setting of the app, at /account/clients",
            ),
        },
        erase=_leave_clients,
        obstacle=_owns_living_clients,
    ),
    Holding(model="oauth.ClientSecret", not_exported=OF_THE_CLIENT, kept=OF_THE_CLIENT),
    Holding(model="oauth.ClientLogo", not_exported=OF_THE_CLIENT, kept=OF_THE_CLIENT),
    Holding(model="oauth.ClientKeys", not_exported=OF_THE_CLIENT, kept=OF_THE_CLIENT),
    Holding(
        model="oauth.AuthorizationRequest",
        not_exported="belongs to nobody yet; deleted after 30 minutes",
        kept="belongs to nobody yet; deleted after 30 minutes",
    ),
    Holding(
        model="oauth.Consent",
        file="app_consents",
        rows=lambda user: Consent.objects.filter(user=user).order_by("granted_at"),
        fields=(
            "id",
            "client__client_id",
            "client__name",
            "scope",
            "first_granted_at",
            "granted_at",
            "revoked_at",
        ),
        withheld={"user": YOURSELF, "client": "told in full"},
    ),
    Holding(
        model="oauth.AuthorizationCode",
        file="authorization_codes",
        rows=lambda user: AuthorizationCode.objects.filter(user=user).order_by("created"),
        fields=(
            *(
                "id",
                "application__client_id",
                "session_id",
                "scope",
                "resource",
                "redirect_uri",
                "requested_claims",
                "login_claims",
                "organization_id",
            ),
            *("created", "updated", "expires_at", "used_at"),
        ),
        withheld={
            "user": YOURSELF,
            "application": "told in full",
            **dict.fromkeys(("code", "code_challenge", "nonce"), SECRET),
            "code_challenge_method": "always S256",
        },
    ),
    Holding(
        model="oauth.DeviceGrant",
        file="devices",
        rows=lambda user: DeviceGrant.objects.filter(user=user).order_by("requested_at"),
        fields=(
            *("id", "client_id", "session_id", "scope", "resource", "asked_organization", "organization_id"),
            *("status", "ip", "user_agent"),
            *("requested_at", "expires_at", "last_polled_at", "decided_at", "used_at"),
        ),
        withheld={
            "user": YOURSELF,
            **dict.fromkeys(("device_code", "user_code"), SECRET),
            "interval": "inner bookkeeping",
        },
    ),
    *(
        Holding(model=f"oauth.{name}", not_exported=EMPTY)
        for name in ("AccessToken", "RefreshToken", "IDToken")
    ),
)
