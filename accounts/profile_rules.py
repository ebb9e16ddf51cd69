"""What may stand in a profile: the rules that form and API share (claims of OpenID Connect Core 5.1)."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from core import clock

MAX_URL = 255
MAX_GENDER = 64
MAX_BIRTHDATE = 10
BIRTHDATE = re.compile(r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})-(?P<day>[0-9]{2}))?")
SOME_LEAP_YEAR = 2000
_URL = URLValidator(schemes=["http", "https"])


def web_address(value: str) -> None:
    """A validator: http and https only, so that no link of ours runs a script."""
    try:
        _URL(value)
    except ValidationError:
        raise ValidationError(_("Enter a web address that begins with https://.")) from None


def birthdate(value: str) -> None:
    """A validator: 1990-04-30, 1990 alone, or 0000-04-30 of those who keep the year to themselves."""
    found = BIRTHDATE.fullmatch(value)
    if not found or not _may_be_born(found):
        raise ValidationError(_("Enter a date such as 1990-04-30, or the year alone."))


def _may_be_born(found: re.Match[str]) -> bool:
    year, month, day = (int(found[name] or 0) for name in ("year", "month", "day"))
    if not found["month"]:
        return 1900 <= year <= clock.now().year
    try:
        born = date(year or SOME_LEAP_YEAR, month, day)
    except ValueError:
        return False
    return year == 0 or 1900 <= born.year <= clock.now().year
