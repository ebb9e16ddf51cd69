"""What every page may know of the organization it belongs to."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from login.pages import brands


def branding(request: HttpRequest) -> dict[str, object]:
    """`brand`: looked up only when a page shows it; those of the account never do."""
    return {"brand": SimpleLazyObject(lambda: brands.brand_of(request))}
