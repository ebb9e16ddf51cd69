"""POST /language: the person chooses the language of the pages in this browser."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from core import languages
from login.destinations import safe_next

QUERY_WISH = re.compile(r"(?<=[?&])ui_locales=[^&]*&?")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the choice, and back to the page. What we do not speak changes nothing."""
    response = HttpResponseRedirect(_page_to_show(request.POST.get("next", "")), status=303)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        languages.choose(request, response, code)
    return response


def _page_to_show(raw: str) -> str:
    """Without the app's wish in its address, which the person has just overruled."""
    return QUERY_WISH.sub("", safe_next(raw) or "/")
