"""ID tokens (OpenID Connect Core section 2), subjects (section 8) and the claims of userinfo (section 5)."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import Session, User
from core import crypto
from core.errors import TokenInvalid
from oauth import claim_mapping, claims
from oauth.models import Client
from tokens.models import TokenFamily
from tokens.services import jwt, login_claims

LIFETIME_SECONDS = 3600
USERINFO_TYPE = "userinfo+jwt"  # never to be taken for an ID token of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an ID token says beside who signed in: about the access token it comes with, what was asked,
    and the organization (`oauth.organizations.identity`)."""

    access_token: str
    nonce: str = ""
    claims: Iterable[str] = ()
    organization: Mapping[str, Any] = field(default_factory=dict)


def subject_of(user: User, client: Client) -> str:
    """The `sub` that this client knows the person by: pairwise ones tell two sectors nothing in common."""
    if client.subject_type == Client.SubjectType.PUBLIC:
        return str(user.id)
    return crypto.keyed_secret("pairwise-subject", f"{client.sector_identifier}:{user.id}")


def session_id_of(session: Session, client: Client) -> str:
    """The `sid` that this client knows the session by: one name for all would join what pairwise subjects part."""
    if client.subject_type == Client.SubjectType.PUBLIC:
        return str(session.id)
    return crypto.keyed_secret("pairwise-session", f"{client.sector_identifier}:{session.id}")


def mint(client: Client, family: TokenFamily, about: About, *, now: datetime) -> str:
    """An ID token about the login that the family comes from, signed by the client's algorithm."""
    issued = int(now.timestamp())
    session, user = family.session, family.user
    token: jwt.Claims = {
        **claim_mapping.claims_of(user, client.claim_mapping),
        **claims.by_name(user, about.claims),
        **about.organization,
        "iss": settings.JANUA.base_url,
        "sub": subject_of(user, client),
        "aud": client.client_id,
        "azp": client.client_id,
        "iat": issued,
        "exp": issued + (client.id_token_lifetime_seconds or LIFETIME_SECONDS),
        **login_claims.of_family(family),
        "sid": session_id_of(session, client),
        "at_hash": _left_half(about.access_token),
    }
    if about.nonce:
        token["nonce"] = about.nonce
    return jwt.sign(jwt.ID_TOKEN_HINT.typ, token, algorithm=client.id_token_signed_response_alg)


def read_hint(token: str, *, now: datetime) -> jwt.Claims | None:
    """The claims of an ID token that we once issued, expired or not; None for anything else."""
    try:
        return jwt.verify(token, jwt.ID_TOKEN_HINT, audiences=None, now=now)
    except TokenInvalid:
        return None


def userinfo_claims(
    client: Client, user: User, *, subject: str, scopes: Iterable[str], names: Iterable[str] = ()
) -> dict[str, Any]:
    """What the granted scopes stand for, the claims asked for by name, and the client's own mapping."""
    return {
        **claim_mapping.claims_of(user, client.claim_mapping),
        **claims.of_scopes(user, scopes),
        **claims.by_name(user, names),
        "sub": subject,
    }


def sign_userinfo(client: Client, claims: dict[str, Any]) -> str:
    """Userinfo as a JWT (OpenID Connect Core section 5.3.2), for clients registered so."""
    signed = {**claims, "iss": settings.JANUA.base_url, "aud": client.client_id}
    return jwt.sign(USERINFO_TYPE, signed, algorithm=client.userinfo_signed_response_alg)


def _left_half(token: str) -> str:
    """All of our algorithms hash with SHA-256 (OpenID Connect Core section 3.1.3.6)."""
    return urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()
