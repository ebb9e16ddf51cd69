"""The language of each page, from the first refusal to the last byte; programs are spoken to in English."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from accounts.http import user_of
from core import languages

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class BrowserLanguage:
    """What was chosen in this browser, or what the browser prefers.

    The language is taken back afterwards: threads live on, and the next request may be a program's.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with translation.override(languages.chosen(request) or languages.of_browser(request)):
            response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class PersonLanguage:
    """The language of the account, for who is signed in and chose no other in this browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = user_of(request)
        language = languages.find(user.locale) if user and not languages.chosen(request) else ""
        with translation.override(language or translation.get_language()):
            response = self.get_response(request)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response
