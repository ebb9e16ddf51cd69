"""What a route asks of its caller. The table itself stands in `janua.policies`."""

from dataclasses import dataclass
from enum import StrEnum


class Credential(StrEnum):
    """Ways to show who one is. A route names every one it accepts; none accepted means everybody."""

    SESSION = "a signed-in browser session"
    OPERATOR = "a signed-in session of an operator"
    BEARER = "an access token of our own API"
    API_KEY = "an API key of an organization"
    CLIENT = "a registered client's authentication"
    ACCESS_TOKEN = "an access token issued to a client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One row of the table.

    `accepts`: the credential that opens the route; empty: public.
    `is_csrf_checked`: state-changing requests must carry our form token (everything that reads a cookie).
    `is_cacheable`: the answer holds nothing of anybody; all others are sent with `no-store`.
    """

    accepts: frozenset[Credential] = frozenset()
    is_csrf_checked: bool = True
    is_cacheable: bool = False


def page(*accepts: Credential) -> Policy:
    """A page for people: cookie and CSRF token."""
    return Policy(accepts=frozenset(accepts))


def api(*accepts: Credential) -> Policy:
    """An endpoint for programs: no cookie is read, so there is nothing to forge across sites."""
    return Policy(accepts=frozenset(accepts), is_csrf_checked=False)
