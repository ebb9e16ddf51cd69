"""Errors with a stable code. Faces turn them into problem+json or into a page."""

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """Something was asked that cannot be done. `detail` is for people, `reason` for programs."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "BAD_REQUEST"
    title: ClassVar[str] = "Bad request"

    def __init__(
        self, detail: str, *, reason: str = "", details: Mapping[str, list[str]] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = reason
        self.details = dict(details or {})


class AuthenticationFailed(DomainError):
    status = 401
    code = "AUTHENTICATION_ERROR"
    title = "Authentication failed"


class ReauthenticationRequired(AuthenticationFailed):
    """A sensitive act asks for a fresh proof, at most so old and of this level; "": any (RFC 9470)."""

    def __init__(self, detail: str, *, max_age_seconds: int, acr_values: str = "") -> None:
        super().__init__(detail, reason="reauthentication_required")
        self.max_age_seconds = max_age_seconds
        self.acr_values = acr_values


class TokenInvalid(DomainError):
    status = 401
    code = "TOKEN_ERROR"
    title = "The token is not valid"


class NotAllowed(DomainError):
    status = 403
    code = "AUTHORIZATION_ERROR"
    title = "Not allowed"


class NotFound(DomainError):
    status = 404
    code = "NOT_FOUND_ERROR"
    title = "Not found"


class Conflict(DomainError):
    status = 409
    code = "CONFLICT_ERROR"
    title = "Conflict"


class PreconditionFailed(DomainError):
    """`If-Match` named a version that is not the present one (RFC 9110 section 13.1.1)."""

    status = 412
    code = "CONFLICT_ERROR"
    title = "It was changed meanwhile"


class ValidationFailed(DomainError):
    status = 422
    code = "VALIDATION_ERROR"
    title = "Validation failed"


class RateLimited(DomainError):
    """Too many attempts; try again after `retry_after_seconds`."""

    status = 429
    code = "RATE_LIMIT_ERROR"
    title = "Too many requests"

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds
