"""Former passwords: which may not come again (PASSWORD_HISTORY)."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import passwords
from accounts.models import FormerPassword, User
from core.errors import ValidationFailed


def require_new(user: User, password: str, *, field: str) -> None:
    """Refuse the present password and the last ones before it; raises `ValidationFailed`.

    It costs a hash for each: call it once the person has proven to be it.
    """
    remembered = settings.JANUA.password_history
    if not remembered:
        return
    present = [user.password] if user.has_password else []
    former = _newest_first(user).values_list("password", flat=True)[: remembered - 1]
    if any(passwords.is_correct(password, encoded) for encoded in (*present, *former)):
        sentence = _("You used this password before. Choose one that is new to this account.")
        raise ValidationFailed(sentence, reason="password_used_before", details={field: [sentence]})


def remember(user: User, *, now: datetime) -> None:
    """Keep the present password's hash before another replaces it, and forget what is too long ago."""
    kept = max(0, settings.JANUA.password_history - 1)
    if kept and user.has_password:
        FormerPassword.objects.create(user=user, password=user.password, replaced_at=now)
    too_old = _newest_first(user).values_list("id", flat=True)[kept:]
    FormerPassword.objects.filter(id__in=list(too_old)).delete()


def _newest_first(user: User) -> QuerySet[FormerPassword]:
    return FormerPassword.objects.filter(user=user).order_by("-replaced_at", "-id")
