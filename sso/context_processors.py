"""What the pages at the door may know of providers."""

from django.http import HttpRequest

from sso.providers import list_providers


def social(_request: HttpRequest) -> dict[str, object]:
    """The providers of the buttons, looked up only when a page shows them."""
    return {"social_providers": list_providers}
