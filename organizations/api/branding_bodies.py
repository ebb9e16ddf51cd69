"""Bodies of an organization's branding."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from organizations.brands import Brand
from organizations.models import Branding


class BrandingInput(StrictSerializer):
    """All of it: what is left out is Janua's own."""

    accent = serializers.CharField(
        max_length=7,
        required=False,
        allow_blank=True,
        default="",
        help_text="On light pages, as #rrggbb: links, focus and the main button. At least 4.5:1 on all it stands on.",
    )
    accent_dark = serializers.CharField(
        max_length=7,
        required=False,
        allow_blank=True,
        default="",
        help_text="On dark pages. Without it, the nearest shade of `accent` that can be read there.",
    )
    corners = serializers.ChoiceField(
        choices=Branding.Corners.values, required=False, default=Branding.Corners.SOFT.value
    )


class BrandingOutput(serializers.Serializer[Any]):
    """What was chosen, and what pages make of it."""

    accent = serializers.CharField(allow_blank=True)
    accent_dark = serializers.CharField(allow_blank=True)
    corners = serializers.ChoiceField(choices=Branding.Corners.values)
    shown_accent = serializers.CharField(allow_null=True, help_text="On light pages; null: Janua's own.")
    shown_accent_dark = serializers.CharField(allow_null=True, help_text="On dark pages; null: Janua's own.")
    logo_url = serializers.URLField(allow_null=True)
    css_url = serializers.URLField(allow_null=True, help_text="Immutable: another look, another address.")


def branding_body(brand: Brand) -> dict[str, Any]:
    by_day, by_night = brand.look.colours
    return {
        "accent": brand.look.accent,
        "accent_dark": brand.look.accent_dark,
        "corners": brand.look.corners,
        "shown_accent": by_day or None,
        "shown_accent_dark": by_night or None,
        "logo_url": brand.logo_url or None,
        "css_url": brand.css_url or None,
    }
