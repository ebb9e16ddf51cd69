"""What can go wrong on the way to a provider and back."""

from core.errors import DomainError


class SocialError(DomainError):
    """The login did not come to its end; nothing was made of it."""

    code = "SSO_AUTHENTICATION_ERROR"
    title = "The sign-in did not work"


class StateInvalid(SocialError):
    """The answer belongs to no login that set out here: unknown, used, too old, or of somebody else."""


class ConsentDenied(SocialError):
    """The person said no at the provider."""


class IdentityRefused(SocialError):
    """The provider answered, and what it said cannot be believed."""


class ProviderUnavailable(SocialError):
    """The provider did not answer, or with an error of its own."""

    status = 503
