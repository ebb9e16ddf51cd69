"""The provider's tables, on django-oauth-toolkit's six swappable models, and those it has no word for.

Access, refresh and ID tokens of the toolkit are swapped because the set must be swapped whole, and stay
empty: our access and ID tokens are JWTs without a row, refresh tokens live in `tokens` (docs/decisions/0003).
"""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from accounts.models import Session, User
from core.models import UUIDModel, uuid7
from oauth import redirect_uris
from oauth.errors import InvalidClientMetadata
from organizations.models import Organization

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials", DEVICE_CODE)
AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")


class Client(AbstractApplication):
    """A registered client. `grant_types` has the RFC's names; the toolkit's single column follows the first."""

    class SubjectType(models.TextChoices):
        PUBLIC = "public"
        PAIRWISE = "pairwise"

    user = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="oauth_clients",
        verbose_name=_("owner"),
    )
    client_secret = None  # see ClientSecret: keyed hashes, more than one alive while rotating
    hash_client_secret = None
    grant_types = models.JSONField(default=list)
    token_endpoint_auth_method = models.CharField(
        max_length=32, choices=[(name, name) for name in AUTH_METHODS]
    )
    scope = models.TextField(
        blank=True, default="", help_text="What the client may ask for, space separated."
    )
    client_uri = models.URLField(blank=True, default="", max_length=500)
    logo_uri = models.URLField(blank=True, default="", max_length=500)
    policy_uri = models.URLField(blank=True, default="", max_length=500)
    tos_uri = models.URLField(blank=True, default="", max_length=500)
    contacts = models.JSONField(default=list, blank=True)
    require_pkce = models.BooleanField(default=True, help_text="Public clients always need PKCE.")
    jwks = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="The client's public keys, by value."
    )
    jwks_uri = models.URLField(blank=True, default="", db_default="", max_length=500)
    request_uris = models.JSONField(default=list, db_default=[], blank=True)
    request_object_signing_alg = models.CharField(max_length=16, blank=True, default="", db_default="")
    require_signed_request_object = models.BooleanField(default=False, db_default=False)
    id_token_signed_response_alg = models.CharField(max_length=16, default="RS256", db_default="RS256")
    userinfo_signed_response_alg = models.CharField(
        max_length=16, blank=True, default="", db_default="", help_text="Empty: plain JSON."
    )
    subject_type = models.CharField(
        max_length=8, choices=SubjectType, default=SubjectType.PUBLIC, db_default=SubjectType.PUBLIC
    )
    sector_identifier_uri = models.URLField(blank=True, default="", db_default="", max_length=500)
    sector_identifier = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="The host whose clients share pairwise subjects.",
    )
    default_max_age = models.PositiveIntegerField(null=True, blank=True)
    default_acr_values = models.JSONField(
        default=list, db_default=[], blank=True, help_text="Levels it wishes for, the preferred one first."
    )
    require_auth_time = models.BooleanField(
        default=False, db_default=False, help_text="ID tokens always say it."
    )
    access_token_lifetime_seconds = models.PositiveIntegerField(null=True, blank=True)
    id_token_lifetime_seconds = models.PositiveIntegerField(null=True, blank=True)
    refresh_token_lifetime_seconds = models.PositiveIntegerField(null=True, blank=True)
    claim_mapping = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="Claims of our own making: name -> source (docs/tokens.md).",
    )
    resources = models.JSONField(
        default=list, db_default=[], blank=True, help_text="Audiences it may ask for (RFC 8707)."
    )
    publisher = models.CharField(max_length=100, blank=True, default="", db_default="")
    is_enabled = models.BooleanField(default=True)
    is_blocked = models.BooleanField(
        default=False,
        db_default=False,
        help_text="An operator disabled it; only an operator enables it again.",
    )
    is_verified = models.BooleanField(default=False, help_text="An operator vouches for the publisher.")
    organization = models.ForeignKey(
        Organization,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose look the pages of its sign-ins have.",
    )

    organization_id: UUID | None

    class Meta(AbstractApplication.Meta):
        verbose_name = "client"

    @property
    def is_public(self) -> bool:
        return bool(self.client_type == self.CLIENT_PUBLIC)

    @property
    def redirect_uri_list(self) -> list[str]:
        return str(self.redirect_uris).split()

    @property
    def post_logout_redirect_uri_list(self) -> list[str]:
        return str(self.post_logout_redirect_uris).split()

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())

    @property
    def display_name(self) -> str:
        return str(self.name or self.client_id)

    def allows_grant_type(self, *grant_types: str) -> bool:
        """The toolkit asks with its own names, we with the RFC's."""
        return any(
            name in self.grant_types or name.replace("-", "_") in self.grant_types for name in grant_types
        )

    def clean_fields(self, exclude: Any = None) -> None:
        """Fill the toolkit's single-grant column before it is validated."""
        first = next((name for name in self.grant_types if name != "refresh_token"), "authorization_code")
        self.authorization_grant_type = str(first) if first == DEVICE_CODE else str(first).replace("_", "-")
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        """Raises `ValidationError` with the reason per field."""
        faults: dict[str, list[str]] = {}
        for name in ("redirect_uris", "post_logout_redirect_uris"):
            for uri in str(getattr(self, name)).split():
                try:
                    redirect_uris.require_registrable(uri, is_public=self.is_public)
                except InvalidClientMetadata as error:
                    faults.setdefault(name, []).append(error.description)
        if "authorization_code" in self.grant_types and not self.redirect_uri_list:
            faults["redirect_uris"] = ["the authorization code grant needs at least one redirect URI"]
        if faults:
            raise ValidationError(faults)


class ClientSecret(UUIDModel):
    """A secret of a client, as a keyed hash. Two may be alive while one replaces the other."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="secrets")
    secret_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(
        max_length=4,
        blank=True,
        default="",
        db_default="",
        help_text="The last characters, by which people tell secrets apart.",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"secret {self.id}"


class ClientLogo(models.Model):
    """A client's picture as we encoded it anew. `digest` stands in its address, which may be cached for ever."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, primary_key=True, related_name="logo")
    png = models.BinaryField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"logo {self.digest[:8]}"


class ClientKeys(models.Model):
    """What a client's `jwks_uri` answered last."""

    client = models.OneToOneField(
        Client, on_delete=models.CASCADE, primary_key=True, related_name="fetched_keys"
    )
    jwks_uri = models.URLField(max_length=500)
    jwks = models.JSONField(default=dict)
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"keys of {self.jwks_uri}"


class ClientAssertion(models.Model):
    """A client assertion that was used, by the hash of its client and `jti`: there is no second time."""

    assertion_hash = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.assertion_hash[:8]


class AuthorizationCode(AbstractGrant):
    """An authorization code, known by its hash (`code`); kept once used, so that a replay is seen."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE)
    used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    requested_claims = models.JSONField(
        default=dict, db_default={}, help_text="`userinfo` and `id_token`: names of claims."
    )

    login_claims = models.JSONField(
        default=dict, db_default={}, help_text="What its tokens say of the login; empty: as the session is."
    )
    organization_id = models.UUIDField(null=True, blank=True, help_text="The organization it is for.")

    expires = None
    claims = None

    class Meta(AbstractGrant.Meta):
        verbose_name = "authorization code"


class AccessToken(AbstractAccessToken):
    """Stays empty: access tokens are JWTs."""

    class Meta(AbstractAccessToken.Meta):
        pass


class RefreshToken(AbstractRefreshToken):
    """Stays empty: `tokens.RefreshToken` serves every door."""

    class Meta(AbstractRefreshToken.Meta):
        pass


class IDToken(AbstractIDToken):
    """Stays empty: ID tokens are JWTs."""

    class Meta(AbstractIDToken.Meta):
        pass


class DeviceGrant(AbstractDeviceGrant):
    """A device that waits for a person (RFC 8628). Both of its codes are stored as keyed hashes.

    It belongs to nobody until a signed-in person opens it, and to that `user` alone from then on. `session`
    is the one that allowed it. `ip` and `user_agent` are the device's, for the person to recognise.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True, default="")
    resource = models.JSONField(default=list, db_default=[], help_text="Audiences asked for (RFC 8707).")
    asked_organization = models.CharField(
        max_length=63,
        blank=True,
        default="",
        db_default="",
        help_text="The slug or id that the device asked for; empty: the person chooses.",
    )
    organization_id = models.UUIDField(
        null=True, blank=True, help_text="The organization it was allowed for."
    )
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    last_polled_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    expires = None
    last_checked = None

    class Meta(AbstractDeviceGrant.Meta):
        constraints: ClassVar = [
            *AbstractDeviceGrant.Meta.constraints,
            models.UniqueConstraint(fields=("user_code",), name="one_device_per_user_code"),
        ]

    @property
    def is_decided(self) -> bool:
        return bool(self.status != self.AUTHORIZATION_PENDING)

    @property
    def is_allowed(self) -> bool:
        return bool(self.status == self.AUTHORIZED)


class AuthorizationRequest(models.Model):
    """A validated authorization request that waits for the person: to sign in, or to consent.

    It is not used up by its answer: a reload or a double click gets an answer too.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    parameters = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"authorization request {self.id}"


class Consent(UUIDModel):
    """What a person allowed a client, until it is taken back."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="consents")
    scope = models.TextField(blank=True)
    first_granted_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: granted before this was kept."
    )
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("user", "client"), condition=models.Q(revoked_at=None), name="one_living_consent"
            )
        ]

    def __str__(self) -> str:
        return f"consent {self.id}"

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())
