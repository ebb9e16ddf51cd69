"""manage.py write_docs [--check]: openapi.json, .env.example and docs/configuration.md, from the code."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from drf_spectacular.generators import SchemaGenerator
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from core.commands import JanuaCommand

PROJECT = Path(settings.BASE_DIR)
FROM_FILE = "Each option may also be read from a file: `NAME_FILE=/path`."


class Command(JanuaCommand):
    help = "Write the generated files anew; with --check only say whether they are what the code says."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def act(self, **options: Any) -> str:
        generated = {
            "openapi.json": _openapi(),
            ".env.example": _env_example(),
            "docs/configuration.md": _configuration(),
        }
        if not options["check"]:
            for name, text in generated.items():
                (PROJECT / name).write_text(text, encoding="utf-8")
            return f"Wrote {', '.join(generated)}."
        stale = [name for name, text in generated.items() if _read(PROJECT / name) != text]
        if stale:
            raise CommandError(f"Not what the code says: {', '.join(stale)}. Run: make docs")
        return "The generated files are what the code says."


def _openapi() -> str:
    generator: Any = SchemaGenerator
    schema = generator().get_schema(request=None, public=True)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _options() -> dict[str, FieldInfo]:
    """Those of the class itself first, then those it inherits."""
    config = type(settings.JANUA)
    return dict(
        sorted(config.model_fields.items(), key=lambda option: option[0] not in config.__annotations__)
    )


def _env_example() -> str:
    lines = [
        "# Janua's options, with their defaults. Copy to .env and change what you need.",
        f"# {FROM_FILE}",
        "",
    ]
    for name, option in _options().items():
        lines += [f"# {option.description}", f"#{name.upper()}={_default(option)}", ""]
    return "\n".join(lines)


def _configuration() -> str:
    lines = [
        "# Configuration",
        "",
        "Generated from `janua/config.py` and its parts by `make docs`. Options come from the environment, or from `.env` in the",
        f"project's directory. {FROM_FILE}",
        "",
        "| option | default | meaning |",
        "|---|---|---|",
    ]
    for name, option in _options().items():
        default = _default(option)
        lines.append(f"| `{name.upper()}` | {f'`{default}`' if default else ''} | {option.description} |")
    return "\n".join(lines) + "\n"


def _default(option: FieldInfo) -> str:
    value = option.default
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
