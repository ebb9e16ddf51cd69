"""manage.py seed --users N --refresh-tokens N --audit-events N: a database of the size that you expect."""

import secrets
import time
from argparse import ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from accounts import passwords
from accounts.models import User
from admin_panel.seeding.people import People, email_of
from admin_panel.seeding.trail import Trail
from core import clock
from core.commands import JanuaCommand


def count(text: str) -> int:
    """A number of rows; 1_000_000 is easier to read than 1000000."""
    number = int(text)
    if number < 0:
        raise ArgumentTypeError("must not be negative")
    return number


class Command(JanuaCommand):
    help = "Fill a TEST database with people, tokens and audit entries, all or nothing; nobody should use it meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", type=count, default=10_000)
        parser.add_argument("--refresh-tokens", type=count, default=50_000)
        parser.add_argument("--audit-events", type=count, default=100_000)
        parser.add_argument(
            "--yes-this-is-a-test-database",
            action="store_true",
            help="needed where BASE_URL is not on loopback",
        )

    def act(self, **options: Any) -> str:
        if not settings.JANUA.is_development and not options["yes_this_is_a_test_database"]:
            raise CommandError(
                f"{settings.JANUA.base_url} is production. Nothing takes seeded rows out of an audit trail again."
            )
        if options["users"] == 0:
            raise CommandError("--users must be at least 1: everything else is about them.")
        if User.objects.filter(email=email_of(0)).exists():
            raise CommandError("This database was seeded before. Seed an empty one.")
        started, password = time.monotonic(), secrets.token_urlsafe(18)
        people = People(
            users=options["users"],
            refresh_tokens=options["refresh_tokens"],
            now=clock.now(),
            password_hash=passwords.hash_password(password),
        )
        with transaction.atomic():
            people.load(self._say)
            Trail(options["audit_events"], people.users, people.user_id, people.now).load(self._say)
        self._say(f"seeded in {time.monotonic() - started:,.0f} s")
        return f"{email_of(0)} to {email_of(people.users - 1)}, password {password}"

    def _say(self, line: str) -> None:
        self.stderr.write(line)
        self.stderr.flush()
