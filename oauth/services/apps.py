"""The apps that a person allowed to use their account, with what people want to know of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F

from accounts.models import User
from oauth import scopes
from oauth.models import Consent
from oauth.services import logos
from tokens.services import refresh


@dataclass(frozen=True, slots=True)
class AllowedApp:
    """A consent in words. `last_used_at` is empty where the app got no token for as long as tokens live."""

    id: UUID
    client_id: str
    client_name: str
    client_uri: str
    publisher: str
    is_verified: bool
    logo_path: str
    scopes: list[tuple[str, str]]
    first_allowed_at: datetime
    last_used_at: datetime | None

    def is_idle(self, now: datetime) -> bool:
        """Neither used nor allowed anew for as long as we can tell."""
        return self.last_used_at is None and now - self.first_allowed_at > watched_for()


def watched_for() -> timedelta:
    """How long back the last use of an app is known: as long as what it holds can live."""
    return timedelta(days=settings.JANUA.refresh_token_absolute_days)


def allowed_by(user: User) -> list[AllowedApp]:
    """The apps a person allowed, the newest first."""
    rows = Consent.objects.filter(user=user, revoked_at=None).select_related("client")
    rows = rows.annotate(logo_digest=F("client__logo__digest")).order_by("-granted_at", "-id")
    last_uses = refresh.last_uses(user)
    return [_of(row, last_uses.get(row.client.client_id)) for row in rows]


def _of(row: Consent, last_used_at: datetime | None) -> AllowedApp:
    client = row.client
    return AllowedApp(
        id=row.id,
        client_id=client.client_id,
        client_name=client.display_name,
        client_uri=client.client_uri,
        publisher=client.publisher,
        is_verified=client.is_verified,
        logo_path=logos.path_to(client.client_id, row.logo_digest),  # type: ignore[attr-defined]  # annotated
        scopes=scopes.in_words(row.scope.split()),
        first_allowed_at=row.first_granted_at or row.granted_at,
        last_used_at=last_used_at,
    )
