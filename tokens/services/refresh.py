"""Refresh tokens: rotated at every use, in families (RFC 9700 section 4.14).

A used token that comes again is a replay and revokes its family, except within the retry window: a
client that lost the answer gets the same successor once more. Only hashes are stored; the successor is
a keyed function of the token it follows, so that it can be handed out again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet

from accounts.models import Session, User
from accounts.services import sessions
from audit import services as audit
from core import crypto
from core.consume import update_returning
from core.statements import Following, Insert, Slot, Update, Write, consuming, slot
from tokens.events import TokenFamilyRevoked, TokenRefreshed, TokenRefreshRefused, TokenRefreshRetried
from tokens.models import FIRST_PARTY_CLIENT_ID, RefreshToken, TokenFamily

PREFIX = "jnu_rt_"
TOKEN_LENGTH = len(PREFIX) + 43
RETRY_WINDOW = timedelta(seconds=10)

Judge = Callable[[TokenFamily], str]
"""What stands above has a say in a rotation: a reason against it ends the family. It may give the family another
`organization_id`, which is kept; what it raises undoes the rotation."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """The family, with user and session loaded, and the refresh token that follows."""

    family: TokenFamily
    refresh_token: str


@dataclass(frozen=True, slots=True)
class NotRefreshed:
    """Refused. Returned, not raised: the revocation and its audit line must be committed."""

    reason: str
    replayed_family: TokenFamily | None = None  # whose owner has to be told


def new_family(
    session: Session,
    *,
    client_id: str,
    scope: str,
    audience: tuple[str, ...],
    userinfo_claims: tuple[str, ...] = (),
    login_claims: Mapping[str, Any] | None = None,
    organization_id: UUID | None = None,
    code_id: UUID | None = None,
    now: datetime,
) -> tuple[TokenFamily, Write]:
    """A family of tokens for a session, and its insertion: inside the grant's transaction, with the audit line."""
    family = TokenFamily(
        user=session.user,
        session=session,
        client_id=client_id,
        scope=scope,
        audience=list(audience),
        userinfo_claims=list(userinfo_claims),
        login_claims=dict(login_claims or {}),
        organization_id=organization_id,
        authorization_code_id=code_id,
        created_at=now,
        expires_at=now + timedelta(days=settings.JANUA.refresh_token_absolute_days),
    )
    return family, _FAMILIES.of(family)


def new_refresh_token(
    family: TokenFamily, *, lifetime_seconds: int | None = None, now: datetime
) -> tuple[str, Write]:
    """The family's first refresh token, and its insertion; without a lifetime of its own the configured one counts."""
    token = crypto.new_secret(PREFIX)
    return token, _storing(token, family, lifetime_seconds, now=now)


def rotate(
    token: str,
    *,
    client_id: str,
    lifetime_seconds: int | None = None,
    judge: Judge | None = None,
    now: datetime,
) -> Rotated | NotRefreshed:
    """Use a refresh token up and give its successor; call inside the token request's transaction."""
    if len(token) != TOKEN_LENGTH or not token.startswith(PREFIX):
        return NotRefreshed("malformed")
    token_hash = _hash(token)
    family = _USED.first(token_hash=token_hash, client_id=client_id, now=now)
    if family is None:
        return _retry_or_refuse(token, token_hash, client_id=client_id, judge=judge, now=now)
    family.session.user = family.user
    changes = _judged(family, judge, now=now)
    if isinstance(changes, NotRefreshed):
        return changes
    if client_id == FIRST_PARTY_CLIENT_ID:  # before the trail, whose lock comes last
        sessions.mark_seen(family.session, now=now)
    successor = _successor(token)
    storing = _storing(successor, family, lifetime_seconds, now=now)
    audit.record(
        TokenRefreshed(**_actor_and_target(family), organization=_organization_of(family)), storing, *changes
    )
    return Rotated(family, successor)


def find_living(token: str, *, now: datetime) -> RefreshToken | None:
    """The unused refresh token of a living family, for introspection."""
    rows = RefreshToken.objects.filter(
        _family_is_alive(None, now), token_hash=_hash(token), used_at=None, expires_at__gt=now
    )
    return rows.select_related("family__user", "family__session").first()


def find_family(token: str) -> TokenFamily | None:
    """The family of a refresh token, used or not."""
    return TokenFamily.objects.filter(refresh_tokens__token_hash=_hash(token)).first()


def last_uses(user: User) -> dict[str, datetime]:
    """When each client last got a token for this person, as far as its families are still kept."""
    families = TokenFamily.objects.filter(user=user).values("client_id")
    latest = families.annotate(opened=Max("created_at"), refreshed=Max("refresh_tokens__created_at"))
    return {row["client_id"]: max(filter(None, (row["opened"], row["refreshed"]))) for row in latest}


def revoke_family(family: TokenFamily, *, reason: str, now: datetime) -> bool:
    """End a family for good; whether it was alive."""
    rows = TokenFamily.objects.filter(id=family.id, revoked_at=None)
    return _revoke(rows, reason=reason, now=now) == 1


def revoke_families_of_client(user: User | None, client_id: str, *, reason: str, now: datetime) -> int:
    """End every family that a client holds, for one person or for all; how many ended."""
    rows = TokenFamily.objects.filter(client_id=client_id, revoked_at=None)
    return _revoke(rows.filter(user=user) if user else rows, reason=reason, now=now)


def revoke_family_of_code(code_id: UUID, *, now: datetime) -> bool:
    """A redeemed authorization code came again: what it was redeemed for ends (RFC 6749 section 4.1.2)."""
    rows = TokenFamily.objects.filter(authorization_code_id=code_id, revoked_at=None)
    return _revoke(rows, reason="code_replayed", now=now) == 1


def _judged(family: TokenFamily, judge: Judge | None, *, now: datetime) -> list[Write] | NotRefreshed:
    """What the verdict changes in the family's row."""
    before = family.organization_id
    reason = judge(family) if judge else ""
    if reason:
        revoke_family(family, reason=reason, now=now)
        return _refused(family, reason, client_id=family.client_id)
    if family.organization_id == before:
        return []
    return [_FOR_ORGANIZATION.of(id=family.id, organization_id=family.organization_id)]


def _retry_or_refuse(
    token: str, token_hash: str, *, client_id: str, judge: Judge | None, now: datetime
) -> Rotated | NotRefreshed:
    row = RefreshToken.objects.select_related("family").filter(token_hash=token_hash).first()
    if row is None:
        return NotRefreshed("unknown")
    family = row.family
    if family.client_id != client_id:
        return _refused(family, "wrong_client", client_id=client_id)
    if row.used_at is None or family.revoked_at is not None:
        return _refused(family, "expired_or_revoked", client_id=client_id)
    successor = _successor(token)
    if now - row.used_at <= RETRY_WINDOW and find_living(successor, now=now):
        family = TokenFamily.objects.with_people().get(id=family.id)
        family.session.user = family.user
        changes = _judged(family, judge, now=now)
        if isinstance(changes, NotRefreshed):
            return changes
        audit.record(
            TokenRefreshRetried(**_actor_and_target(family), organization=_organization_of(family)), *changes
        )
        return Rotated(family, successor)
    was_alive = revoke_family(family, reason="refresh_token_replayed", now=now)
    refused = _refused(family, "replayed", client_id=client_id)
    return replace(refused, replayed_family=family) if was_alive else refused


def _family_is_alive(client_id: str | Slot | None, now: datetime | Slot) -> Exists:
    families = TokenFamily.objects.alive().filter(id=OuterRef("family_id"), expires_at__gt=now)
    return Exists(families.filter(client_id=client_id) if client_id else families)


_FAMILIES = Insert(TokenFamily)
_FOR_ORGANIZATION = Update(
    lambda: TokenFamily.objects.filter(id=slot(TokenFamily, "id")),
    organization_id=slot(TokenFamily, "organization_id"),
)
_TOKENS = Insert(RefreshToken)
_USE = consuming(
    lambda: RefreshToken.objects.filter(
        _family_is_alive(slot(TokenFamily, "client_id"), slot(TokenFamily, "expires_at", "now")),
        token_hash=slot(RefreshToken, "token_hash"),
    )
)
_USED = Following(_USE, "family_id", lambda family: TokenFamily.objects.with_people().filter(id=family))


def _storing(token: str, family: TokenFamily, lifetime_seconds: int | None, *, now: datetime) -> Write:
    life = timedelta(seconds=lifetime_seconds or settings.JANUA.refresh_token_expire_days * 86_400)
    expires_at = min(now + life, family.expires_at)
    row = RefreshToken(family=family, token_hash=_hash(token), created_at=now, expires_at=expires_at)
    return _TOKENS.of(row)


def _revoke(rows: QuerySet[TokenFamily], *, reason: str, now: datetime) -> int:
    revoked = update_returning(rows, revoked_at=now, revoked_reason=reason)
    for family in revoked:
        audit.record(TokenFamilyRevoked(**_actor_and_target(family), reason=reason))
    return len(revoked)


def _refused(family: TokenFamily, reason: str, *, client_id: str) -> NotRefreshed:
    audit.record(
        TokenRefreshRefused(
            actor_type="client",
            client_id=client_id,
            result="failure",
            target_type="token_family",
            target_id=str(family.id),
            reason=reason,
        )
    )
    return NotRefreshed(reason)


def _actor_and_target(family: TokenFamily) -> dict[str, Any]:
    return {
        "actor_type": "user",
        "actor_id": family.user_id,
        "client_id": family.client_id,
        "target_type": "token_family",
        "target_id": str(family.id),
    }


def _organization_of(family: TokenFamily) -> str:
    return str(family.organization_id or "")


def _successor(token: str) -> str:
    return PREFIX + crypto.keyed_secret("refresh-token-successor", token)


def _hash(token: str) -> str:
    return crypto.keyed_hash("refresh-token", token)
