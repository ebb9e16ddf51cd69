"""'This wasn't me': who gets a mail about a new device can lock everybody out, signed in or not."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import MailedSecretRefused, SignInDisowned
from accounts.models import PasswordReset, SignInAlarm, User
from accounts.services import addresses, deletion, mailed, primary_email, sessions, ways_in
from audit import services as audit
from core.errors import ValidationFailed


def mail_alarm(user: User, *, now: datetime) -> None:
    """Tell the owner of a sign-in on a new device, with the link that undoes it; inside the login's transaction."""
    letter = mailed.Letter("sign_in_new_device", "/not-me", user.locale)
    mailed.issue(SignInAlarm(user=user, email=user.email), letter, now=now)


def disown(token: str, *, now: datetime) -> str:
    """End every session with its tokens, make the password useless, forget all devices and connected accounts, and
    mail a reset code.

    Where somebody replaced the address since, and its owner could still take that back, it is taken back. Returns the
    address that the code went to; nothing if the account has another address meanwhile. Raises `ValidationFailed` for
    a link that is wrong, used or older than seven days.
    """
    seen = (
        SignInAlarm.objects.filter(link_hash=SignInAlarm.hash_of_link(token)).select_related("user").first()
    )
    with transaction.atomic():
        if seen:
            # The addresses and the person before the link, as a reset does it: they would wait for each other.
            addresses.lock(seen.email, seen.user.email)
            User.objects.select_for_update(no_key=True).filter(id=seen.user_id).first()
        alarm = SignInAlarm.redeem_link(token, now=now)
        mailed_to = _lock_out(alarm, now=now) if alarm else ""
        if alarm is None:
            audit.record(MailedSecretRefused(actor_type="anonymous", result="failure", kind="sign_in_alarm"))
    if alarm is None:
        sentence = _("This link is wrong, was used before, or is older than 7 days.")
        raise ValidationFailed(sentence, reason="invalid_token", details={"token": [sentence]})
    return mailed_to


def _lock_out(alarm: SignInAlarm, *, now: datetime) -> str:
    user = User.objects.get(id=alarm.user_id)
    change = primary_email.find_change_from(user, alarm.email, now=now)
    ended = sessions.end_all(user, reason="disowned", now=now)
    user.password, user.password_changed_at, user.updated_at = make_password(None), now, now
    user.save(update_fields=["password", "password_changed_at", "updated_at"])
    ways_in.drop(user, mailbox=alarm.email, since=alarm.created_at, now=now)
    deletion.keep(user, now=now)
    is_taken_back = change is not None and primary_email.take_back(change, now=now) is not None
    is_still_theirs = user.is_active and (is_taken_back or user.email == alarm.email)
    if is_still_theirs and not is_taken_back:
        letter = mailed.Letter("reset_password", "/password/reset", user.locale)
        mailed.issue(PasswordReset(user=user, email=user.email), letter, now=now)
    audit.record(
        SignInDisowned(
            actor_type="user",
            actor_id=user.id,
            target_type="user",
            target_id=str(user.id),
            sessions=ended,
        )
    )
    return alarm.email if is_still_theirs else ""
