"""manage.py register_client < metadata.json: RFC 7591 metadata in, the RFC 7591 response out."""

import json
import sys
from typing import Any

from django.core.management.base import CommandError

from core import clock
from core.commands import JanuaCommand
from core.strict_json import parse_object
from oauth import metadata
from oauth.errors import InvalidClientMetadata
from oauth.services import clients


class Command(JanuaCommand):
    help = "Register a client from RFC 7591 metadata (JSON on standard input); prints the response as JSON."

    def act(self, **options: Any) -> str:
        now = clock.now()
        try:
            asked = metadata.from_json(parse_object(sys.stdin.buffer.read()))
            registered = clients.register(asked, now=now)
        except ValueError as error:
            raise CommandError(f"invalid_client_metadata: {error}") from None
        except InvalidClientMetadata as error:
            raise CommandError(f"{error.error}: {error.description}") from None
        body = metadata.to_json(registered.client, registered.secret, issued_at=now)
        return json.dumps(body, indent=2)
