"""Second factors: which a person has, and whether an answer is right."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import levels, two_step
from accounts.models import User
from accounts.services import devices
from core import sms
from core.errors import Conflict
from mfa.factors import FACTORS, MAILBOX, Answer, FactorType, SendsCodes
from mfa.methods import Method
from mfa.models import Factor, FactorReset, Passkey, RecoveryCode, WebAuthnChallenge


@dataclass(frozen=True, slots=True)
class Accepted:
    """A right answer: which method, and its `amr` (RFC 8176). `is_factor`: it counts as a second factor."""

    method: Method
    amr: tuple[str, ...]
    is_factor: bool

    def beside(self, proven: Collection[str]) -> tuple[str, ...]:
        """What was proven so far, and this."""
        if self.is_factor:
            return levels.with_factor(proven, self.amr)
        return tuple(dict.fromkeys((*proven, *self.amr)))


def methods_of(user: User, *, now: datetime) -> tuple[Method, ...]:
    """What the person may answer with, the last used first; recovery codes last of all."""
    used = {
        method: when
        for method, factor in FACTORS.items()
        if is_offered(method) and (when := factor.may_answer(user, now=now))
    }
    return tuple(
        sorted(used, key=lambda method: (method != Method.RECOVERY_CODE, used[method]), reverse=True)
    )


def is_offered(method: Method) -> bool:
    """Whether the operator of this service lets people add and use it, and there is somebody to carry its codes;
    recovery codes always work."""
    if method == Method.SMS and not sms.is_available():
        return False
    return method == Method.RECOVERY_CODE or method.value in settings.JANUA.mfa_methods


def require_offered(method: Method) -> None:
    """Raises `Conflict` for a method that people may not add."""
    if not is_offered(method):
        raise Conflict(_("This way to confirm sign-ins is not offered here."), reason="method_not_offered")


def plug_in(user: User, method: Method) -> FactorType | None:
    """What looks at this person's answers; None for a method that is not offered. Codes by mail of who has no second
    factor are those of `MAILBOX`."""
    if method == Method.EMAIL and not user.has_mfa:
        return MAILBOX
    return FACTORS.get(method) if is_offered(method) else None


def verify(user: User, answer: Answer, *, holder: str, now: datetime) -> Accepted | None:
    """Use a right answer up; None for a wrong one. Throttle before: this looks at every answer.

    The person's row is locked first, so of parallel uses of one code exactly one wins.
    """
    factor = plug_in(user, answer.method)
    if factor is None:
        return None
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(id=user.id)
        amr = factor.accepts(user, answer, holder=holder, now=now)
    return None if amr is None else Accepted(answer.method, amr, is_factor=factor is not MAILBOX)


def send(user: User, method: Method, *, holder: str, now: datetime) -> bool:
    """Send the code of a method that sends one; False for a method that does not. Raises `RateLimited`."""
    factor = FACTORS.get(method)
    if not isinstance(factor, SendsCodes):
        return False
    factor.send(user, holder=holder, now=now)
    return True


def require_may_be_off(user: User) -> None:
    """After a person removed a second factor: whoever must have one keeps the last. Raises `Conflict`, which takes it back."""
    if two_step.is_required(user) and not _has_any(user):
        sentence = _("This service asks for two-step sign-in. Add another way first, then remove this one.")
        raise Conflict(sentence, reason="mfa_required")


def note_enrolment(user: User, *, now: datetime) -> None:
    """Keep `User.mfa_enabled_at` true after a factor came or went; in its transaction, the person's row locked.

    Without a factor the recovery codes go too, which are of use beside one only, a reset that waits, and what
    browsers were spared: the next factor is asked for everywhere.
    """
    has_any = _has_any(user)
    if has_any == user.has_mfa:
        return
    user.mfa_enabled_at = now if has_any else None
    User.objects.filter(id=user.id).update(mfa_enabled_at=user.mfa_enabled_at)
    if not has_any:
        RecoveryCode.objects.filter(user=user).delete()
        resets = FactorReset.objects.filter(user=user, ended_at=None)
        resets.update(ended_at=now, outcome=FactorReset.Outcome.NOT_NEEDED)
        devices.end_trust(user=user, now=now)


def take_all(user: User, *, now: datetime) -> tuple[str, ...]:
    """Every factor and security key goes, and with them the recovery codes; passkeys stay. The methods that went.

    In a transaction, the person's row locked.
    """
    methods = set(Factor.objects.of(user).values_list("method", flat=True))
    Factor.objects.filter(user=user).delete()
    keys, _rows = Passkey.objects.filter(user=user, kind=Passkey.Kind.SECURITY_KEY).delete()
    note_enrolment(user, now=now)
    return tuple(sorted({*methods, *([Method.PASSKEY.value] if keys else [])}))


def _has_any(user: User) -> bool:
    """A suspended key still counts: a copied one must not turn two-step sign-in off."""
    keys = Passkey.objects.filter(user=user, confirmed=True, kind=Passkey.Kind.SECURITY_KEY)
    return Factor.objects.of(user).exists() or keys.exists()


def drop(user: User, since: datetime | None, now: datetime) -> None:
    """The account was in wrong hands: whatever the stranger may have made goes, and every passkey, which signs in alone.

    A second factor from before they can have come (`since`) stays: a link out of the mailbox must not take away at once
    what a reset by mail takes days for.
    """
    kept, keys = Factor.objects.none(), Passkey.objects.none()
    if since is not None:
        kept = Factor.objects.of(user).filter(created_at__lt=since)
        keys = Passkey.objects.filter(user=user, kind=Passkey.Kind.SECURITY_KEY, created_at__lt=since)
        RecoveryCode.objects.filter(user=user, created_at__gte=since).delete()
    Factor.objects.filter(user=user).exclude(id__in=[each.id for each in kept]).delete()
    Passkey.objects.filter(user=user).exclude(id__in=[each.id for each in keys]).delete()
    WebAuthnChallenge.objects.filter(user=user).delete()
    note_enrolment(user, now=now)
    resets = FactorReset.objects.filter(user=user, ended_at=None)
    resets.update(ended_at=now, outcome=FactorReset.Outcome.CANCELLED)


def signs_in(user: User, besides: UUID | None = None) -> bool:
    """Whether the person has a passkey, another than that one: it signs in by itself."""
    return (
        Passkey.objects.of(user)
        .filter(kind=Passkey.Kind.PASSKEY)
        .exclude(id__in=[besides] if besides else [])
        .exists()
    )
