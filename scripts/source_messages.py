"""Every sentence of the product that people may read, found in its Python and its templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "janua",
    "core",
    "audit",
    "accounts",
    "tokens",
    "organizations",
    "mfa",
    "login",
    "sso",
    "oauth",
    "admin_panel",
)
ARGUMENTS = {"gettext": 1, "gettext_lazy": 1, "_": 1, "ngettext": 2, "ngettext_lazy": 2}
"""How many sentences each function takes: one, or singular and plural."""
IN_TEMPLATE = re.compile(
    r"""\b(_|gettext|ngettext)\(\s*(u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))\s*(?:,\s*(u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')))?""",
    re.DOTALL,
)


class Message(NamedTuple):
    """A sentence, and its plural where it counts something."""

    singular: str
    plural: str = ""


def find_all() -> dict[Message, list[str]]:
    """Each sentence with the files that say it, both in order."""
    found: dict[Message, list[str]] = {}
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        for message in in_python(text) if path.suffix == ".py" else in_template(text):
            places = found.setdefault(message, [])
            name = str(path.relative_to(ROOT))
            if name not in places:
                places.append(name)
    return dict(sorted(found.items()))


def in_python(text: str) -> Iterator[Message]:
    """Calls of gettext and its kin; one with anything but plain text as its sentence is a mistake."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if count := ARGUMENTS.get(node.func.id):
            values = [argument.value for argument in node.args[:count] if isinstance(argument, ast.Constant)]
            if len(values) != count:
                raise ValueError(f"line {node.lineno}: {node.func.id}() takes plain text only")
            yield Message(*map(str, values))


def in_template(text: str) -> Iterator[Message]:
    for match in IN_TEMPLATE.finditer(templatize(text)):
        name, *literals = match.groups()
        sentences = [ast.literal_eval(literal) for literal in literals if literal]
        yield Message(*sentences[: 2 if name == "ngettext" else 1])


def _sources() -> list[Path]:
    python = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts]
    templates = [path for path in (ROOT / "templates").rglob("*") if path.is_file()]
    return sorted([*python, *templates])
