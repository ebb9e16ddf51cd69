"""For whom passkeys are good: the RP ID and the origins that may use them (WebAuthn Level 3 section 4)."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings


def rp_id() -> str:
    """The domain that passkeys belong to."""
    return settings.JANUA.webauthn_rp_id or urlsplit(settings.JANUA.base_url).hostname or ""


def origins() -> list[str]:
    """Our own origin first, then the related ones."""
    own = urlsplit(settings.JANUA.base_url)
    return [f"{own.scheme}://{own.netloc}", *settings.JANUA.webauthn_origins]


@cache
def roots(path: Path) -> list[bytes]:
    """The certificates of a PEM file, one by one."""
    end = b"-----END CERTIFICATE-----"
    return [part.strip() + b"\n" + end + b"\n" for part in path.read_bytes().split(end) if part.strip()]
