"""/oauth/clients/{client_id}/logo/{digest}.png: a client's logo as we encoded it, for our own pages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from oauth.services import logos

YEAR_SECONDS = 31_536_000


@csrf_exempt  # reads no cookie
@require_safe
def client_logo(request: HttpRequest, client_id: str, digest: str) -> HttpResponse:
    """Immutable: another picture has another address. Opened by itself it may do nothing at all."""
    png = logos.find_png(client_id, digest)
    if png is None:
        raise Http404
    return HttpResponse(
        png,
        content_type="image/png",
        headers={
            "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable",
            "Content-Disposition": 'inline; filename="logo.png"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
