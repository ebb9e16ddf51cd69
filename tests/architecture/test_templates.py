"""Every template compiles, names nothing from other places, and needs no inline code."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file())
PAGES = [name for name in TEMPLATES if name.endswith(".html") and not name.startswith("mails/")]
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
FOREIGN = re.compile(r"""(?:src|href|action)=["'](?:https?:)?//""", re.IGNORECASE)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("name", TEMPLATES)
def test_it_compiles(name: str) -> None:
    assert get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_it_has_nothing_inline_that_the_policy_would_stop(name: str) -> None:
    assert not INLINE.findall((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_it_loads_nothing_from_other_places(name: str) -> None:
    assert not FOREIGN.findall((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "kind",
    sorted(
        {
            name.split("/")[1].split(".")[0]
            for name in TEMPLATES
            if name.startswith("mails/") and name.count("/") == 1
        }
    ),
)
def test_a_mail_has_its_three_parts(kind: str) -> None:
    parts = {f"mails/{kind}.subject.txt", f"mails/{kind}.txt", f"mails/{kind}.html"}
    assert parts <= set(TEMPLATES)


@pytest.mark.parametrize("name", ["errors/500.html", "errors/503.html"])
def test_pages_of_last_resort_render_without_request_and_database(name: str) -> None:
    html = get_template(name).render({"title": "Sorry", "detail": "Try again.", "request_id": "request-17"})
    assert "Try again." in html
    assert "request-17" in html
