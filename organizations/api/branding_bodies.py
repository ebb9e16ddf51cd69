"""Bodies of an organization's branding."""

from typing import Any

from rest_framework import serializers

from core.api.serializers import StrictSerializer
from organizations.brands import PLAIN, Brand
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


class LookOutput(serializers.Serializer[Any]):
    """What pages make of a choice."""

    accent = serializers.CharField(allow_null=True, help_text="On light pages; null: Janua's own.")
    accent_dark = serializers.CharField(allow_null=True, help_text="On dark pages; null: Janua's own.")
    corners = serializers.ChoiceField(choices=Branding.Corners.values)
    css_url = serializers.URLField(allow_null=True, help_text="Immutable: another look, another address.")


class BrandingOutput(serializers.Serializer[Any]):
    """What was chosen, and what pages make of it."""

    accent = serializers.CharField(allow_blank=True)
    accent_dark = serializers.CharField(allow_blank=True)
    corners = serializers.ChoiceField(choices=Branding.Corners.values)
    logo_url = serializers.URLField(allow_null=True)
    look = LookOutput()


def branding_body(brand: Brand) -> dict[str, Any]:
    chosen = brand.look
    return {
        "accent": chosen.accent,
        "accent_dark": chosen.accent_dark,
        "corners": chosen.corners,
        "logo_url": brand.logo_url or None,
        "look": look_body(brand),
    }


def look_body(brand: Brand | None) -> dict[str, Any]:
    look = brand.look if brand else PLAIN
    by_day, by_night = look.colours
    css_url = brand.css_url if brand else ""
    return {
        "accent": by_day or None,
        "accent_dark": by_night or None,
        "corners": look.corners,
        "css_url": css_url or None,
    }
