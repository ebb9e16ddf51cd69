"""Whose look a page at the door has, and the mails it sends.

In this order: the organization that the waiting application belongs to, the one that `?organization=` names, and
the one that proved the domain of the address typed a page before. A domain is no account: every address of it leads
to the same page, whether or not anybody has it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from core import mail
from core.paths import safe_next
from login.destinations import destination_of
from organizations.brands import Brand
from organizations.services import branding

PARAMETER, MAX_SLUG = "organization", 63


def show(request: HttpRequest, brand: Brand | None) -> None:
    """The page at hand is about this organization, or about one that it finds by itself."""
    request.brand = brand or _by_name_or_domain(request)  # type: ignore[attr-defined]


def brand_of(request: HttpRequest) -> Brand | None:
    """The organization whose look the page at hand has."""
    if not hasattr(request, "brand"):
        flow = getattr(request, "flow", None)
        given = request.POST.get("next", "") or request.GET.get("next", "")
        destination = destination_of(safe_next(given) or (flow.next if flow else ""))
        show(request, destination.brand if destination else None)
    brand: Brand | None = request.brand  # type: ignore[attr-defined]
    return brand


def slug_of(request: HttpRequest) -> str:
    """The name in `?organization=`, of this page or of the one that led here; unchecked, and only ever looked up."""
    flow = getattr(request, "flow", None)
    named: str = request.GET.get(PARAMETER, "")[:MAX_SLUG]
    return named or (flow.organization if flow else "")


@contextmanager
def on_mails(request: HttpRequest) -> Iterator[None]:
    """Mails sent inside say on whose behalf the sign-in is."""
    with mail.letterhead({"brand": brand_of(request)}):
        yield


def _by_name_or_domain(request: HttpRequest) -> Brand | None:
    flow = getattr(request, "flow", None)
    named = branding.of_slug(slug_of(request))
    return named or (branding.of_address(flow.email) if flow else None)
