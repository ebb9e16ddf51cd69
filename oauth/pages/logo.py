"""/oauth/clients/{client_id}/logo/{digest}.png: a client's logo as we encoded it, for our own pages."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.served_pictures import serve_png
from oauth.services import logos

KEEP = timedelta(days=365)


@csrf_exempt  # reads no cookie
@require_safe
def client_logo(request: HttpRequest, client_id: str, digest: str) -> HttpResponse:
    """Immutable: another picture has another address."""
    png = logos.find_png(client_id, digest)
    if png is None:
        raise Http404
    return serve_png(png, name="logo", keep=KEEP)
