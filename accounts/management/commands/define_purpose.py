"""manage.py define_purpose NAME TITLE TEXT: what people may allow us, or new words for it."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.services import purposes
from core import clock
from core.commands import JanuaCommand


class Command(JanuaCommand):
    help = "Define a purpose that people are asked to consent to; again, with new words or --withdrawn."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="Such as product-news.")
        parser.add_argument("title")
        parser.add_argument("text", help="What happens with which data, in plain words.")
        parser.add_argument("--withdrawn", action="store_true", help="People are not asked any more.")

    def act(self, **options: Any) -> str:
        row = purposes.define(
            name=options["name"],
            title=options["title"],
            text=options["text"],
            is_offered=not options["withdrawn"],
            now=clock.now(),
        )
        return f"Defined {row}."
