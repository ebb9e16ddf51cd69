"""Errors of the wire, by their registered names (RFC 6749, OpenID Connect Core, RFC 7591)."""

import re

NOT_SAID = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")


class OAuthError(Exception):
    """An error answer: `error` is the registered code, `description` is for the client's developer."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status

    @property
    def on_the_wire(self) -> dict[str, str]:
        """The two members; the description in the characters that RFC 6749 section 5.2 allows."""
        return {"error": self.error, "error_description": NOT_SAID.sub("?", self.description)}


class InvalidClient(OAuthError):
    """The client did not authenticate (RFC 6749 section 5.2)."""

    def __init__(self, description: str = "The client is unknown or its authentication failed.") -> None:
        super().__init__("invalid_client", description, status=401)


class InvalidClientMetadata(OAuthError):
    """A registration that cannot be (RFC 7591 section 3.2.2)."""

    def __init__(self, description: str, *, error: str = "invalid_client_metadata") -> None:
        super().__init__(error, description)
