"""A picture of our own encoding as an answer: whoever opens it by itself gets pixels, and nothing that may act."""

from datetime import timedelta

from django.http import HttpResponse


def serve_png(png: bytes, *, name: str, keep: timedelta, for_other_sites: bool = False) -> HttpResponse:
    """Under an address that changes with the picture; caches may `keep` it so long."""
    return serve_picture(
        png, content_type="image/png", name=f"{name}.png", keep=keep, for_other_sites=for_other_sites
    )


def serve_picture(
    data: bytes, *, content_type: str, name: str, keep: timedelta, for_other_sites: bool = False
) -> HttpResponse:
    return HttpResponse(
        data,
        content_type=content_type,
        headers={
            "Cache-Control": f"public, max-age={int(keep.total_seconds())}, immutable",
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "cross-origin" if for_other_sites else "same-origin",
        },
    )
