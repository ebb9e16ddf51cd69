"""Signing keys: next, current, retired, revoked; and the ring that each process keeps of them.

A key is published as `next` before it signs, and stays published after it signed its last token until
that token is dead: whoever caches the JWKS never meets an unknown key.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings
from django.db import IntegrityError, transaction

from audit import services as audit
from core import clock
from core.errors import Conflict, NotFound
from core.purging import purge_rows
from tokens.events import SigningKeyRevoked, SigningKeyRotated
from tokens.models import SigningKey
from tokens.services import key_pairs
from tokens.services.key_pairs import Key
from tokens.services.signatures import Signature, prepare

SIGNING_ALGORITHMS = ("RS256", "ES256", "PS256")
LONGEST_TOKEN = timedelta(hours=24)  # no option and no client may let access or ID tokens live longer
RING_SECONDS = 1.0
SPREAD = timedelta(seconds=5)
"""Until a change of the keys is committed and every process has seen it: `RING_SECONDS`, and some for a slow machine."""

S = SigningKey.State


@dataclass(frozen=True, slots=True)
class RingKey:
    """A key ready for use: parsing an RSA key costs as much as a hundred signatures."""

    kid: str
    algorithm: str
    key: Key
    signature: Signature


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of this moment: those that sign, by algorithm, those that verify, and what the JWKS shows.

    `remembered` has the retired ones past their grace too: they only tell what was once ours.
    """

    signing: dict[str, RingKey]
    verifying: dict[str, RingKey]
    remembered: dict[str, RingKey]
    jwks: tuple[dict[str, str], ...]

    @property
    def current(self) -> RingKey:
        """What signs where nobody asks for an algorithm."""
        return self.signing[settings.JANUA.jwt_algorithm]


class _Cache:
    """The ring of this process, read again from the database each second at most."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ring: Ring | None = None
        self._read_at = 0.0
        self._opened: dict[tuple[str, str, bool], RingKey] = {}

    def get(self) -> Ring:
        ring = self._ring
        if ring is None or self._is_old():
            with self._lock:
                ring = self._ring
                if ring is None or self._is_old():  # or another thread has read it while this one waited
                    ring = self._read()
        return ring

    def _is_old(self) -> bool:
        return time.monotonic() - self._read_at > RING_SECONDS

    def forget(self) -> None:
        self._ring = None

    def _read(self) -> Ring:
        now, read_at = clock.now(), time.monotonic()
        rows = _rows()
        if not set(SIGNING_ALGORITHMS) <= {row.algorithm for row in rows if row.state == S.CURRENT}:
            ensure_keys(now=now)
            rows = _rows()
        known = {(row.kid, row.algorithm, row.signs): row for row in rows}
        self._opened = {name: self._opened.get(name) or _open(row) for name, row in known.items()}
        opened = {key.kid: key for key in self._opened.values()}
        published = [row for row in rows if row.is_published(now)]
        self._ring = Ring(
            signing={row.algorithm: opened[row.kid] for row in rows if row.state == S.CURRENT},
            verifying={row.kid: opened[row.kid] for row in published},
            remembered=opened,
            jwks=tuple(row.public_jwk for row in published),
        )
        self._read_at = read_at
        return self._ring


_cache = _Cache()


def ring() -> Ring:
    """The keys to sign and verify with, at most a second old."""
    return _cache.get()


def forget_ring() -> None:
    """Read the keys again at the next use; other processes do so within `RING_SECONDS`."""
    _cache.forget()


def jwks_max_age() -> timedelta:
    """How long relying parties may keep the JWKS."""
    return timedelta(seconds=settings.JANUA.jwks_max_age_seconds)


@transaction.atomic
def ensure_keys(*, now: datetime) -> None:
    """Have a current and a next key of each algorithm; your own, if you brought one, is current alone."""
    for algorithm in SIGNING_ALGORITHMS:
        if _is_own(algorithm):
            _adopt_own(algorithm, now=now)
        else:
            _ensure_both(algorithm, now=now)
    forget_ring()


@transaction.atomic
def rotate_signing_key(*, now: datetime, algorithm: str = "", at_once: bool = False) -> SigningKey:
    """The next key becomes current, the current one retires, a new next one is published.

    "" is the configured algorithm. Raises `Conflict` while `next` is younger than the JWKS's max-age,
    unless `at_once` (an emergency: relying parties that cached the JWKS may refuse tokens until they read
    it again), and for the loser of two rotations at the same moment.
    """
    algorithm = algorithm or settings.JANUA.jwt_algorithm
    if _is_own(algorithm):
        raise Conflict("The signing key is your own (JWT_PRIVATE_KEY_PATH): replace the file and restart.")
    _ensure_both(algorithm, now=now)
    # One row each: whoever waited for a parallel rotation finds that the row is not `current` any more.
    current = SigningKey.objects.select_for_update().filter(algorithm=algorithm, state=S.CURRENT).first()
    upcoming = SigningKey.objects.select_for_update().filter(algorithm=algorithm, state=S.NEXT).first()
    if current is None or upcoming is None:
        raise Conflict("The key was rotated by somebody else at this very moment.")
    wait = upcoming.created_at + jwks_max_age() + SPREAD - now
    if wait > timedelta(0) and not at_once:
        raise Conflict(
            f"The next key was published less than {settings.JANUA.jwks_max_age_seconds} s ago, and relying "
            f"parties may not know it yet. Try again in {int(wait.total_seconds()) + 1} s, or use --now in an "
            "emergency."
        )
    _retire(current, now=now)
    upcoming.state, upcoming.activated_at = S.CURRENT, now
    upcoming.save(update_fields=["state", "activated_at"])
    _ensure(algorithm, S.NEXT, now=now)
    audit.record(
        SigningKeyRotated(
            target_type="signing_key", target_id=str(upcoming.id), kid=upcoming.kid, algorithm=algorithm
        )
    )
    forget_ring()
    return upcoming


def rotate_due_keys(*, now: datetime) -> None:
    """Rotate each algorithm whose current key has signed for SIGNING_KEY_ROTATION_DAYS (0: never)."""
    days = settings.JANUA.signing_key_rotation_days
    due = SigningKey.objects.filter(state=S.CURRENT, activated_at__lte=now - timedelta(days=days))
    for algorithm in due.values_list("algorithm", flat=True) if days else ():
        if not _is_own(algorithm):
            with suppress(Conflict):  # a parallel scheduler was first, or `next` is too young: an hour later
                rotate_signing_key(now=now, algorithm=algorithm)


@transaction.atomic
def revoke_signing_key(*, kid: str, now: datetime) -> str:
    """A key was stolen: nothing it signed is believed any more; the algorithm it was for.

    A current key is rotated away first.
    """
    key = SigningKey.objects.select_for_update().filter(kid=kid).first()
    if key is None:
        raise NotFound(f"There is no signing key {kid}.")
    if key.state == S.CURRENT:
        rotate_signing_key(now=now, algorithm=key.algorithm, at_once=True)
    SigningKey.objects.filter(kid=kid).update(state=S.REVOKED, dead_at=now, private_pem="")
    if key.state == S.NEXT:
        _ensure(key.algorithm, S.NEXT, now=now)
    audit.record(SigningKeyRevoked(target_type="signing_key", target_id=str(key.id), kid=kid))
    forget_ring()
    return key.algorithm


def purge_keys(*, now: datetime) -> None:
    """Forget retired keys when no session that their ID tokens may hint at can be alive any more.

    Revoked ones stay on record: an operator's own key must not come back.
    """
    options = settings.JANUA
    hinted = max(timedelta(days=options.session_keep_days), timedelta(hours=options.session_absolute_hours))
    purge_rows(SigningKey.objects.filter(state=S.RETIRED, dead_at__lt=now - hinted), oldest_by="dead_at")
    ended = SigningKey.objects.filter(state__in=(S.RETIRED, S.REVOKED))
    ended.exclude(private_pem="").update(private_pem="")  # of versions that kept it


def _rows() -> list[SigningKey]:
    """RSA first and in one order everywhere: the ETag of the JWKS must not depend on the process."""
    rows = SigningKey.objects.exclude(state=S.REVOKED)
    return list(rows.order_by("-algorithm", "-created_at", "kid"))


def _is_own(algorithm: str) -> bool:
    return bool(settings.JANUA.jwt_private_key_path) and algorithm == settings.JANUA.jwt_algorithm


def _adopt_own(algorithm: str, *, now: datetime) -> None:
    """Make the operator's own key the current one; what signed before retires."""
    options = settings.JANUA
    assert options.jwt_private_key_path is not None
    key = key_pairs.read_own(options.jwt_private_key_path, options.jwt_public_key_path, algorithm)
    kid = key.thumbprint()
    known = SigningKey.objects.filter(kid=kid).first()
    if known and known.state == S.REVOKED:
        raise SystemExit("janua: JWT_PRIVATE_KEY_PATH: this key was revoked; bring another one")
    if known and known.algorithm != algorithm:
        raise SystemExit(
            f"janua: JWT_PRIVATE_KEY_PATH: this key has signed {known.algorithm}; bring another for {algorithm}"
        )
    if known and known.state == S.CURRENT:
        return
    for other in SigningKey.objects.filter(algorithm=algorithm, state=S.CURRENT):
        _retire(other, now=now)
    SigningKey.objects.filter(algorithm=algorithm, state=S.NEXT).delete()
    if known:
        known.state, known.dead_at, known.private_pem = S.CURRENT, None, _pem(key)
        known.activated_at = now
        known.save(update_fields=["state", "dead_at", "private_pem", "activated_at"])
    else:
        _create(key, algorithm, S.CURRENT, now=now)
    audit.record(SigningKeyRotated(target_type="signing_key", target_id=kid, kid=kid, algorithm=algorithm))


def _ensure_both(algorithm: str, *, now: datetime) -> None:
    for state in (S.CURRENT, S.NEXT):
        _ensure(algorithm, state, now=now)


def _ensure(algorithm: str, state: SigningKey.State, *, now: datetime) -> None:
    """Of processes that find no key at the same moment one makes it: the constraint decides."""
    if not SigningKey.objects.filter(algorithm=algorithm, state=state).exists():
        with suppress(IntegrityError), transaction.atomic():
            _create(key_pairs.generate(algorithm), algorithm, state, now=now)


def _create(key: Key, algorithm: str, state: SigningKey.State, *, now: datetime) -> None:
    SigningKey.objects.create(
        kid=key.thumbprint(),
        algorithm=algorithm,
        state=state,
        private_pem=_pem(key),
        public_jwk=key_pairs.public_jwk(key, algorithm),
        created_at=now,
        activated_at=now if state == S.CURRENT else None,
    )


def _retire(key: SigningKey, *, now: datetime) -> None:
    """It signs no more, so its private half is erased: what nobody has, nobody can steal."""
    key.state, key.dead_at, key.private_pem = S.RETIRED, now + LONGEST_TOKEN + SPREAD, ""
    key.save(update_fields=["state", "dead_at", "private_pem"])


def _pem(key: Key) -> str:
    return key.as_pem(private=True).decode()


def _open(row: SigningKey) -> RingKey:
    key = key_pairs.open_sealed(row.private_pem) if row.signs else key_pairs.open_public(row.public_jwk)
    return RingKey(row.kid, row.algorithm, key, prepare(row.algorithm, key.public_key, key.private_key))
