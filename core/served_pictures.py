"""A picture of our own encoding as an answer: whoever opens it by itself gets pixels, and nothing that may act."""

from datetime import timedelta

from django.http import HttpResponse


def serve_png(png: bytes, *, name: str, keep: timedelta, for_other_sites: bool = False) -> HttpResponse:
    """Under an address that changes with the picture; caches may `keep` it so long."""
    return HttpResponse(
        png,
        content_type="image/png",
        headers={
            "Cache-Control": f"public, max-age={int(keep.total_seconds())}, immutable",
            "Content-Disposition": f'inline; filename="{name}.png"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "cross-origin" if for_other_sites else "same-origin",
        },
    )
