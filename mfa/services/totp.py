"""Authenticator apps: begin the set-up, and what the app has to know (RFC 6238, and Google's otpauth scheme)."""

import secrets
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Session
from accounts.services import sudo
from core.errors import Conflict
from mfa.factors.totp import DIGITS, STEP_SECONDS
from mfa.models import Factor
from mfa.services import own_factors, set_ups

SEED_BYTES = 20  # 160 bits, as long as SHA-1's output (RFC 4226 section 4, R6)
MAX_APPS = 5


def begin(*, session: Session, name: str = "", now: datetime) -> Factor:
    """A fresh seed that waits for its first code. Raises `ReauthenticationRequired`, `Conflict`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        if Factor.objects.of(user).filter(method=Factor.Kind.TOTP).count() >= MAX_APPS:
            sentence = _("You have as many authenticator apps as an account can hold. Remove one first.")
            raise Conflict(sentence, reason="too_many_factors")
        factor = Factor(
            user=user,
            method=Factor.Kind.TOTP,
            name=own_factors.one_line(name),
            seed=b32encode(secrets.token_bytes(SEED_BYTES)).decode(),
            created_at=now,
        )
        set_ups.put_waiting(factor)
    return factor


def uri_of(factor: Factor) -> str:
    """What the QR code says. The host's name stands in front, as the app lists it beside other accounts."""
    issuer = urlsplit(settings.JANUA.base_url).hostname or ""
    label = f"{quote(issuer, safe='')}:{quote(factor.user.email, safe='@')}"
    facts = {"secret": factor.seed, "issuer": issuer, "algorithm": "SHA1"}
    facts |= {"digits": str(DIGITS), "period": str(STEP_SECONDS)}
    return f"otpauth://totp/{label}?{urlencode(facts, quote_via=quote)}"


def in_groups(seed: str) -> str:
    """The seed as people type it."""
    return " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
