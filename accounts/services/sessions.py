"""Starting, seeing and ending sessions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts import levels
from accounts.events import SessionEnded, SessionStarted
from accounts.models import Session, User
from audit import services as audit
from core import context, crypto
from core.consume import update_returning
from core.statements import Insert, Select, slot

PREFIX = "jnu_se_"
SECRET_LENGTH = len(PREFIX) + 43
SUDO_LIFETIME = timedelta(minutes=15)
SUDO_AMR = frozenset({"pwd", "hwk", "swk"})  # RFC 8176: a password, a key in hardware or software
SEEN_EVERY = timedelta(minutes=1)  # how exact last_seen_at is: not every request needs a write

_SESSIONS = Insert(Session)
_BY_SECRET = Select(
    lambda: Session.objects.select_related("user").filter(secret_hash=slot(Session, "secret_hash"))
)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session and, this once, the secret that goes into the cookie."""

    session: Session
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How and when the person proved to be it: flows into the ID token unchanged."""

    amr: tuple[str, ...]
    auth_time: datetime
    door: str = ""

    def opens_sudo(self, user: User) -> bool:
        """Whether the proof itself opens sudo mode (rule 13): a link or code out of a mailbox does not, nor does
        a password alone where the person has a second factor."""
        if user.has_mfa or levels.MULTIPLE in self.amr:
            return levels.MULTIPLE in self.amr
        return not SUDO_AMR.isdisjoint(self.amr)


def start_session(
    user: User,
    proof: Proof,
    *,
    kind: Session.Kind,
    keep: bool,
    longest: timedelta | None = None,
    now: datetime,
) -> NewSession:
    """Begin a session; call inside the login's transaction. It lives no longer than `longest`, where that is less than
    this service's own."""
    secret = new_secret()
    idle, absolute = _lifetimes(kind, keep=keep)
    absolute = absolute if longest is None else min(absolute, longest)
    request = context.current()
    session = Session(
        user=user,
        kind=kind,
        secret_hash=hash_secret(secret),
        amr=list(proof.amr),
        acr=levels.of(proof.amr),
        door=proof.door,
        sudo_until=proof.auth_time + SUDO_LIFETIME if proof.opens_sudo(user) else None,
        auth_time=proof.auth_time,
        created_at=now,
        last_seen_at=now,
        idle_seconds=int(idle.total_seconds()),
        idle_until=now + idle,
        expires_at=now + absolute,
        ip=request.ip or None,
        user_agent=request.user_agent[:400],
    )
    audit.record(
        SessionStarted(
            actor_type="user",
            actor_id=user.id,
            target_type="session",
            target_id=str(session.id),
            kind=kind,
            amr=proof.amr,
        ),
        _SESSIONS.of(session),
    )
    return NewSession(session, secret)


def find_by_secret(secret: str, *, now: datetime) -> Session | None:
    """The living session of a cookie, marked as seen."""
    if len(secret) != SECRET_LENGTH:
        return None
    session = _BY_SECRET.first(secret_hash=hash_secret(secret))
    if session is None or not session.is_alive(now):
        return None
    mark_seen(session, now=now)
    return session


def mark_seen(session: Session, *, now: datetime) -> None:
    """The session was used; written once a minute. Idleness ends those in browsers only."""
    if now - session.last_seen_at <= SEEN_EVERY:
        return
    session.last_seen_at = now
    changes = {"last_seen_at": now}
    if session.kind == Session.Kind.BROWSER:
        session.idle_until = changes["idle_until"] = now + timedelta(seconds=session.idle_seconds)
    Session.objects.filter(id=session.id, ended_at=None).update(**changes)


def renew_secret(session: Session) -> NewSession:
    """A new cookie for the same session, when its level changes: the old one is dead. Inside a transaction."""
    secret = new_secret()
    session.secret_hash = hash_secret(secret)
    session.save(update_fields=["secret_hash"])
    return NewSession(session, secret)


@transaction.atomic
def end_session(*, user: User, session_id: UUID, reason: str, now: datetime) -> bool:
    """End one session of this person; whether it was alive."""
    return _end(Session.objects.filter(user=user, id=session_id), reason=reason, now=now) == 1


@transaction.atomic
def end_all(user: User, *, reason: str, now: datetime, keep: Session | None = None) -> int:
    """End every session of this person, but for `keep`; how many ended."""
    sessions = Session.objects.filter(user=user)
    return _end(sessions.exclude(id=keep.id) if keep else sessions, reason=reason, now=now)


@transaction.atomic
def end_on_device(*, user: User, device_id: UUID, reason: str, now: datetime) -> int:
    """End the person's sessions in one browser; how many ended."""
    return _end(Session.objects.filter(user=user, device_id=device_id), reason=reason, now=now)


def make_room(user: User, *, now: datetime) -> None:
    """End the least recently used sessions, so that one more makes MAX_SESSIONS at most.

    Call it under the lock of the user's row and before anything is written to the trail, whose lock comes last.
    """
    most = settings.JANUA.max_sessions
    if not most:
        return
    surplus = list(living_sessions(user, now=now).values_list("id", flat=True)[most - 1 :])
    if surplus:
        _end(Session.objects.filter(id__in=surplus), reason="too_many_sessions", now=now)


def living_sessions(user: User, *, now: datetime) -> QuerySet[Session]:
    """The person's sessions, the last used first."""
    return Session.objects.alive(now).filter(user=user, idle_until__gt=now).order_by("-last_seen_at", "-id")


def _end(sessions: QuerySet[Session], *, reason: str, now: datetime) -> int:
    ended = update_returning(sessions.filter(ended_at=None), ended_at=now)
    for session in ended:
        audit.record(
            SessionEnded(
                actor_id=context.current().actor_id,
                target_type="session",
                target_id=str(session.id),
                reason=reason,
            )
        )
    return len(ended)


def _lifetimes(kind: Session.Kind, *, keep: bool) -> tuple[timedelta, timedelta]:
    """(idle, absolute) life. An API session lives as long as its refresh tokens may."""
    options = settings.JANUA
    if kind == Session.Kind.API:
        absolute = timedelta(days=options.refresh_token_absolute_days)
        return absolute, absolute
    if keep:
        return timedelta(days=options.session_keep_days), timedelta(days=options.session_keep_days)
    return timedelta(minutes=options.session_idle_minutes), timedelta(hours=options.session_absolute_hours)


def new_secret() -> str:
    return crypto.new_secret(PREFIX)


def hash_secret(secret: str) -> str:
    """How the secret of a cookie stands in the database."""
    return crypto.keyed_hash("session", secret)
