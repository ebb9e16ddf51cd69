"""The door of those whom another provider vouches for.

Who somebody is stands in (connection, subject) and nowhere else. An address only ever leads to an account if it is
proven: by the provider that runs the mailbox, or by a code in it (rule 9). A new account may begin with the word of
another provider; what hangs on the mailbox itself (organizations that take in its domain, invitations that wait for it)
waits for the proof (`User.email_vouched_only`).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import emails
from accounts.models import Identity, Session, User
from accounts.services import addresses, claiming, identities, identity_proofs
from accounts.services.identities import ToldIdentity
from login.attempts import Attempt, Vouched
from login.devices import KnownDevice
from login.outcomes import Outcome, Reason, Refused
from login.services import path
from organizations.services import enrolment

AMR = ("fed",)  # no value of RFC 8176 says it; this one is in common use


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the person comes in with: a browser, perhaps known, or a program."""

    kind: Session.Kind
    device: KnownDevice | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class ProofNeeded:
    """Nobody is in yet: a mailbox must be proven first. `email` is what the provider told, to begin with."""

    handle: str
    email: str


def with_federation(told: ToldIdentity, entry: Entry, *, now: datetime) -> Outcome | ProofNeeded:
    """Let the person in whom the provider vouches for; make an account where there is none."""
    known = identities.find(told)
    if known is not None and (outcome := _known(known, told, entry, now=now)) is not None:
        return outcome
    email = emails.find_canonical(told.email) if told.email_is_verified else None
    if email is None:
        return _proof_needed(told, now=now)
    with transaction.atomic():
        user = claiming.find_locked(email)
        if not told.is_authoritative and (addresses.is_proven(email) or enrolment.is_open_to(email)):
            return _proof_needed(told, now=now)
        return _by_mailbox(email, user, told, entry, is_vouched_only=not told.is_authoritative, now=now)


def with_proven_mailbox(handle: str, code: str, entry: Entry, *, now: datetime) -> Outcome:
    """Go on after `ProofNeeded`, with the mailed code; raises `ValidationFailed` for a wrong one."""
    row = identity_proofs.redeem(handle, code, now=now)
    told = identity_proofs.told_by(row)
    known = identities.find(told)
    # Connected meanwhile: the subject says who it is, not the mailbox.
    if known is not None and (outcome := _known(known, told, entry, now=now)) is not None:
        return outcome
    with transaction.atomic():
        user = claiming.find_locked(row.email)
        return _by_mailbox(row.email, user, told, entry, is_vouched_only=False, now=now)


def _known(identity: Identity, told: ToldIdentity, entry: Entry, *, now: datetime) -> Outcome | None:
    """In by a connected account; None if it was disconnected a moment ago, by whoever disowned this way in."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).filter(id=identity.user_id).first()
        if not Identity.objects.filter(id=identity.id).exists():
            return None
        return _advance(identity.user, Vouched(told=told, is_known=True), entry, now=now)


def _by_mailbox(
    email: str,
    user: User | None,
    told: ToldIdentity,
    entry: Entry,
    *,
    is_vouched_only: bool,
    now: datetime,
) -> Outcome:
    """The mailbox is proven, or vouched for and nobody's yet: into its account, or into a new one."""
    if user is None and not told.allows_sign_up:
        return path.refuse(Refused(Reason.SIGN_UP_CLOSED), None, email=email, door=told.provider)
    is_old = user is not None and addresses.is_proven(email)
    owner = claiming.Owner(
        email=email,
        is_vouched_only=is_vouched_only,
        given_name=told.given_name,
        family_name=told.family_name,
    )
    account = claiming.take(owner, now=now)
    return _advance(account, Vouched(told=told, is_news=is_old), entry, now=now)


def _advance(user: User, vouched: Vouched, entry: Entry, *, now: datetime) -> Outcome:
    attempt = Attempt(
        user=user,
        amr=AMR,
        kind=entry.kind,
        keep=False,
        device=entry.device,
        now=now,
        level=entry.level,
        vouched=vouched,
        by_mailbox=not vouched.is_known,
    )
    return path.advance(attempt, door=vouched.told.provider)


def _proof_needed(told: ToldIdentity, *, now: datetime) -> ProofNeeded:
    suggested = emails.find_canonical(told.email) or ""
    return ProofNeeded(identity_proofs.begin(told, now=now), suggested)
