"""'This wasn't me': who gets a mail about a new device can lock everybody out, signed in or not."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import MailedSecretRefused, SignInDisowned
from accounts.models import Device, EmailVerification, PasswordReset, SignInAlarm, User
from accounts.services import mailed, sessions
from audit import services as audit
from core.errors import ValidationFailed


def mail_alarm(user: User, *, now: datetime) -> None:
    """Tell the owner of a sign-in on a new device, with the link that undoes it; inside the login's transaction."""
    letter = mailed.Letter("sign_in_new_device", "/not-me", user.locale)
    mailed.issue(SignInAlarm(user=user, email=user.email), letter, now=now)


def disown(token: str, *, now: datetime) -> str:
    """End every session with its tokens, make the password useless, forget all devices, and mail a reset code.

    Returns the address that the code went to; nothing if the account has another address meanwhile. Raises
    `ValidationFailed` for a link that is wrong, used or older than seven days.
    """
    with transaction.atomic():
        alarm = SignInAlarm.redeem_link(token, now=now)
        mailed_to = _lock_out(alarm, now=now) if alarm else ""
        if alarm is None:
            audit.record(MailedSecretRefused(actor_type="anonymous", result="failure", kind="sign_in_alarm"))
    if alarm is None:
        sentence = _("This link is wrong, was used before, or is older than 7 days.")
        raise ValidationFailed(sentence, reason="invalid_token", details={"token": [sentence]})
    return mailed_to


def _lock_out(alarm: SignInAlarm, *, now: datetime) -> str:
    user = User.objects.select_for_update(no_key=True).get(id=alarm.user_id)
    user.password, user.updated_at = make_password(None), now
    user.save(update_fields=["password", "updated_at"])
    for mailed_secrets in (PasswordReset.objects, EmailVerification.objects, SignInAlarm.objects):
        mailed_secrets.live(now).filter(user=user).update(used_at=now)
    Device.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    is_still_theirs = user.is_active and user.email == alarm.email
    if is_still_theirs:
        letter = mailed.Letter("reset_password", "/password/reset", user.locale)
        mailed.issue(PasswordReset(user=user, email=user.email), letter, now=now)
    ended = sessions.end_all(user, reason="disowned", now=now)
    audit.record(
        SignInDisowned(
            actor_type="user",
            actor_id=user.id,
            target_type="user",
            target_id=str(user.id),
            sessions=ended,
        )
    )
    return user.email if is_still_theirs else ""
