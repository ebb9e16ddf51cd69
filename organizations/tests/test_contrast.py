"""Colours: which can be read on our pages, which cannot, and the nearest shade that can."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from organizations import contrast
from organizations.contrast import DARK, LEAST, LIGHT, Theme

COLOURS = [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in product((0, 51, 128, 200, 255), repeat=3)]


def test_the_ratio_is_wcags() -> None:
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast.ratio("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)  # the well-known grey
    assert contrast.ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast.ratio("#123456", "#123456") == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_nearest_shade_passes_and_the_one_before_it_does_not(theme: Theme) -> None:
    for colour in COLOURS:
        shade = contrast.nearest(colour, theme)
        assert contrast.reached(shade, theme) >= LEAST, colour
        if contrast.reached(colour, theme) >= LEAST:
            assert shade == colour
        else:
            steps = [contrast.mixed(colour, theme.strong, step / contrast.STEPS) for step in range(201)]
            before = steps[steps.index(shade) - 1]
            assert contrast.reached(before, theme) < LEAST, colour


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_whatever_passes_leaves_all_that_stands_around_it_readable(theme: Theme) -> None:
    quiet, text = ("#596075", "#151926") if theme is LIGHT else ("#a4abbd", "#eef0f6")
    for colour in {contrast.nearest(each, theme) for each in COLOURS}:
        assert contrast.ratio(theme.on_accent, contrast.hovered(colour, theme)) >= LEAST, colour
        behind = contrast.arch(colour, theme)
        assert contrast.ratio(quiet, behind) >= LEAST, colour
        assert contrast.ratio(text, behind) >= LEAST, colour


def test_the_surfaces_are_those_of_our_own_style_sheet() -> None:
    css = (Path(settings.BASE_DIR) / "static/css/auth.css").read_text()
    tokens = dict(re.findall(r"--([a-z-]+): light-dark\(([^)]+)\)", css))

    def long(colour: str) -> str:
        return colour if len(colour) == 7 else "#" + "".join(letter * 2 for letter in colour[1:])

    def pair(name: str) -> tuple[str, str]:
        by_day, by_night = tokens[name].split(", ")
        return long(by_day), long(by_night)

    assert pair("ground") == (LIGHT.ground, DARK.ground)
    by_day, by_night = zip(*(pair(name) for name in ("surface", "raised", "good-ground")), strict=True)
    assert (by_day, by_night) == (LIGHT.surfaces, DARK.surfaces)


@pytest.mark.parametrize(
    "colour", ["", "red", "#fff", "#12345", "#1234567", "#12345g", "#１２３４５６", "#12345\n6"]
)
def test_only_six_hexadecimal_digits_are_a_colour(colour: str) -> None:
    with pytest.raises(ValueError, match="rrggbb"):
        contrast.canonical(colour)


def test_capitals_and_spaces_around_are_forgiven() -> None:
    assert contrast.canonical(" #A3B5FF\n") == "#a3b5ff"
