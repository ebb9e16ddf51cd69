"""Ids as they come from forms."""

from uuid import UUID


def find_uuid(text: str) -> UUID | None:
    """The id that the text spells, if it spells one."""
    try:
        return UUID(text)
    except ValueError:
        return None
