"""manage.py publish_terms terms|privacy VERSION URL: publish a version that people accept."""

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.services import terms
from core import clock
from core.commands import JanuaCommand


class Command(JanuaCommand):
    help = "Publish a version of the terms of use or of the privacy notice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=["terms", "privacy"])
        parser.add_argument("version", help="Such as 2026-11.")
        parser.add_argument("url", help="Where people read it; https.")
        parser.add_argument("--text", default="", help="What has changed, in a sentence or two.")
        parser.add_argument("--effective-at", help="RFC 3339, such as 2027-01-01T00:00:00Z. Default: now.")
        parser.add_argument("--optional", action="store_true", help="Nobody has to accept it.")

    def act(self, **options: Any) -> str:
        now = clock.now()
        document = terms.Document(
            kind=options["kind"],
            version=options["version"],
            url=options["url"],
            text=options["text"],
            is_required=not options["optional"],
            effective_at=_time(options["effective_at"]),
        )
        row = terms.publish(document, now=now)
        return f"Published {row}, effective from {row.effective_at.isoformat(timespec='seconds')}."


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise CommandError("--effective-at must be a time with its zone, such as 2027-01-01T00:00:00Z.")
    return at
