"""What a browser calls itself, in words for people."""

from django.utils.translation import gettext as _
from ua_parser import parse


def describe(user_agent: str) -> str:
    """For example "Chrome on Windows"; programs by their own name."""
    result = parse(user_agent[:400])
    browser = result.user_agent.family if result.user_agent else ""
    system = result.os.family if result.os else ""
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return browser or system or user_agent.partition("/")[0][:40] or _("Unknown device")
