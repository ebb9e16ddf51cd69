"""A person's own factors that are set up: renamed, removed, all of them at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import by_oneself
from accounts.models import Session, User
from accounts.services import mailed, sudo
from audit import services as audit
from core import mail
from core.errors import Conflict, NotFound
from mfa.events import FactorRenamed, TwoStepDisabled
from mfa.methods import Method
from mfa.models import Factor
from mfa.services import enrolment, factors


def get(user: User, factor_id: UUID) -> Factor:
    """One of the person's confirmed factors; raises `NotFound`, also for somebody else's."""
    factor: Factor | None = Factor.objects.of(user).filter(id=factor_id).first()
    if factor is None:
        raise NotFound(_("There is no such way to confirm your sign-in."))
    return factor


def rename(*, session: Session, factor_id: UUID, name: str | None = None, now: datetime) -> Factor:
    """Give a factor another name, where one is given. Raises `ReauthenticationRequired`, `NotFound`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        factor = get(sudo.lock_person(session, now=now), factor_id)
        if name is None:
            return factor
        factor.name = one_line(name)
        factor.save(update_fields=["name"])
        audit.record(
            FactorRenamed(**by_oneself(session.user_id), method=factor.method, factor_id=str(factor.id))
        )
    return factor


def remove(*, session: Session, factor_id: UUID, now: datetime) -> User:
    """Remove a factor; with the last one two-step sign-in is off. Raises `ReauthenticationRequired`, `NotFound`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        factor = get(user, factor_id)
        change = enrolment.Change(factor_id=factor.id, method=Method(factor.method), name=factor.name)
        factor.delete()
        enrolment.removed(user, change, now=now)
    return user


def disable(*, session: Session, now: datetime) -> None:
    """Turn two-step sign-in off: every factor goes, passkeys stay. Raises `ReauthenticationRequired`, `Conflict`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        if not user.has_mfa:
            raise Conflict(_("Two-step sign-in is off already."), reason="mfa_not_enabled")
        gone = factors.take_all(user, now=now)
        factors.require_may_be_off(user)
        facts = {"security_url": mailed.url("/account/security"), **mailed.circumstances(now)}
        mail.send("two_step_disabled", user.email, facts, locale=user.locale)
        audit.record(TwoStepDisabled(**by_oneself(user.id), methods=gone))


def one_line(name: str) -> str:
    """A name as mails and pages can show it: one line, nothing invisible."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
