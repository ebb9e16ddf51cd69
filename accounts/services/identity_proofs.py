"""Proving the mailbox that a provider could not vouch for: the identity waits, a code goes out, whoever enters it goes on."""

import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import emails
from accounts.events import IdentityProofSent, MailedSecretRefused
from accounts.models import IdentityProof
from accounts.services import addresses, mailed
from accounts.services.identities import ToldIdentity
from audit import services as audit
from core import crypto, limits, throttle
from core.errors import ValidationFailed

PREFIX = "jnu_ip_"


def begin(told: ToldIdentity, *, now: datetime) -> str:
    """Keep what the provider told until a mailbox is proven; the handle to go on with."""
    handle = crypto.new_secret(PREFIX)
    row = IdentityProof(
        created_at=now,
        expires_at=now + IdentityProof.LIFETIME,
        handle_hash=IdentityProof.hash_of_handle(handle),
        link_hash=IdentityProof.hash_of_link(crypto.new_secret("")),  # no mail, so no link and no code yet
        guesses=IdentityProof.MAX_GUESSES,
        told=json.dumps(asdict(told)),
    )
    row.save()
    return handle


def find(handle: str, *, now: datetime) -> IdentityProof | None:
    """The identity that waits behind a handle."""
    rows = IdentityProof.objects.live(now).filter(handle_hash=IdentityProof.hash_of_handle(handle))
    found: IdentityProof | None = rows.first() if handle.startswith(PREFIX) else None
    return found


def get(handle: str, *, now: datetime) -> IdentityProof:
    """The same, raising `ValidationFailed` where nothing waits any more."""
    row = find(handle, now=now)
    if row is None:
        sentence = _("This took too long, or was finished already. Start again.")
        raise ValidationFailed(sentence, reason="invalid_handle")
    return row


def told_by(row: IdentityProof) -> ToldIdentity:
    return ToldIdentity(**json.loads(row.told))


def send(handle: str, email: str, *, now: datetime) -> None:
    """Mail a code to the address; the same whether or not it has an account. Raises `ValidationFailed`."""
    row, address = get(handle, now=now), emails.canonical(email)
    throttle.require(limits.MAIL_ADDRESS, address, now=now)
    throttle.require(limits.MAIL_IP, throttle.visitor(), now=now)
    told = told_by(row)
    row.email = address
    facts = {"provider": told.provider_name, "display": told.display or told.email}
    with transaction.atomic():
        mailed.issue(row, mailed.Letter("prove_identity", "/login", get_language() or "", facts), now=now)
        audit.record(
            IdentityProofSent(
                actor_type="anonymous",
                target_type="identity_proof",
                target_id=str(row.id),
                provider=told.provider,
                email=address,
            )
        )


def redeem(handle: str, code: str, *, now: datetime) -> IdentityProof:
    """Use up the code; raises `ValidationFailed` for a wrong one."""
    row = get(handle, now=now)
    account = addresses.account_of(row.email)  # one count over all doors (S097)
    throttle.require(limits.CODE_ADDRESS, account, now=now)
    with transaction.atomic():
        redeemed = IdentityProof.redeem_code(IdentityProof.objects.filter(id=row.id), code, now=now)
        if redeemed is None:
            audit.record(
                MailedSecretRefused(
                    actor_type="anonymous",
                    target_type="identity_proof",
                    target_id=str(row.id),
                    result="failure",
                    kind="identity_proof",
                    email=row.email,
                )
            )
    if redeemed is None:
        sentence = _("This code is wrong, was used before, or has expired. Ask for a new one.")
        raise ValidationFailed(sentence, reason="invalid_code", details={"code": [sentence]})
    throttle.clear(limits.CODE_ADDRESS, account)
    return redeemed
