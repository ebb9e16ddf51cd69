"""What an error page tells the people who can mend it, and nobody else."""

from dataclasses import dataclass

from accounts.models import Session
from accounts.operators import is_operator
from oauth.models import Client

MAX_SHOWN = 500


@dataclass(frozen=True, slots=True)
class DeveloperDetails:
    """A redirect URI that was asked for beside those that are registered, letter by letter."""

    client_id: str
    got: str
    registered: list[str]


def developer_details(client: Client | None, session: Session | None, got: str) -> DeveloperDetails | None:
    """For the signed-in owner of the client, or an operator; nothing for everybody else.

    Pass it to `oauth/error.html` as `developer`.
    """
    if client is None or session is None:
        return None
    if client.user_id != session.user_id and not is_operator(session.user):
        return None
    return DeveloperDetails(client.client_id, got[:MAX_SHOWN], client.redirect_uri_list)
