"""What a browser calls itself, in words for people."""

from ua_parser import parse

UNKNOWN = "Unknown device"


def describe(user_agent: str) -> str:
    """For example "Chrome on Windows"; programs by their own name."""
    result = parse(user_agent[:400])
    browser = result.user_agent.family if result.user_agent else ""
    system = result.os.family if result.os else ""
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or user_agent.partition("/")[0][:40] or UNKNOWN
