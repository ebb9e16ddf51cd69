"""The door of the mailbox: a mailed code or link signs in without a password.

Both are bound to whoever asked, by an id that only the asker holds: a link that is forwarded, or opened by
the wrong person because a stranger asked for it, opens nothing. The id is the address, sealed, so that guesses
count for the address whether or not it has an account.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts import emails
from accounts.models import Session, SignInCode, User
from accounts.services import addresses, claiming, mailed
from audit import services as audit
from core import crypto, limits, throttle
from core.errors import NotFound
from login.attempts import Attempt
from login.devices import KnownDevice
from login.events import SignInCodeRequested
from login.outcomes import Outcome, Reason, Refused
from login.services import path

CODE, LINK = "magic_code", "magic_link"
# RFC 8176 has no name for a secret out of a mailbox; a one-time password is what both are. It is not among
# `sessions.SUDO_AMR`: whoever reads the mail does not yet change the password.
AMR = ("otp",)
MAX_ASKER_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """The same for every address. `asker` comes back with the code, or nothing happens."""

    asker: str
    expires_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailedProof:
    """The code or the link's token out of the mail, and the id of whoever asked for it."""

    asker: str
    code: str = ""
    token: str = ""
    kind: Session.Kind
    keep: bool = False
    device: KnownDevice | None = None
    level: str = ""

    @property
    def door(self) -> str:
        return CODE if self.code else LINK


def require_on() -> None:
    """Raises `NotFound` where the operator closed this door."""
    if settings.JANUA.magic_link == "off":
        raise NotFound("There is no sign-in by mail here.")


def request_code(email: str, *, device: KnownDevice | None = None, now: datetime) -> Asked:
    """Mail a code and a link to the owner of the address. Whether there is one cannot be told from here.

    Only a proven mailbox: an account that somebody made with this address and never proved is claimed by
    signing up, which drops what was set before. Raises `ValidationFailed`, `RateLimited`.
    """
    require_on()
    address = emails.canonical(email)
    user = User.objects.find_by_email(address)
    bucket, key = _bucket(limits.MAIL_ADDRESS, limits.MAIL_DEVICE, device, user, address)
    throttle.require(bucket, key, now=now)
    throttle.require(limits.MAIL_IP, throttle.visitor(), now=now)
    asker = crypto.seal("sign-in-asker", address)
    with transaction.atomic():
        with transaction.atomic():
            row = SignInCode(user=user, email=address, asker_hash=SignInCode.hash_of_asker(asker))
            letter = mailed.Letter("sign_in_code", "/login/link", user.locale if user else "")
            mailed.issue(row, letter, now=now)
            if user is None or not user.is_active or not user.email_verified:
                transaction.set_rollback(True)  # the same work, taken back: time tells nothing either
        target_id = str(user.id) if user else ""
        audit.record(
            SignInCodeRequested(
                actor_type="anonymous", target_type="user", target_id=target_id, email=address
            )
        )
    return Asked(asker, int(SignInCode.LIFETIME.total_seconds()))


def with_mailed_secret(proof: MailedProof, *, now: datetime) -> Outcome:
    """Begin a login with what the mail said. Unknown addresses and wrong codes look the same."""
    require_on()
    address = _address_of(proof.asker)
    known = User.objects.find_by_email(address)
    counted = _counters(proof, known, address)
    for limit, key in counted:
        verdict = throttle.hit(limit, key, now=now)
        if not verdict.allowed:
            refused = Refused(Reason.RATE_LIMITED, verdict.retry_after_seconds)
            return path.refuse(refused, known, email=address, door=proof.door)
    outcome = _redeem(proof, known, address, now=now)
    if not isinstance(outcome, Refused):
        for limit, key in counted:
            if limit in (limits.LOGIN_IP, limits.LOGIN_GLOBAL):
                throttle.refund(limit, key)
            else:
                throttle.clear(limit, key)
    return outcome


def _redeem(proof: MailedProof, known: User | None, address: str, *, now: datetime) -> Outcome:
    """Use the secret up and go in, in one transaction."""
    with transaction.atomic():
        # The person before the code, as a password reset does it: they would wait for each other.
        people = User.objects.select_for_update(no_key=True)
        user = people.filter(id=known.id).first() if known else None
        rows = SignInCode.objects.filter(asker_hash=SignInCode.hash_of_asker(proof.asker))
        if proof.code:
            row = SignInCode.redeem_code(rows, proof.code, now=now)
        else:
            row = SignInCode.redeem_link(proof.token, among=rows, now=now)
        is_theirs = row is not None and user is not None and row.user_id == user.id
        if user is None or not is_theirs or not addresses.is_of(user, address):
            return path.refuse(Refused(Reason.INVALID_CODE), user, email=address, door=proof.door)
        claiming.note_proof(user, address, now=now)
        attempt = Attempt(
            user=user,
            amr=AMR,
            kind=proof.kind,
            keep=proof.keep,
            device=proof.device,
            now=now,
            level=proof.level,
            by_mailbox=True,
        )
        return path.advance(attempt, door=proof.door)


def _counters(proof: MailedProof, user: User | None, address: str) -> list[tuple[throttle.Limit, str]]:
    """What a guess counts for. A link cannot be guessed: a stranger's wrong codes do not shut it."""
    everybody = [(limits.LOGIN_IP, throttle.visitor()), (limits.LOGIN_GLOBAL, "")]
    if not proof.code:
        return everybody
    account = str(user.id) if user else address  # whichever of their addresses was typed (S097)
    bucket = _bucket(limits.CODE_ADDRESS, limits.CODE_DEVICE, proof.device, user, account)
    return [bucket, *everybody]


def _bucket(
    general: throttle.Limit, own: throttle.Limit, device: KnownDevice | None, user: User | None, address: str
) -> tuple[throttle.Limit, str]:
    """A browser that the person signed in on has counts of its own: strangers cannot use those up."""
    if device and user and device.knows(user):
        return own, f"{device.id}:{user.id}"
    return general, address


def _address_of(asker: str) -> str:
    """The address that the asker's id was made for; nobody's for what is no id of ours."""
    if len(asker) > MAX_ASKER_LENGTH or not asker.isascii():
        return ""
    try:
        return crypto.unseal("sign-in-asker", asker)
    except crypto.Unsealable:
        return ""
