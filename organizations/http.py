"""Who acts, as a request shows it."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.http import api_session, required_session
from organizations.models import ApiKey
from organizations.services.access import Actor


def actor_of_page(request: HttpRequest) -> Actor:
    return Actor.of_session(required_session(request))


def actor_of_api(request: Request) -> Actor:
    """Of an access token's session, or of an API key where the policy table lets one in."""
    if isinstance(request.auth, ApiKey):
        return Actor(user=request.auth.user, key=request.auth)
    return Actor.of_session(api_session(request))
