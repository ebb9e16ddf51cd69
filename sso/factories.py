"""Providers for tests."""

from typing import Any

from core import clock
from sso.models import SocialProvider


def add_provider(slug: str = "herbs", kind: str = "openid", **more: Any) -> SocialProvider:
    """An operator's row."""
    now = clock.now()
    values = {"name": slug.title(), "client_id": "janua-at-home", "client_secret": "a-secret-between-the-two"}
    return SocialProvider.objects.create(
        slug=slug, kind=kind, created_at=now, updated_at=now, **{**values, **more}
    )
