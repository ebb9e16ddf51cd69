"""Whether a colour can be read where our pages put it, and the nearest shade that can (WCAG 2.2, 1.4.3).

A colour of an organization becomes links, focus rings and the main button. It is measured against every surface a
link stands on, and against the text that stands on it. The surfaces are those of `static/css/auth.css`; a test
compares them.
"""

import re
from dataclasses import dataclass

LEAST = 4.5
STEPS = 200
ARCH_SHARE = 0.06
HOVER_SHARE = 0.16
_WRITTEN = re.compile(r"#[0-9a-f]{6}", re.ASCII)

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """The pages' own colours by day or by night, and where colours go to be easier to read there."""

    ground: str
    surfaces: tuple[str, ...]
    on_accent: str
    strong: str


LIGHT = Theme("#f4f5f9", ("#ffffff", "#f6f7fb", "#edf8f2"), on_accent="#ffffff", strong="#000000")
DARK = Theme("#0c0e14", ("#151821", "#1c202c", "#12261f"), on_accent="#0c0e14", strong="#ffffff")


def canonical(colour: str) -> str:
    """`#rrggbb` in lower case; raises `ValueError` for all else. What passes is safe inside of CSS and of mails."""
    written = colour.strip().lower()
    if not _WRITTEN.fullmatch(written):
        raise ValueError("not #rrggbb")
    return written


def ratio(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def mixed(colour: str, other: str, share: float) -> str:
    """`share` of the other in the colour."""
    pairs = zip(_rgb(colour), _rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def arch(colour: str, theme: Theme) -> str:
    """The light behind the card of a page at the door, in a tint of the colour."""
    return mixed(theme.ground, colour, ARCH_SHARE)


def hovered(colour: str, theme: Theme) -> str:
    """The main button's colour under the pointer: what stands on it reads better still."""
    return mixed(colour, theme.strong, HOVER_SHARE)


def reached(colour: str, theme: Theme) -> float:
    """The lowest ratio of all that the colour stands on, and of the text on it."""
    beneath = (theme.ground, *theme.surfaces, arch(colour, theme), theme.on_accent)
    return min(ratio(colour, each) for each in beneath)


def nearest(colour: str, theme: Theme) -> str:
    """The colour itself if it can be read, otherwise the first shade of it that can: darker by day, lighter by night."""
    shades = (mixed(colour, theme.strong, step / STEPS) for step in range(STEPS + 1))
    return next(shade for shade in shades if reached(shade, theme) >= LEAST)


def _luminance(colour: str) -> float:
    """WCAG's relative luminance of an sRGB colour."""
    red, green, blue = (_linear(part / 255) for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
