"""Text in files that spreadsheets open."""

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(text: str) -> str:
    """The text as one cell that no program reads as a formula (S253): an apostrophe before what may begin one.

    The signs count in their wide form too, and behind spaces: some programs look past both.
    """
    is_risky = text.startswith(_BEGINS_A_FORMULA) or text.lstrip().startswith(_BEGINS_A_FORMULA)
    return f"'{text}" if is_risky else text
