"""The providers that people may come from: those of the environment, and those that operators added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from sso.kinds import KINDS, Kind
from sso.models import SocialProvider

BY_ENVIRONMENT = (
    "google", "apple", "microsoft", "github", "gitlab", "linkedin", "slack", "discord", "facebook", "x",
)  # fmt: skip
"""Their buttons in this order, unless SOCIAL_ORDER says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider with Janua's registration there."""

    slug: str
    kind: Kind
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    issuer: str
    authorize_url: str = ""
    token_url: str = ""
    userinfo_url: str = ""
    scope: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    authoritative_domains: tuple[str, ...] = ()
    allows_sign_up: bool = True

    @property
    def connection(self) -> str:
        """Who speaks, whatever the button is called: a subject means something only together with it."""
        if self.kind.is_openid:
            return f"openid:{self.issuer}"
        return f"{self.kind.key}:{self.issuer or self.userinfo_url}"

    @property
    def callback_url(self) -> str:
        return f"{settings.JANUA.base_url}/sso/social/{self.slug}/callback"


def list_providers() -> list[Provider]:
    """Every enabled provider, in the operator's order."""
    named = [provider for key in BY_ENVIRONMENT if (provider := _of_environment(key))]
    taken = {provider.slug for provider in named}
    rows = SocialProvider.objects.filter(is_enabled=True).exclude(slug__in=taken).order_by("order", "name")
    found = [*named, *map(of_row, rows)]
    wanted = settings.JANUA.social_order
    return sorted(found, key=lambda p: wanted.index(p.slug) if p.slug in wanted else len(wanted))


def find_provider(slug: str) -> Provider | None:
    """The enabled provider of this name."""
    by_environment = _of_environment(slug) if slug in BY_ENVIRONMENT else None
    if by_environment:
        return by_environment
    row = SocialProvider.objects.filter(slug=slug, is_enabled=True).first()
    return of_row(row) if row else None


def _of_environment(key: str) -> Provider | None:
    options = settings.JANUA
    client_id = getattr(options, f"{key}_client_id")
    if not client_id:
        return None
    kind = KINDS[key]
    secret = options.apple_private_key if key == "apple" else getattr(options, f"{key}_client_secret")
    return Provider(
        slug=key,
        kind=kind,
        name=kind.name,
        client_id=client_id,
        client_secret=secret.get_secret_value(),
        issuer=getattr(options, f"{key}_url", kind.issuer),
        options={
            "tenant": options.microsoft_tenant,
            "team_id": options.apple_team_id,
            "key_id": options.apple_key_id,
        },
        allows_sign_up=options.social_sign_up == "on",
    )


def of_row(row: SocialProvider) -> Provider:
    """What an operator's row says."""
    kind = KINDS[row.kind]
    return Provider(
        slug=row.slug,
        kind=kind,
        name=row.name,
        client_id=row.client_id,
        client_secret=row.client_secret,
        issuer=row.issuer.rstrip("/") or kind.issuer,
        authorize_url=row.authorize_url,
        token_url=row.token_url,
        userinfo_url=row.userinfo_url,
        scope=row.scope,
        options=row.options,
        authoritative_domains=tuple(str(domain).lower() for domain in row.authoritative_domains),
        allows_sign_up=row.allows_sign_up,
    )
