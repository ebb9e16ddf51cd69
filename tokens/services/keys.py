"""Signing keys: next, current, retired, revoked; and the ring that each process keeps of them.

A key is published as `next` before it signs, and stays published after it signed its last token until
that token is dead: whoever caches the JWKS never meets an unknown key.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings
from django.db import transaction
from joserfc.jwk import ECKey, RSAKey

from audit import services as audit
from core import clock
from core.errors import Conflict, NotFound
from tokens.events import SigningKeyRevoked, SigningKeyRotated
from tokens.models import SigningKey

JWKS_MAX_AGE = timedelta(minutes=5)
LONGEST_TOKEN = timedelta(hours=24)  # access tokens live at most a day by configuration, ID tokens an hour
RING_SECONDS = 1.0
ALGORITHMS = ("RS256", "ES256")
SIGNING_ALGORITHMS = ALGORITHMS

Key = RSAKey | ECKey


@dataclass(frozen=True, slots=True)
class RingKey:
    """A key ready for use: parsing an RSA key costs as much as a hundred signatures."""

    kid: str
    algorithm: str
    key: Key


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of this moment: the one that signs, those that verify, and what the JWKS shows.

    `remembered` has the retired ones past their grace too: they only tell what was once ours.
    """

    current: RingKey
    verifying: dict[str, RingKey]
    remembered: dict[str, RingKey]
    jwks: tuple[dict[str, str], ...]


class _Cache:
    """The ring of this process, read again from the database each second at most."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ring: Ring | None = None
        self._read_at = 0.0
        self._parsed: dict[str, RingKey] = {}

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
        now = clock.now()
        rows = list(SigningKey.objects.exclude(state=SigningKey.State.REVOKED).order_by("-created_at"))
        if not any(row.state == SigningKey.State.CURRENT for row in rows):
            ensure_keys(now=now)
            rows = list(SigningKey.objects.exclude(state=SigningKey.State.REVOKED).order_by("-created_at"))
        self._parsed = {row.kid: self._parsed.get(row.kid) or _parse(row) for row in rows}
        current = next(row for row in rows if row.state == SigningKey.State.CURRENT)
        published = [
            row
            for row in rows
            if row.state != SigningKey.State.RETIRED or (row.dead_at and row.dead_at > now)
        ]
        self._ring = Ring(
            current=self._parsed[current.kid],
            verifying={row.kid: self._parsed[row.kid] for row in published},
            remembered=dict(self._parsed),
            jwks=tuple(row.public_jwk for row in published),
        )
        self._read_at = time.monotonic()
        return self._ring


_cache = _Cache()


def ring() -> Ring:
    """The keys to sign and verify with, at most a second old."""
    return _cache.get()


def forget_ring() -> None:
    """Read the keys again at the next use; other processes do so within `RING_SECONDS`."""
    _cache.forget()


@transaction.atomic
def ensure_keys(*, now: datetime) -> None:
    """Have a current key of the configured algorithm (your own, if you brought one), and a next one."""
    algorithm = settings.JANUA.jwt_algorithm
    _retire_other_algorithms(algorithm, now=now)
    if settings.JANUA.jwt_private_key_path:
        _adopt(_own_key(algorithm), algorithm, now=now)
        return
    for state in (SigningKey.State.CURRENT, SigningKey.State.NEXT):
        if not SigningKey.objects.filter(algorithm=algorithm, state=state).exists():
            _create(_generate(algorithm), algorithm, state, now=now)
    forget_ring()


@transaction.atomic
def rotate_signing_key(*, now: datetime, at_once: bool = False) -> SigningKey:
    """The next key becomes current, the current one retires, a new next one is published.

    Raises `Conflict` while `next` is younger than the JWKS's max-age, unless `at_once` (an emergency:
    relying parties that cached the JWKS may refuse tokens until they read it again).
    """
    if settings.JANUA.jwt_private_key_path:
        raise Conflict("The signing key is your own (JWT_PRIVATE_KEY_PATH): replace the file and restart.")
    ensure_keys(now=now)
    algorithm = settings.JANUA.jwt_algorithm
    keys = {key.state: key for key in SigningKey.objects.select_for_update().filter(algorithm=algorithm)}
    upcoming, current = keys[SigningKey.State.NEXT], keys[SigningKey.State.CURRENT]
    if not at_once and now - upcoming.created_at < JWKS_MAX_AGE:
        wait = JWKS_MAX_AGE - (now - upcoming.created_at)
        raise Conflict(
            f"The next key was published less than {JWKS_MAX_AGE.seconds} s ago, and relying parties may not know it "
            f"yet. Try again in {int(wait.total_seconds()) + 1} s, or use --now in an emergency."
        )
    _retire(current, now=now)
    upcoming.state, upcoming.activated_at = SigningKey.State.CURRENT, now
    upcoming.save(update_fields=["state", "activated_at"])
    _create(_generate(algorithm), algorithm, SigningKey.State.NEXT, now=now)
    audit.record(
        SigningKeyRotated(
            target_type="signing_key", target_id=str(upcoming.id), kid=upcoming.kid, algorithm=algorithm
        )
    )
    forget_ring()
    return upcoming


@transaction.atomic
def revoke_signing_key(*, kid: str, now: datetime) -> None:
    """A key was stolen: nothing it signed is believed any more. A current key is rotated away first."""
    key = SigningKey.objects.select_for_update().filter(kid=kid).first()
    if key is None:
        raise NotFound(f"There is no signing key {kid}.")
    if key.state == SigningKey.State.CURRENT:
        rotate_signing_key(now=now, at_once=True)
    was_next = key.state == SigningKey.State.NEXT
    SigningKey.objects.filter(kid=kid).update(state=SigningKey.State.REVOKED, dead_at=now)
    if was_next:
        ensure_keys(now=now)
    audit.record(SigningKeyRevoked(target_type="signing_key", target_id=str(key.id), kid=kid))
    forget_ring()


def _generate(algorithm: str) -> Key:
    return RSAKey.generate_key(2048) if algorithm == "RS256" else ECKey.generate_key("P-256")


def _own_key(algorithm: str) -> Key:
    """The operator's key; the start refuses a wrong one with one line."""
    path = settings.JANUA.jwt_private_key_path
    assert path is not None
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        raise SystemExit(
            f"janua: JWT_PRIVATE_KEY_PATH: {path} is not an unencrypted PEM private key"
        ) from None
    if algorithm == "RS256" and isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048:
        key: Key = RSAKey.import_key(private)
    elif (
        algorithm == "ES256"
        and isinstance(private, ec.EllipticCurvePrivateKey)
        and private.curve.name == "secp256r1"
    ):
        key = ECKey.import_key(private)
    else:
        raise SystemExit(
            f"janua: JWT_PRIVATE_KEY_PATH: {path} is not a key for {algorithm} (RSA >= 2048 bits or P-256)"
        )
    public_path = settings.JANUA.jwt_public_key_path
    if public_path and not _is_public_half(public_path, private):
        raise SystemExit("janua: JWT_PUBLIC_KEY_PATH is not the public half of JWT_PRIVATE_KEY_PATH")
    return key


def _is_public_half(path: Path, private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bool:
    try:
        return load_pem_public_key(path.read_bytes()) == private.public_key()
    except (OSError, ValueError):
        return False


def _adopt(key: Key, algorithm: str, *, now: datetime) -> None:
    """Make the operator's own key the current one; what signed before retires."""
    kid = key.thumbprint()
    known = SigningKey.objects.filter(kid=kid).first()
    if known and known.state == SigningKey.State.REVOKED:
        raise SystemExit("janua: JWT_PRIVATE_KEY_PATH: this key was revoked; bring another one")
    if known and known.state == SigningKey.State.CURRENT:
        return
    for other in SigningKey.objects.filter(algorithm=algorithm, state=SigningKey.State.CURRENT):
        _retire(other, now=now)
    SigningKey.objects.filter(algorithm=algorithm, state=SigningKey.State.NEXT).delete()
    if known:
        known.state, known.dead_at = SigningKey.State.CURRENT, None
        known.save(update_fields=["state", "dead_at"])
    else:
        _create(key, algorithm, SigningKey.State.CURRENT, now=now)
    audit.record(SigningKeyRotated(target_type="signing_key", target_id=kid, kid=kid, algorithm=algorithm))
    forget_ring()


def _create(key: Key, algorithm: str, state: SigningKey.State, *, now: datetime) -> SigningKey:
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "alg": algorithm, "use": "sig"}
    return SigningKey.objects.create(
        kid=kid,
        algorithm=algorithm,
        state=state,
        private_pem=key.as_pem(private=True).decode(),
        public_jwk=public,
        created_at=now,
        activated_at=now if state == SigningKey.State.CURRENT else None,
    )


def _retire(key: SigningKey, *, now: datetime) -> None:
    key.state, key.dead_at = SigningKey.State.RETIRED, now + LONGEST_TOKEN
    key.save(update_fields=["state", "dead_at"])


def _retire_other_algorithms(algorithm: str, *, now: datetime) -> None:
    others = SigningKey.objects.exclude(algorithm=algorithm)
    others.filter(state=SigningKey.State.NEXT).delete()
    for key in others.filter(state=SigningKey.State.CURRENT):
        _retire(key, now=now)


def _parse(row: SigningKey) -> RingKey:
    # Our own sealed key was checked when it was made: the check takes 50 ms, loading it 0.05 ms.
    private = load_pem_private_key(
        row.private_pem.encode(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if isinstance(private, rsa.RSAPrivateKey):
        return RingKey(row.kid, row.algorithm, RSAKey.import_key(private))
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return RingKey(row.kid, row.algorithm, ECKey.import_key(private))
