"""The two ceremonies of WebAuthn Level 3 on py_webauthn, with what it leaves to us: challenges that are used once, for one
purpose, by whoever asked; the owner of a credential; counters; frames of other sites."""

import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSECRV, COSEAlgorithmIdentifier
from webauthn.helpers.decode_credential_public_key import (
    DecodedEC2PublicKey,
    DecodedOKPPublicKey,
    DecodedRSAPublicKey,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.models import User
from core import crypto
from core.consume import consume
from core.strict_json import parse_object
from mfa import makers, relying_party
from mfa.models import Passkey, WebAuthnChallenge

Purpose = WebAuthnChallenge.Purpose
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
# Around our own reading of what strangers send: each of these means "malformed", and nothing else.
MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)
RSA_BITS = range(2048, 4096 + 1)
CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")
MAX_LENGTH = {
    "id": 1364,
    "rawId": 1364,
    "clientDataJSON": 8192,
    "attestationObject": 49152,
    "userHandle": 128,
}
MAX_MEMBER_LENGTH = 8192


@dataclass(frozen=True, slots=True)
class Registered:
    """A credential that was made for us just now."""

    kind: Passkey.Kind
    made: VerifiedRegistration
    transports: list[str]


@dataclass(frozen=True, slots=True)
class Asserted:
    """A credential signed our challenge; `is_copied` if its counter went back, and then it proves nothing."""

    passkey: Passkey
    is_verified: bool
    is_copied: bool = False

    @property
    def amr(self) -> tuple[str, ...]:
        """RFC 8176: a synced key counts as software; `user` if it asked for its owner."""
        key = "swk" if self.passkey.is_backup_eligible else "hwk"
        return (key, "user") if self.is_verified else (key,)


def new_challenge(purpose: Purpose, *, holder: str, user: User | None, now: datetime) -> bytes:
    """Random bytes to sign; kept as a hash."""
    challenge = secrets.token_bytes(32)
    WebAuthnChallenge.objects.create(
        purpose=purpose,
        challenge_hash=_hash(challenge),
        holder=holder,
        user=user,
        created_at=now,
        expires_at=now + WebAuthnChallenge.LIFETIME,
    )
    return challenge


def read_registration(
    credential: Mapping[str, Any], *, holder: str, user: User, is_upgrade: bool = False, now: datetime
) -> Registered | None:
    """Check what `navigator.credentials.create()` gave; uses the challenge up. None: it is not good.

    An upgrade saw nobody (section 7.1, steps 14 and 15); its passkey still signs in only if it asks for its owner.
    """
    purposes = (Purpose.REGISTER_PASSKEY, Purpose.REGISTER_KEY)
    try:
        _require_small(credential)
        used, challenge = _use(credential, purposes, holder=holder, user=user, now=now)
        is_passkey = used.purpose == Purpose.REGISTER_PASSKEY
        with _parsing():
            made = webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=relying_party.rp_id(),
                expected_origin=relying_party.origins(),
                require_user_presence=not is_upgrade,
                require_user_verification=is_passkey and not is_upgrade,
                supported_pub_key_algs=ALGORITHMS,
                pem_root_certs_bytes_by_fmt=makers.trusted_by_format(),
            )
            _require_usable(made, credential)
            makers.require_trusted(made)
    except MALFORMED:
        return None
    kind = Passkey.Kind.PASSKEY if is_passkey else Passkey.Kind.SECURITY_KEY
    return Registered(kind, made, _transports(credential))


def read_assertion(
    credential: Mapping[str, Any], purpose: Purpose, *, holder: str, user: User, now: datetime
) -> Asserted | None:
    """Check what `navigator.credentials.get()` gave for this person, whose row is locked; uses the challenge up.

    None for anything that is not good: unknown credential and bad signature look alike.
    """
    is_door = purpose == Purpose.SIGN_IN
    try:
        _require_small(credential)
        _used, challenge = _use(
            credential, (purpose,), holder=holder, user=None if is_door else user, now=now
        )
        if not is_credential_id(credential["id"]):
            return None
        passkey = Passkey.objects.of(user).select_for_update().get(credential_id=credential["id"])
        _require_owner(credential, passkey, is_door=is_door)
        with _parsing():
            signed = webauthn.verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge,
                expected_rp_id=relying_party.rp_id(),
                expected_origin=relying_party.origins(),
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=0,  # compared below, once the signature is known to be right
                require_user_verification=is_door,
            )
        if (signed.credential_device_type == "multi_device") != passkey.is_backup_eligible:
            return None  # section 6.1.3: made to be synced or not, for ever
    except (*MALFORMED, Passkey.DoesNotExist):
        return None
    if max(signed.new_sign_count, passkey.sign_count) > 0 and signed.new_sign_count <= passkey.sign_count:
        return Asserted(passkey, signed.user_verified, is_copied=True)
    passkey.sign_count, passkey.is_backed_up = signed.new_sign_count, signed.credential_backed_up
    passkey.last_used_at = now
    passkey.save(update_fields=["sign_count", "is_backed_up", "last_used_at"])
    return Asserted(passkey, signed.user_verified)


TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal", "cable"})


def _use(
    credential: Mapping[str, Any],
    purposes: Collection[Purpose],
    *,
    holder: str,
    user: User | None,
    now: datetime,
) -> tuple[WebAuthnChallenge, bytes]:
    """The challenge that was signed, used up; raises `ValueError` if it is none of ours, or not for this."""
    raw = base64url_to_bytes(credential["response"]["clientDataJSON"])
    told = parse_object(raw)
    if told.get("crossOrigin") not in (None, False) or told.get("topOrigin"):
        raise ValueError("made in a frame of another site")
    challenge = parse_client_data_json(raw).challenge
    rows = WebAuthnChallenge.objects.filter(
        challenge_hash=_hash(challenge), purpose__in=purposes, holder=holder, user=user
    )
    used = consume(rows, now=now)
    if used is None:
        raise ValueError("no such challenge")
    return used, challenge


def _require_owner(credential: Mapping[str, Any], passkey: Passkey, *, is_door: bool) -> None:
    """py_webauthn never compares the user handle. At the door it must be there (section 7.2, step 6)."""
    handle = credential["response"].get("userHandle")
    if handle and base64url_to_bytes(handle) != passkey.user_id.bytes:
        raise ValueError("another person's handle")
    if is_door and (not handle or passkey.kind != Passkey.Kind.PASSKEY):
        raise ValueError("only a passkey that names its person signs in")


def _require_small(credential: Mapping[str, Any]) -> None:
    """Nothing is decoded before it is known to be small."""
    response = credential["response"]
    for name, value in (*credential.items(), *response.items()):
        if isinstance(value, str) and len(value) > MAX_LENGTH.get(name, MAX_MEMBER_LENGTH):
            raise ValueError("too long")


def _require_usable(made: VerifiedRegistration, credential: Mapping[str, Any]) -> None:
    """py_webauthn looks at the key only once it signs, and never compares the id that the authenticator made."""
    if as_text(made.credential_id) != credential["id"] or not is_credential_id(credential["id"]):
        raise ValueError("another id")
    told = decode_credential_public_key(made.credential_public_key)
    decoded_public_key_to_cryptography(told)  # a point on its curve, an odd modulus and so on
    match told:
        case DecodedEC2PublicKey(alg=COSEAlgorithmIdentifier.ECDSA_SHA_256, crv=COSECRV.P256):
            return
        case DecodedOKPPublicKey(alg=COSEAlgorithmIdentifier.EDDSA):
            return
        case DecodedRSAPublicKey(alg=COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256, n=modulus):
            if int.from_bytes(modulus).bit_length() in RSA_BITS:
                return
    raise ValueError("no key of the algorithms offered (section 5.8.5), or a weak one")


def _transports(credential: Mapping[str, Any]) -> list[str]:
    told = credential["response"].get("transports")
    return sorted(name for name in TRANSPORTS if name in told) if isinstance(told, list) else []


@contextmanager
def _parsing() -> Iterator[None]:
    """Parsers of CBOR, ASN.1, certificates and keys see what strangers made. Whatever they raise, it is not good.

    No statement to the database runs in here: nothing else may go unheard.
    """
    try:
        yield
    except Exception as error:
        raise ValueError("not good") from error


def _hash(challenge: bytes) -> str:
    return crypto.keyed_hash("webauthn-challenge", challenge)


def as_text(value: bytes) -> str:
    """base64url, as ids and keys are kept."""
    return bytes_to_base64url(value)


def is_credential_id(told: object) -> bool:
    """The one spelling of an id that may be on an account: at most 1,023 bytes."""
    return isinstance(told, str) and CREDENTIAL_ID.fullmatch(told) is not None
