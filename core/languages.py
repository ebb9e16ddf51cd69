"""Which language a page speaks: one place that decides, and one cookie for each kind of wish."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language_from_request, get_supported_language_variant

WISH_COOKIE = "janua_ui_locales"
WISH_SECONDS = 1800  # as long as a sign-in may wait
YEAR_SECONDS = 31_536_000
SUBTAG_SCRIPT = 4  # RFC 5646 section 2.1.1: a script is written like Hans, a region like BR


def find(tags: str) -> str:
    """The first language of ours among the tags (BCP 47, spaces between), or nothing."""
    for tag in tags.split()[:20]:
        try:
            return get_supported_language_variant(tag.lower())
        except LookupError:
            continue
    return ""


def chosen(request: HttpRequest) -> str:
    """What the app asks for on the way in (`ui_locales`), then what the person chose in this browser."""
    wishes = (
        request.GET.get("ui_locales", "") if "ui_locales" in request.META.get("QUERY_STRING", "") else "",
        request.COOKIES.get(WISH_COOKIE, ""),
        request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
    )
    return next(filter(None, map(find, wishes)), "")


def of_browser(request: HttpRequest) -> str:
    """What the browser prefers (Accept-Language), or English."""
    return get_language_from_request(request)


def as_tag(code: str) -> str:
    """Django's code in the usual writing of BCP 47: pt-BR, zh-Hans."""
    first, *rest = code.split("-")
    return "-".join([first, *(each.title() if len(each) == SUBTAG_SCRIPT else each.upper() for each in rest)])


def carry(response: HttpResponseBase, ui_locales: str) -> None:
    """Let the pages of a sign-in speak the language that the app asks for, until it ends."""
    if language := find(ui_locales):
        _set(response, WISH_COOKIE, language, WISH_SECONDS)


def end_carrying(request: HttpRequest, response: HttpResponseBase) -> None:
    if WISH_COOKIE in request.COOKIES:
        _set(response, WISH_COOKIE, "", 0)


def choose(request: HttpRequest, response: HttpResponseBase, code: str) -> None:
    """The person's own choice, which outlasts the app's wish."""
    _set(response, settings.LANGUAGE_COOKIE_NAME, code, YEAR_SECONDS)
    end_carrying(request, response)


def forget_choice(request: HttpRequest, response: HttpResponseBase) -> None:
    """The person set the language of the account: the browser has none of its own any more."""
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        _set(response, settings.LANGUAGE_COOKIE_NAME, "", 0)


def _set(response: HttpResponseBase, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/",
    )
