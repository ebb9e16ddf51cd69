"""What a browser calls itself, in words for people."""

from functools import lru_cache

from django.utils.translation import gettext as _
from ua_parser import parse


def describe(user_agent: str) -> str:
    """For example "Chrome on Windows"; programs by their own name."""
    browser, system = _families(user_agent[:400])
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return browser or system or user_agent.partition("/")[0][:40] or _("Unknown device")


@lru_cache(
    maxsize=1024
)  # the same few browsers come again and again, and each takes a hundred regular expressions
def _families(user_agent: str) -> tuple[str, str]:
    """(browser, system), as far as they are known."""
    result = parse(user_agent)
    return (
        result.user_agent.family if result.user_agent else "",
        result.os.family if result.os else "",
    )
