"""A brand: how pages and mails of an organization look, as data that pages, mails and programs are made of."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from organizations import contrast
from organizations.contrast import DARK, LIGHT
from organizations.models import Branding, Organization

RADII = {"square": "0rem", "soft": "0.625rem", "round": "1.25rem"}
MAX_CSS_BYTES = 1000


@dataclass(frozen=True, slots=True)
class Look:
    """What an organization chose. Empty colours: Janua's own; of one alone the other is a shade that can be read."""

    accent: str = ""
    accent_dark: str = ""
    corners: str = Branding.Corners.SOFT.value

    @property
    def colours(self) -> tuple[str, str]:
        """By day and by night; empty where neither was chosen."""
        any_of_them = self.accent or self.accent_dark
        if not any_of_them:
            return "", ""
        by_day = self.accent or contrast.nearest(any_of_them, LIGHT)
        return by_day, self.accent_dark or contrast.nearest(any_of_them, DARK)

    @property
    def properties(self) -> dict[str, str]:
        """Our own custom properties and nothing else; values come out of `contrast` and of tables here."""
        by_day, by_night = self.colours
        found: dict[str, str] = {}
        if by_day:
            both = f"light-dark({by_day},{by_night})"
            strong = contrast.hovered(by_day, LIGHT), contrast.hovered(by_night, DARK)
            light = contrast.arch(by_day, LIGHT), contrast.arch(by_night, DARK)
            found |= {"--accent": both, "--link": both, "--ring": both}
            found["--accent-strong"] = f"light-dark({strong[0]},{strong[1]})"
            found["--on-accent"] = f"light-dark({LIGHT.on_accent},{DARK.on_accent})"
            found["--arch"] = f"light-dark({light[0]},{light[1]})"
        if self.corners != Branding.Corners.SOFT:
            found["--radius"] = RADII[self.corners]
        return found

    def css(self, selector: str = ":root") -> str:
        """The served style sheet, in the layer of our own tokens; empty where all is Janua's own."""
        written = "".join(f"{name}:{value};" for name, value in self.properties.items())
        return f"@layer tokens{{{selector}{{{written}}}}}" if written else ""


PLAIN = Look()


def look_of(branding: Branding | None) -> Look:
    return Look(branding.accent, branding.accent_dark, branding.corners) if branding else PLAIN


def digest_of(css: str) -> str:
    return hashlib.sha256(css.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Brand:
    """What a page or a mail shows of an organization. Addresses are paths of ours, empty where there is nothing."""

    organization_id: UUID
    name: str
    slug: str
    logo_path: str
    look: Look

    @property
    def css_path(self) -> str:
        css = self.look.css()
        return f"/branding/{self.organization_id}/{digest_of(css)}.css" if css else ""

    @property
    def logo_url(self) -> str:
        """For mails and programs, which are elsewhere."""
        return f"{settings.JANUA.base_url}{self.logo_path}" if self.logo_path else ""

    @property
    def css_url(self) -> str:
        return f"{settings.JANUA.base_url}{self.css_path}" if self.css_path else ""

    @property
    def button(self) -> str:
        """The main button's colour in a mail, where white stands on it; empty: Janua's own."""
        return self.look.colours[0]


def brand_of(organization: Organization) -> Brand:
    """`organization` comes with its branding (`select_related`)."""
    branding = getattr(organization, "branding", None)
    logo = f"/logos/organizations/{organization.logo_key}.png" if organization.logo_key else ""
    return Brand(organization.id, organization.name, organization.slug, logo, look_of(branding))
