"""manage.py create_user --email E --password P [--verified] [--role superadmin]: prints the id."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.models import User
from accounts.services import users
from core import clock
from core.commands import JanuaCommand


class Command(JanuaCommand):
    help = "Make a user and print the id."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--password", required=True)
        parser.add_argument("--verified", action="store_true", help="the address needs no proof")
        parser.add_argument("--role", choices=[role.value for role in User.Role if role], default="")

    def act(self, **options: Any) -> str:
        user = users.create_user(
            email=options["email"],
            password=options["password"],
            is_verified=options["verified"],
            role=options["role"],
            now=clock.now(),
        )
        return str(user.id)
