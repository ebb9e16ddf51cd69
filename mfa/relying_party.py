"""For whom passkeys are good: the RP ID and the origins that may use them (WebAuthn Level 3 section 4)."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from core import certificates


def rp_id() -> str:
    """The domain that passkeys belong to."""
    return settings.JANUA.webauthn_rp_id or urlsplit(settings.JANUA.base_url).hostname or ""


def origins() -> list[str]:
    """Our own origin first, then the related ones."""
    return [_as_browsers_write_it(settings.JANUA.base_url), *settings.JANUA.webauthn_origins]


def _as_browsers_write_it(url: str) -> str:
    """An origin in small letters and without the port that its scheme has anyhow: BASE_URL may say more."""
    parts = urlsplit(url.lower())
    port = {"https": ":443", "http": ":80"}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.removesuffix(port)}"


@cache
def roots(path: Path) -> list[bytes]:
    """The certificates of the operator's file."""
    return certificates.in_file(path)
