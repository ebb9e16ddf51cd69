"""manage.py require_password_reset EMAIL: the person's password opens nothing until it is reset by mail."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts import emails
from accounts.models import User
from accounts.services import recovery
from core import clock
from core.commands import JanuaCommand


class Command(JanuaCommand):
    help = "End a person's sessions and have the password replaced, by a code mailed at the next login."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def act(self, **options: Any) -> str:
        user = User.objects.find_by_email(emails.canonical(options["email"]))
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        recovery.require_reset(actor=None, user=user, now=clock.now())
        return str(user.id)
