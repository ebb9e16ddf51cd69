"""The one page of the Django sites."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.utils.html import format_html, format_html_join

PAGE = """<!doctype html>
<html lang="en"><head><title>{0}</title></head>
<body><h1>{0}</h1><dl>{1}</dl>{2}</body></html>"""


def page(
    heading: str, facts: Mapping[str, str] | None = None, actions: Mapping[str, str] | None = None
) -> HttpResponse:
    """Facts by name, each in an element of that id; actions as buttons by the address they post to."""
    rows = [(name, name, value) for name, value in (facts or {}).items()]
    forms = (actions or {}).items()
    return HttpResponse(
        format_html(
            PAGE,
            heading,
            format_html_join("", '<dt>{}</dt><dd id="{}">{}</dd>', rows),
            format_html_join("", '<form method="post" action="{}"><button>{}</button></form>', forms),
        )
    )
