"""What every page may know."""

from django.conf import settings
from django.http import HttpRequest

from core.paths import safe_next

SECRETS = ("code", "state")  # of answers from other providers: they are used once, and stand on no page


def product(request: HttpRequest) -> dict[str, object]:
    return {"product_name": "Janua", "base_url": settings.JANUA.base_url, "this_page": _this_page(request)}


def _this_page(request: HttpRequest) -> str:
    """Where the switch of languages leads back to: here, with what is ours of the query."""
    query = request.GET.copy()
    for name in SECRETS:
        query.pop(name, None)
    if not safe_next(query.get("next", "")):
        query.pop("next", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path
