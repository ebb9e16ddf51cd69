"""Factors for tests, as the set-up leaves them."""

import secrets
from base64 import b32encode
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Session, User
from accounts.services import sessions
from core import clock
from mfa.models import Factor, Passkey, RecoveryCode
from mfa.services import factors

SEED = b32encode(b"12345678901234567890").decode()  # RFC 6238 appendix B


def enrol_totp(user: User, *, seed: str = SEED) -> Factor:
    """An authenticator app, confirmed a day ago."""
    return _enrol(user, Factor.Kind.TOTP, name="Phone", seed=seed)


def enrol_sms(user: User, phone_number: str = "+4915123456789") -> Factor:
    """A phone, confirmed a day ago."""
    return _enrol(user, Factor.Kind.SMS, phone_number=phone_number)


def enrol_email(user: User) -> Factor:
    """The account's mailbox, confirmed a day ago."""
    return _enrol(user, Factor.Kind.EMAIL)


def give_recovery_codes(user: User, *codes: str) -> None:
    now = clock.now()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=RecoveryCode.hash_of(user.id, code), created_at=now)
        for code in codes
    )


def proven_twice(user: User) -> sessions.NewSession:
    """A session of somebody who just proved the password and a factor: sudo is open."""
    proof = sessions.Proof(amr=("pwd", "otp", "mfa"), auth_time=clock.now())
    return sessions.start_session(user, proof, kind=Session.Kind.BROWSER, keep=False, now=clock.now())


def give_passkey(user: User, *, kind: Passkey.Kind = Passkey.Kind.PASSKEY, **more: Any) -> Passkey:
    """A credential that is there; nothing signs with it."""
    made: Passkey = Passkey.objects.create(
        user=user,
        kind=kind,
        credential_id=secrets.token_urlsafe(32),
        public_key=secrets.token_urlsafe(77),
        **{
            "name": "Key",
            "aaguid": UUID(int=0),
            "created_at": clock.now() - timedelta(days=1),
            **more,
        },
    )
    _note(user)
    return made


def _enrol(user: User, kind: Factor.Kind, **facts: str) -> Factor:
    made_at = clock.now() - timedelta(days=1)
    factor: Factor = Factor.objects.create(user=user, method=kind, created_at=made_at, **facts)
    _note(user)
    return factor


@transaction.atomic
def _note(user: User) -> None:
    factors.note_enrolment(user, now=clock.now())
