"""Base class of our commands: bad input ends them with one clear line and exit status 1."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError

from core.crypto import Unsealable
from core.errors import DomainError


class JanuaCommand(BaseCommand):
    """Runs `act` and turns domain errors into one line on standard error."""

    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> str | None:
        try:
            return self.act(**options)
        except DomainError as error:
            raise CommandError(error.detail) from None
        except Unsealable as error:
            raise CommandError(f"FIELD_ENCRYPTION_KEY does not fit the database: {error}.") from None
        except (OperationalError, ProgrammingError) as error:
            line = str(error).partition("\n")[0]
            raise CommandError(
                f"The database is away or not prepared ({line}). Try: manage.py prepare"
            ) from None

    def act(self, **options: Any) -> str | None:
        """Do it; what is returned is printed."""
        raise NotImplementedError
