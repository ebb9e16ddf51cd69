"""django-allauth's adapter: the provider of the login at hand, our HTTP, and no tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter

from sso.engine.outside import Session


@dataclass(frozen=True, slots=True)
class Bound:
    """An unsaved `SocialApp`, allauth's class that speaks to the provider, and the HTTP of this login."""

    app: Any
    provider_class: Any
    session: Session


_bound: ContextVar[Bound] = ContextVar("janua_social_provider")


@contextmanager
def bound(binding: Bound) -> Iterator[None]:
    """Whatever allauth asks for in here is of this provider."""
    token = _bound.set(binding)
    try:
        yield
    finally:
        _bound.reset(token)


class SocialAdapter(DefaultSocialAccountAdapter):
    """Named in settings. allauth asks by name for what is bound already: there is nothing to look up."""

    def list_apps(self, request: Any, provider: Any = None, client_id: Any = None) -> list[Any]:
        return [_bound.get().app]

    def get_app(self, request: Any, provider: Any = None, client_id: Any = None) -> Any:
        return _bound.get().app

    def get_provider(self, request: Any, provider: Any = None, client_id: Any = None) -> Any:
        binding = _bound.get()
        return binding.provider_class(request, app=binding.app)

    def get_requests_session(self) -> Session:
        return _bound.get().session

    def is_email_verified(self, provider: Any, email: str) -> bool:
        """Nothing verifies an address but the provider's own word for this very one."""
        return False
