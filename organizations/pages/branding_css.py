"""/branding/{organization}/{digest}.css and /branding/preview/{look}.css: our own custom properties, and nothing else.

No byte of it was written by an organization: colours are parsed and written anew, corners are a name of three.
"""

import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.errors import ValidationFailed
from organizations.brands import Look
from organizations.services import branding

A_YEAR = 31_536_000
PREVIEWED = ".preview"
_WRITTEN = re.compile(r"([0-9a-f]{6})?-([0-9a-f]{6})?-([a-z]{4,6})", re.ASCII)


@csrf_exempt  # reads no cookie
@require_safe
def branding_css(_request: HttpRequest, organization_id: UUID, digest: str) -> HttpResponse:
    """Immutable: another look has another address."""
    css = branding.find_css(organization_id, digest)
    if css is None:
        raise Http404
    return _served(css)


@csrf_exempt  # reads no cookie
@require_safe
def preview_css(_request: HttpRequest, written: str) -> HttpResponse:
    """A look that nobody saved, for the preview of its page. All of it stands in the address."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise Http404
    by_day, by_night, corners = (part or "" for part in found.groups())
    try:
        look = branding.judge(Look(by_day and f"#{by_day}", by_night and f"#{by_night}", corners))
    except ValidationFailed:
        raise Http404 from None
    return _served(look.css(PREVIEWED))


def preview_path(look: Look) -> str:
    """Where the style sheet of this look's preview is; `look` was judged."""
    parts = (look.accent.lstrip("#"), look.accent_dark.lstrip("#"), look.corners)
    return f"/branding/preview/{'-'.join(parts)}.css"


def _served(css: str) -> HttpResponse:
    headers = {
        "Cache-Control": f"public, max-age={A_YEAR}, immutable",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers=headers)
