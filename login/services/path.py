"""The one way into Janua. Pages, the API and single sign-on all come through here.

A door only proves something and then enters `advance`. Refusals are returned, not raised: raising
would take the audit line back with the transaction.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts import levels
from accounts.models import Session, User
from accounts.services import alarms, recovery, sessions
from audit import services as audit
from core import crypto
from core.statements import Select, Update, slot
from login.attempts import Attempt
from login.events import LoginChallenged, LoginRefused, LoginSucceeded
from login.models import LoginAttempt
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.services import vouching
from login.steps import STEPS, FactorNeeded
from mfa.methods import Method
from mfa.services import resets
from organizations import policies
from organizations.services import enrolment

# Without `no_key` it would deadlock with a parallel act of the person, whose foreign keys are checked at its commit
# while it holds the audit chain.
_LOCKED = Select(lambda: User.objects.select_for_update(no_key=True).filter(id=slot(User, "id")))
_LAST_LOGIN = Update(lambda: User.objects.filter(id=slot(User, "id")), last_login=slot(User, "last_login"))


def advance(attempt: Attempt, *, door: str) -> Outcome:
    """Every login's way in: the steps, then session and audit line in one transaction."""
    with transaction.atomic():
        # Read again under a lock: who was suspended, or got another password, during the slow hash does not get in.
        user = _LOCKED.one(id=attempt.user.id)
        if "pwd" in attempt.amr and user.password_changed_at != attempt.user.password_changed_at:
            # Reset, disowned or claimed since: what was proven is not the password any more.
            return refuse(Refused(Reason.INVALID_CREDENTIALS), user, email=user.email, door=door)
        attempt = replace(attempt, user=user, door=door, policy=policies.for_user(user))
        for step in STEPS:
            match step(attempt):
                case Refused() as refused:
                    return refuse(refused, user, email=user.email, door=door)
                case FactorNeeded(methods):
                    return _wait(attempt, methods, door=door)
                case None:
                    continue
        if not vouching.still_holds(attempt.vouched, user):
            return refuse(Refused(Reason.ATTEMPT_OVER), user, email=user.email, door=door)
        proof = sessions.Proof(amr=attempt.amr, auth_time=attempt.now, door=door)
        sessions.make_room(user, now=attempt.now)
        vouching.keep(attempt.vouched, user, now=attempt.now)
        if levels.MULTIPLE in attempt.amr:
            resets.end_by_factor(user, now=attempt.now)
        has_offers = enrolment.at_sign_in(user, now=attempt.now)
        new = sessions.start_session(
            user,
            proof,
            kind=attempt.kind,
            keep=attempt.keep,
            longest=attempt.policy.longest_session,
            now=attempt.now,
        )
        _tell_of_new_device(attempt)
        audit.record(
            LoginSucceeded(
                actor_type="user",
                actor_id=user.id,
                target_type="user",
                target_id=str(user.id),
                door=door,
                amr=attempt.amr,
            ),
            _LAST_LOGIN.of(id=user.id, last_login=attempt.now),
        )
        return SignedIn(new, has_offers)


def _wait(attempt: Attempt, methods: tuple[Method, ...], *, door: str) -> ChallengeRequired:
    """No session yet: only `login.services.challenge` goes on with this login."""
    secret = crypto.new_secret(LoginAttempt.PREFIX)
    row = LoginAttempt.objects.create(
        user=attempt.user,
        secret_hash=LoginAttempt.hash_of(secret),
        amr=list(attempt.amr),
        by_mailbox=attempt.by_mailbox,
        door=door,
        kind=attempt.kind,
        keep=attempt.keep,
        vouched=vouching.sealed(attempt.vouched),
        password_changed_at=attempt.user.password_changed_at,
        created_at=attempt.now,
        expires_at=attempt.now + LoginAttempt.LIFETIME,
    )
    audit.record(
        LoginChallenged(
            actor_type="user",
            actor_id=attempt.user.id,
            target_type="user",
            target_id=str(attempt.user.id),
            door=door,
            amr=attempt.amr,
            attempt_id=str(row.id),
        )
    )
    return ChallengeRequired(secret, methods, int(LoginAttempt.LIFETIME.total_seconds()))


def mail_what_is_missing(outcome: Outcome, user: User, *, now: datetime) -> Outcome:
    """After a right password that may only be replaced: the code to do so. Throttled, so not in the transaction."""
    if outcome == Refused(Reason.PASSWORD_RESET_REQUIRED):
        recovery.mail_required_reset(user, now=now)
    return outcome


def _tell_of_new_device(attempt: Attempt) -> None:
    """Somebody signs in where this person never did: the owner should know. Not at the very first sign-in."""
    user = attempt.user
    if attempt.kind != Session.Kind.BROWSER or attempt.is_known_device or user.last_login is None:
        return
    alarms.mail_alarm(user, now=attempt.now)


def refuse(refused: Refused, user: User | None, *, email: str, door: str) -> Refused:
    with transaction.atomic():
        audit.record(
            LoginRefused(
                actor_type="anonymous",
                target_type="user",
                target_id=str(user.id) if user else "",
                result="failure",
                door=door,
                reason=refused.reason,
                email=email[:254],
            )
        )
    return refused
