"""What every page may know."""

from django.conf import settings
from django.http import HttpRequest


def product(_request: HttpRequest) -> dict[str, object]:
    return {"product_name": "Janua", "base_url": settings.JANUA.base_url}
