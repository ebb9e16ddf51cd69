"""ID tokens (OpenID Connect Core section 2) and the claims of userinfo (section 5)."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import Session, User
from core.errors import TokenInvalid
from oauth.models import Client
from tokens.services import jwt

LIFETIME_SECONDS = 3600


def subject_of(user: User, _client: Client) -> str:
    """The `sub` that this client knows the person by."""
    return str(user.id)


def mint(client: Client, session: Session, *, access_token: str, nonce: str, now: datetime) -> str:
    """An ID token about the session's login."""
    issued = int(now.timestamp())
    claims: jwt.Claims = {
        "iss": settings.JANUA.base_url,
        "sub": subject_of(session.user, client),
        "aud": client.client_id,
        "iat": issued,
        "exp": issued + LIFETIME_SECONDS,
        "auth_time": int(session.auth_time.timestamp()),
        "amr": session.amr,
        "sid": str(session.id),
        "at_hash": _left_half(access_token),
    }
    if session.acr:
        claims["acr"] = session.acr
    if nonce:
        claims["nonce"] = nonce
    return jwt.sign(jwt.ID_TOKEN_HINT.typ, claims)


def read_hint(token: str, *, now: datetime) -> jwt.Claims | None:
    """The claims of an ID token that we once issued, expired or not; None for anything else."""
    try:
        return jwt.verify(token, jwt.ID_TOKEN_HINT, audiences=None, now=now)
    except TokenInvalid:
        return None


def userinfo_claims(user: User, scopes: Iterable[str], *, subject: str) -> dict[str, Any]:
    """The claims that the granted scopes stand for (OpenID Connect Core section 5.4); empty ones are left out."""
    claims: dict[str, Any] = {}
    for scope in scopes:
        claims |= CLAIMS_OF_SCOPE.get(scope, _none)(user)
    return {"sub": subject, **{name: value for name, value in claims.items() if value not in ("", {}, None)}}


def _none(_user: User) -> dict[str, Any]:
    return {}


def _profile(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "given_name": user.given_name,
        "middle_name": user.middle_name,
        "family_name": user.family_name,
        "nickname": user.nickname,
        "zoneinfo": user.timezone,
        "locale": user.locale,
        "updated_at": int(user.updated_at.timestamp()),
    }


def _email(user: User) -> dict[str, Any]:
    return {"email": user.email, "email_verified": user.email_verified}


def _address(user: User) -> dict[str, Any]:
    return {"address": user.address}


def _phone(user: User) -> dict[str, Any]:
    if not user.phone_number:
        return {}
    return {"phone_number": user.phone_number, "phone_number_verified": user.phone_number_verified}


CLAIMS_OF_SCOPE: dict[str, Callable[[User], dict[str, Any]]] = {
    "profile": _profile,
    "email": _email,
    "address": _address,
    "phone": _phone,
}
SUPPORTED_CLAIMS = (
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "amr",
    "acr",
    "sid",
    "at_hash",
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "nickname",
    "zoneinfo",
    "locale",
    "updated_at",
    "email",
    "email_verified",
    "address",
    "phone_number",
    "phone_number_verified",
)


def _left_half(token: str) -> str:
    """Both of our algorithms hash with SHA-256 (OpenID Connect Core section 3.1.3.6)."""
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()
