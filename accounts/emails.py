"""An email address has one form, made once, at the edge."""

import unicodedata

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from core.errors import ValidationFailed

MAX_LENGTH = 254
MAX_LOCAL_LENGTH = 64  # RFC 5321 section 4.5.3.1.1
FIELD = "email"


def canonical(text: str) -> str:
    """The canonical form: lower case, ASCII, A-label domain (RFC 5321, RFC 5891).

    Look-alike forms (full-width letters, control characters, a final dot, quoted local parts) are refused
    rather than mapped: two spellings must never be one account. Raises `ValidationFailed`.
    """
    if text != unicodedata.normalize("NFKC", text) or len(text) > MAX_LENGTH or text.endswith("."):
        raise _invalid()
    try:
        address = validate_email(
            text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except EmailNotValidError:
        raise _invalid() from None
    domain = address.ascii_domain.lower()
    if len(address.local_part) > MAX_LOCAL_LENGTH or ("." not in domain and domain != "localhost"):
        raise _invalid()
    return f"{address.local_part}@{domain}".lower()


def find_canonical(text: str) -> str | None:
    """The canonical form, or None: for lookups, where a bad address is simply nobody's."""
    try:
        return canonical(text)
    except ValidationFailed:
        return None


def domain_of(address: str) -> str:
    """The domain of a canonical address; nothing for what is no address."""
    return address.rpartition("@")[2] if "@" in address else ""


def _invalid() -> ValidationFailed:
    sentence = _("Enter an email address like name@example.com.")
    return ValidationFailed(sentence, reason="invalid_email", details={FIELD: [sentence]})
