"""OAuth parameters: each at most once, an empty one counts as absent (RFC 6749 section 3.1).

One may come several times: `resource` (RFC 8707 section 2). Its values stand in one, separated by spaces.
"""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from oauth.errors import OAuthError

MAX_VALUE_LENGTH = 8192
MAX_RESOURCES = 20
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a request, and the names that came more than once or with too long a value."""

    values: dict[str, str]
    doubled: frozenset[str] = frozenset()
    overlong: frozenset[str] = frozenset()

    def get(self, name: str) -> str:
        """The value, or nothing."""
        return self.values.get(name, "")

    def need(self, name: str) -> str:
        """The value; its absence is `invalid_request`."""
        value = self.get(name)
        if not value:
            raise OAuthError("invalid_request", f"The parameter {name} is missing.")
        return value

    def refuse_malformed(self) -> None:
        """Nothing is dropped in silence: neither a second value nor an overlong one."""
        if self.doubled:
            raise OAuthError("invalid_request", f"The parameter {min(self.doubled)} is there more than once.")
        if self.overlong:
            raise OAuthError(
                "invalid_request", f"The parameter {min(self.overlong)} is too long, or has a NUL."
            )


def from_query(query: QueryDict) -> Parameters:
    """The parameters of a query or a form."""
    values, doubled, overlong = {}, set(), set()
    for name, found in query.lists():
        if name == "resource" and len(found) <= MAX_RESOURCES:
            found = [" ".join(found).strip()]
        if len(found) > 1:
            doubled.add(name)
        if len(found[0]) > MAX_VALUE_LENGTH or "\0" in found[0]:  # multipart bodies can carry a NUL
            overlong.add(name)
        elif found[0]:
            values[name] = found[0]
    return Parameters(values, frozenset(doubled), frozenset(overlong))


def from_form(request: HttpRequest) -> Parameters:
    """The parameters of a POST, which must be a form; doubled and overlong ones are refused at once."""
    if request.content_type != FORM:
        raise OAuthError("invalid_request", f"Send the parameters as {FORM}.")
    parameters = from_query(request.POST)
    parameters.refuse_malformed()
    return parameters
