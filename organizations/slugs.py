"""An organization's name in addresses: lower-case ASCII, as a DNS label, so that it may become one."""

import re
import unicodedata

from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.errors import ValidationFailed

MIN_LENGTH, MAX_LENGTH = 2, 63
FORM = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?!-))*[a-z0-9]")
LIKE_AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Words that an address of ours, a host of an installation, or somebody who pretends to be one would use.
RESERVED = frozenset(
    """
    about account accounts admin administrator api app apps assets auth avatars billing blog cdn console contact
    dashboard default delete demo dev developer developers docs edit email help home host health id identity
    invitation invitations invite janua jwks legal localhost login logo logos logout mail me members mfa new none null
    oauth oidc openid operator operators organization organizations owner passkey passkeys password policies postmaster
    pricing privacy profile public register root saml scim search security self session sessions settings shop sign-in
    sign-out sign-up signin signout signup smtp sso static status support switch system team teams terms test token
    tokens undefined user userinfo users verify webmaster well-known www
    """.split()  # noqa: SIM905 - as words they can be read
)


def canonical(text: str) -> str:
    """The one form in which a slug is kept and compared. Raises `ValidationFailed`."""
    slug = unicodedata.normalize("NFKC", text).strip().lower()
    if not MIN_LENGTH <= len(slug) <= MAX_LENGTH or not FORM.fullmatch(slug) or LIKE_AN_ID.fullmatch(slug):
        raise _refused(
            _("Use 2 to 63 letters from a to z, digits, and single hyphens between them."), "bad_slug"
        )
    if slug in RESERVED:
        raise _refused(_("This name is reserved. Choose another one."), "slug_reserved")
    return slug


def may_name(text: str) -> bool:
    """Whether a slug, or an id in its one written form, can look like this; reserved words are slugs too."""
    return len(text) <= MAX_LENGTH and FORM.fullmatch(text) is not None


def suggested(name: str) -> str:
    """What the name looks like as a slug; empty where nothing of it can stand in one."""
    slug = slugify(name)[:MAX_LENGTH].strip("-_").replace("_", "-")
    slug = re.sub("-{2,}", "-", slug)
    try:
        return canonical(slug)
    except ValidationFailed:
        return ""


def _refused(sentence: str, reason: str) -> ValidationFailed:
    return ValidationFailed(sentence, reason=reason, details={"slug": [sentence]})
