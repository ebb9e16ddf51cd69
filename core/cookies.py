"""Cookies of ours: no script reads them, no other site's form brings them along."""

from typing import TypeVar

from django.conf import settings
from django.http import HttpResponseBase

R = TypeVar("R", bound=HttpResponseBase)


def keep(response: R, name: str, value: str, *, seconds: float | None) -> R:
    """Hand a cookie to the browser; without `seconds` it goes with the browser's window."""
    response.set_cookie(
        name,
        value,
        max_age=None if seconds is None else int(seconds),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def forget(response: R, name: str) -> R:
    return keep(response, name, "", seconds=0)
