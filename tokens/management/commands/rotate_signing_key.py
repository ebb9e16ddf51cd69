"""manage.py rotate_signing_key [--algorithm ALG] [--now] [--revoke=KID]: prints the kid that signs from now on."""

from typing import Any

from django.core.management.base import CommandParser

from core import clock
from core.commands import JanuaCommand
from tokens.services import keys


class Command(JanuaCommand):
    help = "Make the next signing key current, retire the current one, publish a new next one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--algorithm", choices=keys.SIGNING_ALGORITHMS, default="", help="by default JWT_ALGORITHM"
        )
        parser.add_argument(
            "--now", action="store_true", help="even if relying parties may not know the next key yet"
        )
        parser.add_argument(
            "--revoke",
            metavar="KID",
            help="a key was stolen: believe nothing it signed (write --revoke=KID: a kid may begin with -)",
        )

    def act(self, **options: Any) -> str:
        now = clock.now()
        if options["revoke"]:
            algorithm = keys.revoke_signing_key(kid=options["revoke"], now=now)
            return keys.ring().signing[algorithm].kid
        return keys.rotate_signing_key(now=now, algorithm=options["algorithm"], at_once=options["now"]).kid
