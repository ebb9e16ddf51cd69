"""Who is an operator: the exact domain of a verified address AND the role. Read from the row, never remembered."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.emails import domain_of
from accounts.models import User
from core.errors import NotAllowed


def require_operator(user: User) -> None:
    """The first line of what only operators may ask; raises `NotAllowed`."""
    if not is_operator(user):
        raise NotAllowed(_("Only operators of this service may do this."), reason="not_an_operator")


def is_operator(user: User) -> bool:
    """Whether this person may run the installation, on pages and over the API alike."""
    return (
        user.is_active
        and user.email_verified
        and domain_of(user.email) in settings.JANUA.allowed_admin_domains
        and user.role in settings.JANUA.allowed_admin_roles
        and user.role != ""
    )
