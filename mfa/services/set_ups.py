"""Setting a factor up: its row waits, unconfirmed, until the first right code (`mfa.factors.Confirms`)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.events import by_oneself
from accounts.models import Session, User
from accounts.services import sudo
from audit import services as audit
from core import limits, throttle
from core.errors import NotFound, ValidationFailed
from mfa.events import FactorSetUpBegun, FactorSetUpRefused
from mfa.factors import FACTORS, Confirms
from mfa.methods import Method
from mfa.models import Factor
from mfa.services import factors
from mfa.services.enrolment import Change, Enrolled, added

LIFETIME = timedelta(hours=1)


def put_waiting(factor: Factor) -> None:
    """In place of what waited before of the same method. The person's row is locked, a transaction open.

    Raises `Conflict` for a method that the operator does not offer.
    """
    factors.require_offered(Method(factor.method))
    Factor.objects.filter(user=factor.user, method=factor.method, confirmed=False).delete()
    factor.confirmed = False
    factor.save(force_insert=True)
    audit.record(
        FactorSetUpBegun(**by_oneself(factor.user_id), method=factor.method, factor_id=str(factor.id))
    )


def find_waiting(user: User, factor_id: UUID, *, now: datetime) -> Factor | None:
    """The set-up that this person has yet to finish, within an hour."""
    rows = Factor.objects.filter(user=user, confirmed=False, created_at__gt=now - LIFETIME)
    found: Factor | None = rows.filter(id=factor_id).first()
    return found


def confirm(*, session: Session, factor_id: UUID, code: str, now: datetime) -> Enrolled:
    """Finish it with the first code, in canonical form; of parallel ones exactly one does.

    Raises `ReauthenticationRequired`, `NotFound`, `ValidationFailed`, `RateLimited`.
    """
    sudo.require(session, now=now)
    if find_waiting(session.user, factor_id, now=now) is None:
        raise _is_over()
    key = str(session.user_id)
    throttle.require(limits.FACTOR_SETUP_ACCOUNT, key, now=now)
    with transaction.atomic():
        enrolled = _confirm(session, factor_id, code, now=now)
    if enrolled is None:
        sentence = _("This code is wrong or has expired. Enter the newest one.")
        raise ValidationFailed(sentence, reason="invalid_code", details={"code": [sentence]})
    throttle.clear(limits.FACTOR_SETUP_ACCOUNT, key)
    return enrolled


def _confirm(session: Session, factor_id: UUID, code: str, *, now: datetime) -> Enrolled | None:
    user = sudo.lock_person(session, now=now)
    factor = find_waiting(user, factor_id, now=now)
    if factor is None:
        raise _is_over()
    method = Method(factor.method)
    kind = FACTORS[method]
    assert isinstance(kind, Confirms)
    amr = kind.confirms(factor, code, holder=f"session:{session.id}", now=now)
    if amr is None:
        audit.record(
            FactorSetUpRefused(
                **by_oneself(user.id), result="failure", method=method, factor_id=str(factor.id)
            )
        )
        return None
    factor.confirmed = True
    factor.save(update_fields=["confirmed"])
    change = Change(factor_id=factor.id, method=method, name=factor.name)
    return added(session, user, change, amr=amr, now=now)


def _is_over() -> NotFound:
    return NotFound(_("This set-up is over. Begin again."))
