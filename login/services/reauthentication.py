"""The fresh proof that opens sudo mode, by the strongest thing that the person has (rule 13).

With two-step sign-in on only a second factor or a passkey opens it. Who has a passkey without that may use it, or the
password. Who has neither confirms with a code mailed for this very session; nobody else does.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import levels, passwords
from accounts.events import SudoCodeSent
from accounts.models import Session, SudoCode
from accounts.services import mailed, sudo
from accounts.services.sessions import NewSession
from audit import services as audit
from core import limits, throttle
from core.errors import AuthenticationFailed, Conflict, ValidationFailed
from login.devices import KnownDevice
from login.outcomes import Reason, Refused
from login.services.guesses import guess
from mfa.factors import Answer
from mfa.methods import Method
from mfa.models import WebAuthnChallenge
from mfa.services import factors, passkeys, resets

MAILBOX_AMR = frozenset({"otp"})  # of a session that began with a code or link by mail, and nothing more


class Way(StrEnum):
    """How people without a second factor confirm."""

    PASSWORD = "password"
    MAILED_CODE = "mailed_code"


Ways = tuple[Method | Way, ...]


def ways_of(session: Session, *, level: str = "", now: datetime) -> Ways:
    """What confirms in this session and reaches the `level`, the last used factor first; perhaps nothing does."""
    user = session.user
    methods = factors.methods_of(user, now=now)
    counting = tuple(each for each in methods if _adds_to(session, each) and _reaches(each, level))
    if user.has_mfa or level not in ("", levels.ONE_FACTOR):
        return counting
    if user.has_password and not user.password_reset_required:  # that one proves nothing any more
        return (*counting, Way.PASSWORD)
    return counting or (Way.MAILED_CODE,)


def is_done(session: Session, *, level: str = "", now: datetime) -> bool:
    """Whether there is nothing to confirm: sudo mode is open, at that level."""
    return sudo.is_open(session, now=now) and levels.meets(session.acr, level or levels.ONE_FACTOR)


def holder_of(session: Session) -> str:
    """What codes and challenges for this session are bound to (`mfa.factors`)."""
    return f"session:{session.id}"


def send(session: Session, way: Method | Way, *, level: str = "", now: datetime) -> None:
    """Send the code of a way that needs one; raises `RateLimited`, and `Conflict` where it is no way of this session."""
    if way not in ways_of(session, level=level, now=now):
        raise _not_this_way()
    if way is Way.MAILED_CODE:
        return _mail_code(session, now=now)
    if way is Way.PASSWORD or not factors.send(session.user, way, holder=holder_of(session), now=now):
        raise _not_this_way()
    return None


def passkey_options(session: Session, *, level: str = "", now: datetime) -> dict[str, Any]:
    """What a passkey or security key of the person has to sign. Raises `RateLimited`, `Conflict`."""
    if Method.PASSKEY not in ways_of(session, level=level, now=now):
        raise _not_this_way()
    throttle.require(limits.PASSKEY_OPTIONS_IP, throttle.visitor(), now=now)
    purpose = WebAuthnChallenge.Purpose.CONFIRM
    return passkeys.begin_authentication(
        purpose=purpose, holder=holder_of(session), user=session.user, now=now
    )


def confirm_with_factor(
    session: Session, given: Answer, *, device: KnownDevice | None = None, level: str = "", now: datetime
) -> NewSession:
    """Open sudo mode and lift the session to the factor's level; its cookie is renewed. Raises `AuthenticationFailed`.

    The guess counts as one at a sign-in does; raises `RateLimited`.
    """
    renewed: NewSession | None = guess(
        given.method,
        session.user,
        device,
        lambda: _with_factor(session, given, level=level, now=now),
        is_right=lambda found: found is not None,
        now=now,
    )
    if renewed is None:
        raise _wrong(given.method)
    return renewed


@transaction.atomic
def _with_factor(session: Session, given: Answer, *, level: str, now: datetime) -> NewSession | None:
    session.user = sudo.lock_person(session, now=now)
    accepted = None
    if given.method in ways_of(session, level=level, now=now):
        accepted = factors.verify(session.user, given, holder=holder_of(session), now=now)
    if accepted is None:
        sudo.record_failure(session, by=given.method)
        return None
    renewed = sudo.open_for(session, by=accepted.method, factor=accepted.amr, now=now)
    resets.end_by_factor(session.user, now=now)
    return renewed


def confirm_with_password(session: Session, password: str, *, level: str = "", now: datetime) -> NewSession:
    """Open sudo mode with the password. Raises `AuthenticationFailed`; `Conflict` where a password does not count, and
    then it is not looked at."""
    if Way.PASSWORD not in ways_of(session, level=level, now=now):
        raise _not_this_way()
    key = f"sudo:{session.user_id}"
    throttle.require(limits.LOGIN_ACCOUNT, key, now=now)
    is_right = passwords.is_correct(password, session.user.password)
    if not is_right:
        sudo.record_failure(session, by=Way.PASSWORD)
        sentence = _("The password is not right.")
        raise AuthenticationFailed(sentence, reason="invalid_credentials", details={"password": [sentence]})
    throttle.clear(limits.LOGIN_ACCOUNT, key)
    return _open(session, Way.PASSWORD, level=level, now=now)


def _mail_code(session: Session, *, now: datetime) -> None:
    """Mail a code that opens sudo mode of this session; the ones before work no more."""
    user = session.user
    throttle.require(limits.MAIL_ADDRESS, user.email, now=now)
    with transaction.atomic():
        SudoCode.objects.live(now).filter(session=session).update(used_at=now)
        letter = mailed.Letter("confirm_code", "/account/confirm", user.locale)
        mailed.issue(SudoCode(session=session, email=user.email), letter, now=now)
        audit.record(
            SudoCodeSent(
                actor_type="user", actor_id=user.id, target_type="session", target_id=str(session.id)
            )
        )


def confirm_with_mailed_code(session: Session, code: str, *, now: datetime) -> NewSession:
    """Open sudo mode with the mailed code. Raises `ValidationFailed`."""
    user = session.user
    key = f"sudo:{user.id}"  # strangers who guess at the door of the mailbox use up nothing here
    throttle.require(limits.CODE_ADDRESS, key, now=now)
    with transaction.atomic():
        # Whoever chose a password meanwhile confirms with that; whoever changed the address gets a new code.
        rows = SudoCode.objects.filter(session=session, email=user.email)
        is_way = Way.MAILED_CODE in ways_of(session, now=now)
        is_right = is_way and SudoCode.redeem_code(rows, code, now=now) is not None
    if not is_right:
        sudo.record_failure(session, by=Way.MAILED_CODE)
        sentence = _("This code is wrong, was used before, or has expired. Ask for a new one.")
        raise ValidationFailed(sentence, reason="invalid_code", details={"code": [sentence]})
    throttle.clear(limits.CODE_ADDRESS, key)
    return _open(session, Way.MAILED_CODE, now=now)


@transaction.atomic
def _open(session: Session, way: Way, *, level: str = "", now: datetime) -> NewSession:
    """Open it, unless the person was locked out or turned two-step sign-in on since the proof was looked at."""
    session.user = sudo.lock_person(session, now=now)
    if way not in ways_of(session, level=level, now=now):
        raise _not_this_way()
    return sudo.open_for(session, by=way, now=now)


def _adds_to(session: Session, method: Method) -> bool:
    """One mailbox counts once: its code proves nothing in a session that began with a code or link by mail."""
    return method != Method.EMAIL or not MAILBOX_AMR.issuperset(session.amr)


def _reaches(method: Method, level: str) -> bool:
    reached = levels.PHISHING_RESISTANT if method == Method.PASSKEY else levels.TWO_FACTORS
    return levels.meets(reached, level or levels.ONE_FACTOR)


def _wrong(method: Method) -> AuthenticationFailed:
    sentence = Refused(Reason.WRONG_FACTOR, method=method).sentence
    details = {} if method == Method.PASSKEY else {"code": [sentence]}
    return AuthenticationFailed(sentence, reason=Reason.WRONG_FACTOR, details=details)


def _not_this_way() -> Conflict:
    return Conflict(_("Confirm in one of the ways that are offered."), reason="another_way_required")
