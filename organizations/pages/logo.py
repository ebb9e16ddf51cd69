"""/logos/organizations/{key}.png: an organization's logo as we encoded it."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.served_pictures import serve_png
from organizations.services import logos

KEEP = timedelta(days=1)  # whoever takes a logo away finds it gone from caches the day after


@csrf_exempt  # reads no cookie
@require_safe
def organization_logo(request: HttpRequest, key: str) -> HttpResponse:
    """For our own pages, and for apps that show where one works."""
    png = logos.find_png(key)
    if png is None:
        raise Http404
    return serve_png(png, name="logo", keep=KEEP, for_other_sites=True)
