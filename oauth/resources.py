"""Resource indicators (RFC 8707): which audience an access token is for."""

from collections.abc import Sequence

from oauth.errors import OAuthError
from oauth.parameters import Parameters


def chosen(parameters: Parameters, granted: Sequence[str]) -> tuple[str, ...]:
    """The audience of a token request: those it names among the granted ones, else all of them (section 2.2).

    Raises `invalid_target` for any other.
    """
    asked = tuple(dict.fromkeys(parameters.get("resource").split()))
    if beyond := [resource for resource in asked if resource not in granted]:
        raise OAuthError("invalid_target", f"The resource {beyond[0]} was not granted."[:200])
    return asked or tuple(granted)
