"""Access tokens: JWTs by RFC 9068, without a row. They are believed while family, session and user live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, QuerySet

from accounts.models import Session, User
from audit import services as audit
from core.errors import TokenInvalid
from core.statements import Select, slot
from tokens.events import AccessTokenRevoked
from tokens.models import FIRST_PARTY_CLIENT_ID, RevokedAccessToken, TokenFamily
from tokens.services import jwt, login_claims


def api_audience() -> str:
    """The audience of tokens for our own REST API."""
    return f"{settings.JANUA.base_url}/api/v1"


def provider_audience() -> str:
    """The audience of clients' tokens: the provider itself, that is, userinfo."""
    return str(settings.JANUA.base_url)


def _living_family() -> QuerySet[TokenFamily]:
    revoked = RevokedAccessToken.objects.filter(jti=slot(RevokedAccessToken, "jti"))
    families = TokenFamily.objects.with_people().alive()
    return families.filter(~Exists(revoked), id=slot(TokenFamily, "id"))


_LIVING_FAMILY = Select(_living_family)
_REVOKED = Select(lambda: RevokedAccessToken.objects.filter(jti=slot(RevokedAccessToken, "jti")))


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A minted access token, for a token response."""

    token: str
    expires_in: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a valid access token speaks for."""

    user: User
    session: Session
    family: TokenFamily
    claims: jwt.Claims

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(str(self.claims.get("scope", "")).split())


def mint_for_family(
    family: TokenFamily,
    *,
    subject: str,
    session_id: str = "",
    scope: str,
    audience: Sequence[str],
    lifetime_seconds: int | None = None,
    more: Mapping[str, Any] | None = None,
    now: datetime,
) -> AccessToken:
    """An access token for a person. `family` has its user and session loaded.

    `subject` and `session_id` are the names that the client knows the two by; "" is the session's own. `more`: what
    the grant says besides (of the organization it is for).
    """
    session, user = family.session, family.user
    claims: jwt.Claims = {
        **(more or {}),
        "sub": subject,
        "client_id": family.client_id,
        "aud": _single(audience),
        "scope": scope,
        "sid": session_id or str(session.id),
        "fid": str(family.id),
        **login_claims.of_family(family),
    }
    if family.client_id == FIRST_PARTY_CLIENT_ID or "email" in scope.split():
        claims |= {"email": user.email, "email_verified": user.email_verified}
    return _mint(claims, lifetime_seconds, now=now)


def mint_for_client(
    *,
    client_id: str,
    audience: Sequence[str],
    scope: str,
    lifetime_seconds: int | None = None,
    now: datetime,
) -> AccessToken:
    """An access token for a client that acts for itself (RFC 6749 section 4.4)."""
    claims = {"sub": client_id, "client_id": client_id, "aud": _single(audience), "scope": scope}
    return _mint(claims, lifetime_seconds, now=now)


def actor_of(token: str, *, audience: str, now: datetime) -> Actor:
    """The person whom this access token speaks for; raises `TokenInvalid`."""
    claims = jwt.verify(token, jwt.ACCESS_TOKEN, audiences=frozenset({audience}), now=now)
    family = find_living_family(claims)
    if family is None:
        raise TokenInvalid(
            "The token was refused: it was revoked, or its session has ended.", reason="invalid_token"
        )
    return Actor(family.user, family.session, family, claims)


def find_living_family(claims: jwt.Claims) -> TokenFamily | None:
    """The family of a verified access token, while it, its session and its user live."""
    if "fid" not in claims:
        return None
    return _LIVING_FAMILY.first(id=UUID(claims["fid"]), jti=UUID(claims["jti"]))


def is_revoked(claims: jwt.Claims) -> bool:
    """Whether this very token stands on the short list of revoked ones."""
    return _REVOKED.first(jti=UUID(claims["jti"])) is not None


@transaction.atomic
def revoke_access_token(claims: jwt.Claims) -> None:
    """Stop one access token before its time (RFC 7009)."""
    expires_at = datetime.fromtimestamp(claims["exp"], tz=UTC)
    _, created = RevokedAccessToken.objects.get_or_create(
        jti=claims["jti"], defaults={"expires_at": expires_at}
    )
    if created:
        audit.record(
            AccessTokenRevoked(
                actor_type="client",
                target_type="access_token",
                target_id=claims["jti"],
                client_id=claims["client_id"],
            )
        )


def _mint(claims: jwt.Claims, lifetime_seconds: int | None, *, now: datetime) -> AccessToken:
    issued = int(now.timestamp())
    expires_in = lifetime_seconds or settings.JANUA.access_token_expire_minutes * 60
    standard = {
        "iss": settings.JANUA.base_url,
        "iat": issued,
        "exp": issued + expires_in,
        "jti": str(uuid4()),
    }
    return AccessToken(jwt.sign(jwt.ACCESS_TOKEN.typ, {**standard, **claims}), expires_in)


def _single(audience: Sequence[str]) -> str | list[str]:
    return audience[0] if len(audience) == 1 else list(audience)
