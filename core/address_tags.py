"""Template filters for addresses of people, which no language breaks at a good place."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def breakable(email: str) -> SafeString:
    """The address; where it is too long for its line, the line ends before the @."""
    local, at, domain = email.rpartition("@")
    return format_html("{}<wbr>{}{}", local, at, domain)
