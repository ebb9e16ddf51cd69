"""Providers that operators add, and logins that are under way to one."""

from datetime import timedelta
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models

from accounts.models import Session
from core import crypto
from core.fields import SealedTextField
from core.models import OneTimeModel, UUIDModel
from sso.kinds import KINDS


class SocialProvider(UUIDModel):
    """One button on the sign-in page, with Janua's registration at the provider behind it."""

    slug = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", "Small letters, digits and hyphens.")],
        help_text="Stands in the callback's address: /sso/social/SLUG/callback.",
    )
    kind = models.CharField(max_length=16, choices=[(kind.key, kind.name) for kind in KINDS.values()])
    name = models.CharField(max_length=60, help_text="On the button.")
    client_id = models.CharField(max_length=400)
    client_secret = SealedTextField(purpose="social-client-secret", blank=True)
    issuer = models.CharField(
        max_length=300,
        blank=True,
        help_text="The OpenID issuer, or the server's address. Empty: the kind's own.",
    )
    authorize_url = models.CharField(max_length=400, blank=True, help_text="Plain OAuth 2 only.")
    token_url = models.CharField(max_length=400, blank=True, help_text="Plain OAuth 2 only.")
    userinfo_url = models.CharField(max_length=400, blank=True, help_text="Plain OAuth 2 only.")
    scope = models.CharField(max_length=300, blank=True, help_text="Empty: the kind's own.")
    options = models.JSONField(
        default=dict, blank=True, help_text='Such as {"tenant": "…"} or {"team_id": "…", "key_id": "…"}.'
    )
    authoritative_domains = models.JSONField(
        default=list,
        blank=True,
        help_text="Domains whose mailboxes this provider runs: there its word alone connects to an account.",
    )
    order = models.PositiveSmallIntegerField(default=100)
    is_enabled = models.BooleanField(default=True)
    allows_sign_up = models.BooleanField(default=True, help_text="Whether it may make new accounts.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class SocialState(OneTimeModel):
    """A login on its way to a provider. It comes back once, from that provider, in the browser that set out.

    Nonce and PKCE verifier are derived from the state (`sso.services.states`): nothing here opens anything.
    """

    LIFETIME: ClassVar[timedelta] = timedelta(minutes=10)

    class Process(models.TextChoices):
        SIGN_IN = "sign_in"
        LINK = "link"

    state_hash = models.CharField(max_length=64, unique=True)
    binding_hash = models.CharField(
        max_length=64, help_text="Of the browser's cookie, or what the program keeps."
    )
    slug = models.CharField(max_length=40)
    connection = models.CharField(max_length=400)
    process = models.CharField(max_length=8, choices=Process)
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, null=True, help_text="Who connects an account."
    )
    next = models.CharField(max_length=2000, blank=True)
    app_redirect_uri = models.CharField(max_length=2000, blank=True, help_text="Of a login over REST.")

    def __str__(self) -> str:
        return f"{self.process} by {self.slug}"

    @staticmethod
    def hash_of(secret: str) -> str:
        return crypto.keyed_hash("social-state", secret)
