"""Passkeys and security keys of a person: made, named, removed; and what an authenticator is asked to sign."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import webauthn
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.events import by_oneself
from accounts.models import Session, User
from accounts.services import mailed, sudo, ways_in
from audit import services as audit
from core import mail
from core.errors import Conflict, NotFound, ValidationFailed
from mfa import ceremonies, relying_party
from mfa.authenticators import KINDS
from mfa.methods import Method
from mfa.models import Passkey, WebAuthnChallenge
from mfa.passkey_events import PasskeyAdded, PasskeyRemoved, PasskeyRenamed
from mfa.services import factors
from mfa.services.enrolment import Change, Enrolled, added
from mfa.services.own_factors import one_line

MOST = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A passkey that is there now; a security key is a second factor, and `enrolled` says what follows from that."""

    passkey: Passkey
    enrolled: Enrolled | None


Kind, Purpose = Passkey.Kind, WebAuthnChallenge.Purpose
rp_id = relying_party.rp_id


def handle_of(user: User) -> str:
    """How authenticators know the person: nothing that says who it is."""
    return bytes_to_base64url(user.id.bytes)


def begin_registration(
    *, session: Session, kind: Passkey.Kind, is_upgrade: bool = False, now: datetime
) -> dict[str, Any]:
    """Options for `navigator.credentials.create()`. Raises `ReauthenticationRequired`, `Conflict`.

    An upgrade is made by the password manager alone (`mediation: "conditional"`): nobody is there to be asked.
    """
    sudo.require(session, now=now)
    user = session.user
    _require_offered(kind)
    _require_room(user)
    is_passkey = kind == Kind.PASSKEY
    purpose = Purpose.REGISTER_PASSKEY if is_passkey else Purpose.REGISTER_KEY
    options = webauthn.generate_registration_options(
        rp_id=relying_party.rp_id(),
        rp_name=settings.JANUA.webauthn_rp_name,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name or user.email,
        challenge=ceremonies.new_challenge(purpose, holder=_holder(session, is_upgrade), user=user, now=now),
        attestation=AttestationConveyancePreference(settings.JANUA.webauthn_attestation),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED
            if is_passkey
            else ResidentKeyRequirement.DISCOURAGED,
            user_verification=_verification(is_passkey and not is_upgrade),
        ),
        exclude_credentials=_descriptors(user),
        supported_pub_key_algs=ceremonies.ALGORITHMS,
    )
    return options_to_json_dict(options)


def finish_registration(
    *,
    session: Session,
    credential: Mapping[str, Any],
    name: str = "",
    is_upgrade: bool = False,
    now: datetime,
) -> Kept:
    """Keep what the authenticator made. Raises `ReauthenticationRequired`, `ValidationFailed`, `Conflict`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        read = ceremonies.read_registration(
            credential, holder=_holder(session, is_upgrade), user=user, is_upgrade=is_upgrade, now=now
        )
        kept = _keep(session, user, read, one_line(name)[:64], now=now) if read else None
    if kept is None:
        sentence = _("This passkey was not accepted. Start again.")
        raise ValidationFailed(sentence, reason="invalid_credential", details={"credential": [sentence]})
    return kept


def begin_authentication(
    *, purpose: WebAuthnChallenge.Purpose, holder: str, user: User | None, now: datetime
) -> dict[str, Any]:
    """Options for `navigator.credentials.get()`. Without a user any passkey of this service will do."""
    options = webauthn.generate_authentication_options(
        rp_id=relying_party.rp_id(),
        challenge=ceremonies.new_challenge(purpose, holder=holder, user=user, now=now),
        allow_credentials=_descriptors(user) if user else None,
        user_verification=_verification(user is None),
    )
    return options_to_json_dict(options)


def rename(*, session: Session, passkey_id: UUID, name: str, now: datetime) -> Passkey:
    """Another name for one's own passkey. Raises `ReauthenticationRequired`, `NotFound`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        passkey = _own(sudo.lock_person(session, now=now), passkey_id)
        passkey.name = one_line(name)[:64]
        passkey.save(update_fields=["name"])
        audit.record(PasskeyRenamed(**by_oneself(session.user_id), passkey_id=str(passkey.id)))
    return passkey


def remove(*, session: Session, passkey_id: UUID, now: datetime) -> None:
    """It opens nothing any more. The last way in stays. Raises `NotFound`, `Conflict`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        passkey = _own(user, passkey_id)
        if passkey.kind == Kind.PASSKEY and not ways_in.has_another(user, besides=passkey.id):
            sentence = _("This is your only way to sign in. Choose a password first, then remove it.")
            raise Conflict(sentence, reason="last_way_in")
        kind = passkey.kind
        passkey.delete()
        if kind == Kind.SECURITY_KEY:
            factors.require_may_be_off(user)
        was_on = user.has_mfa
        factors.note_enrolment(user, now=now)
        _tell("factor_removed", user, passkey, is_off=was_on and not user.has_mfa, now=now)
        audit.record(PasskeyRemoved(**by_oneself(user.id), kind=kind, passkey_id=str(passkey_id)))


def find_person(credential: Mapping[str, Any]) -> User | None:
    """Whose passkey it claims to be; nothing is proven by that."""
    told = credential.get("id")
    if not ceremonies.is_credential_id(told):
        return None
    passkey = Passkey.objects.select_related("user").filter(credential_id=told).first()
    return passkey.user if passkey else None


def _keep(session: Session, user: User, read: ceremonies.Registered, name: str, *, now: datetime) -> Kept:
    made = read.made
    _require_offered(read.kind)
    _require_room(user)
    passkey = Passkey(
        user=user,
        name=name,
        kind=read.kind,
        credential_id=ceremonies.as_text(made.credential_id),
        public_key=ceremonies.as_text(made.credential_public_key),
        sign_count=made.sign_count,
        transports=read.transports,
        aaguid=made.aaguid,
        attestation_format=AttestationFormat(made.fmt).value,
        is_backup_eligible=made.credential_device_type == "multi_device",
        is_backed_up=made.credential_backed_up,
        created_at=now,
    )
    try:
        with transaction.atomic():  # the table says it, also when two people come at once (S156)
            passkey.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("This passkey is on an account already."), reason="passkey_known") from None
    audit.record(PasskeyAdded(**by_oneself(user.id), kind=read.kind, passkey_id=str(passkey.id)))
    if read.kind == Kind.PASSKEY:
        _tell("factor_added", user, passkey, now=now)
        return Kept(passkey, None)
    change = Change(factor_id=passkey.id, method=Method.PASSKEY, name=name)
    amr = ceremonies.Asserted(passkey, made.user_verified).amr  # to make one it had to be at hand
    return Kept(passkey, added(session, user, change, amr=amr, now=now))


def _tell(kind: str, user: User, passkey: Passkey, *, is_off: bool = False, now: datetime) -> None:
    facts = {
        "method": KINDS[Passkey.Kind(passkey.kind)],
        "name": passkey.name,
        "is_first": False,
        "is_off": is_off,
        "security_url": mailed.url("/account/security"),
        **mailed.circumstances(now),
    }
    mail.send(kind, user.email, facts, locale=user.locale)


def _require_offered(kind: Passkey.Kind) -> None:
    """A security key is a second factor and nothing else: where those are not offered it would confirm nothing."""
    if kind == Kind.SECURITY_KEY:
        factors.require_offered(Method.PASSKEY)


def _require_room(user: User) -> None:
    if Passkey.objects.filter(user=user).count() >= MOST:
        raise Conflict(_("You have as many passkeys as there may be. Remove one first."), reason="too_many")


def _own(user: User, passkey_id: UUID) -> Passkey:
    passkey: Passkey | None = Passkey.objects.filter(user=user, id=passkey_id).first()
    if passkey is None:
        raise NotFound(_("There is no such passkey."))
    return passkey


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(passkey.credential_id),
            transports=[AuthenticatorTransport(name) for name in passkey.transports] or None,
        )
        for passkey in Passkey.objects.of(user)
    ]


def _verification(is_required: bool) -> UserVerificationRequirement:
    """As a second factor it need not ask for its owner: another proof came before (S153)."""
    return UserVerificationRequirement.REQUIRED if is_required else UserVerificationRequirement.PREFERRED


def _holder(session: Session, is_upgrade: bool) -> str:
    """A challenge of the one is no good for the other: only an upgrade goes without its owner."""
    return f"{'upgrade' if is_upgrade else 'session'}:{session.id}"
