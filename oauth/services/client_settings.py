"""What clients are registered for, at most a second old.

Only for answers about a token that its family has proven alive: disabling or deleting a client revokes its families in
the same transaction, and that is read each time. Never for letting a client in.
"""

import time

from oauth.models import Client
from oauth.services import clients

SECONDS = 1.0
MAX_CLIENTS = 1000

_kept: dict[str, tuple[float, Client]] = {}


def find(client_id: str) -> Client | None:
    """The client of this id, as it was within the last second; to be read, not to be changed."""
    read_at, client = _kept.get(client_id, (0.0, None))
    now = time.monotonic()
    if client is None or now - read_at > SECONDS:
        client = clients.find_enabled(client_id)
        if len(_kept) >= MAX_CLIENTS:
            _kept.clear()
        if client is not None:
            _kept[client_id] = now, client
    return client
