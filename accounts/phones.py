"""A phone number has one form, E.164, made once, at the edge."""

import re

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from core.errors import ValidationFailed

FIELD = "phone_number"
TYPED = re.compile(r"\+[0-9() ./-]{5,31}", re.ASCII)
# Numbers that cost whoever calls them, or that are no person's: nothing to send a code to.
REFUSED = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PAGER,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


def canonical(text: str) -> str:
    """The number in E.164, such as +4915123456789; spaces and dashes may stand in it, the country code must.

    Raises `ValidationFailed` for what is no number of a person.
    """
    typed = text.strip()
    if not TYPED.fullmatch(typed):  # the library would overlook what it does not know
        raise _invalid()
    try:
        number = phonenumbers.parse(typed)
    except NumberParseException:
        raise _invalid() from None
    if not _is_a_persons(number):
        raise _invalid()
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def country_code_of(phone_number: str) -> str:
    """The country code of a canonical number, without the plus."""
    return str(phonenumbers.parse(phone_number).country_code)


def shown(phone_number: str) -> str:
    """A canonical number as people write it: in groups."""
    return (
        phonenumbers.format_number(phonenumbers.parse(phone_number), PhoneNumberFormat.INTERNATIONAL)
        if phone_number
        else ""
    )


def _is_a_persons(number: PhoneNumber) -> bool:
    return (
        phonenumbers.is_valid_number(number)
        and not number.extension
        and phonenumbers.number_type(number) not in REFUSED
    )


def _invalid() -> ValidationFailed:
    sentence = _("Enter a phone number with its country code, like +49 1512 3456789.")
    return ValidationFailed(sentence, reason="invalid_phone_number", details={FIELD: [sentence]})
