"""Signing keys, refresh tokens in families, and the short list of access tokens revoked before their time."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Session, User
from core.fields import SealedTextField
from core.models import OneTimeModel, UUIDModel

FIRST_PARTY_CLIENT_ID = "janua"  # our own pages, SDKs and programs over the REST API


class SigningKey(UUIDModel):
    """A key pair. The private half lies sealed; only the public half is ever shown."""

    class State(models.TextChoices):
        NEXT = "next"
        CURRENT = "current"
        RETIRED = "retired"
        REVOKED = "revoked"

    kid = models.CharField(max_length=64, unique=True)
    algorithm = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State)
    private_pem = SealedTextField(purpose="signing-key")
    public_jwk = models.JSONField()
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True, help_text="No token it signed is alive after this.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("algorithm", "state"),
                condition=Q(state__in=("next", "current")),
                name="one_next_one_current",
            )
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid} ({self.state})"

    @property
    def signs(self) -> bool:
        """Whether its private half is still kept: that of a retired key is erased."""
        return bool(self.private_pem)

    def is_published(self, now: datetime) -> bool:
        """Whether it stands in the JWKS: next, current, and retired until the last token is dead."""
        if self.state == self.State.RETIRED:
            return self.dead_at is not None and self.dead_at > now
        return self.state in (self.State.NEXT, self.State.CURRENT)


NOT_IN_TOKENS = (
    "authorization_code_id",
    "revoked_at",
    "revoked_reason",
    "user__password",
    "user__last_login",
    "user__password_changed_at",
    *(f"session__{name}" for name in ("secret_hash", "device", "idle_until", "idle_seconds", "expires_at")),
    "user__preferences",
    "user__password_reset_required",
    "user__email_vouched_only",
    *(
        f"session__{name}"
        for name in ("created_at", "ended_at", "ip", "user_agent", "chosen_at", "door", "sudo_until")
    ),
)
"""What no token and no answer about one speaks of; secrets among it."""


class TokenFamilyQuerySet(models.QuerySet["TokenFamily"]):
    def with_people(self) -> Self:
        """With user and session, as far as tokens speak of them: read with every request, each column costs."""
        return self.select_related("user", "session").defer(*NOT_IN_TOKENS)

    def alive(self) -> Self:
        """Not revoked, of a living session and person; and what clients hold is younger than the password.

        The session in which somebody changes the password stays, and with it our own tokens: but what was
        granted to clients before may be what made the person change it.
        """
        is_current = Q(user__password_changed_at=None) | Q(created_at__gte=F("user__password_changed_at"))
        return self.filter(
            is_current | Q(client_id=FIRST_PARTY_CLIENT_ID),
            revoked_at=None,
            session__ended_at=None,
            user__status=User.Status.ACTIVE,
        )


class TokenFamily(UUIDModel):
    """All tokens that descend from one login or one authorization code: they are revoked together.

    The family has a row of its own because on PostgreSQL a sweep over its tokens would miss the one
    that a rotation is giving birth to at that moment.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_families")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="token_families")
    client_id = models.CharField(max_length=255, db_index=True)
    authorization_code_id = models.UUIDField(null=True, blank=True, unique=True)
    scope = models.TextField(blank=True, default="")
    audience = models.JSONField(default=list)
    userinfo_claims = models.JSONField(
        default=list, db_default=[], help_text="Asked for one by one, beside what the scopes stand for."
    )
    login_claims = models.JSONField(
        default=dict, db_default={}, help_text="What its tokens say of the login; empty: as the session is."
    )
    organization_id = models.UUIDField(
        null=True,
        blank=True,
        help_text="The organization that its tokens are for; who knows it stands above.",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=32, blank=True, default="")

    objects = TokenFamilyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "token families"
        indexes: ClassVar = [models.Index(fields=("user", "client_id"))]

    def __str__(self) -> str:
        return f"token family {self.id}"


class RefreshToken(OneTimeModel):
    """One refresh token, known by its hash. Used ones stay, so that a replay is seen."""

    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="refresh_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()  # without an index: tokens are cleaned away with their family

    def __str__(self) -> str:
        return f"refresh token {self.id}"


class RevokedAccessToken(models.Model):
    """The `jti` of an access token that was revoked alone, kept until the token would have expired."""

    jti = models.UUIDField(primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.jti)
