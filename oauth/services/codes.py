"""Authorization codes: issued to a signed-in person's browser, redeemed once by the client (RFC 6749 section 4.1)."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Session, User
from audit import services as audit
from core import crypto
from core.statements import Select, consuming, slot
from oauth.authorization import Authorization
from oauth.events import AuthorizationCodeIssued, AuthorizationCodeRefused
from oauth.models import AuthorizationCode, Client
from tokens.services import login_claims, refresh

PREFIX = "jnu_ac_"
CODE_LENGTH = len(PREFIX) + 43
LIFETIME = timedelta(seconds=60)
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")

_USE = consuming(lambda: AuthorizationCode.objects.filter(code=slot(AuthorizationCode, "code")))
_SESSION = Select(lambda: Session.objects.select_related("user").filter(id=slot(Session, "id")))


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """Returned, not raised: what was burnt stays burnt. `reason` is for the audit trail only."""

    reason: str


def issue(
    authorization: Authorization, session: Session, *, organization_id: UUID | None = None, now: datetime
) -> str:
    """A fresh code for the client; call inside a transaction."""
    code = crypto.new_secret(PREFIX)
    scope = " ".join(authorization.scope)
    row = AuthorizationCode.objects.create(
        user=session.user,
        session=session,
        application=authorization.client,
        code=_hash(code),
        expires_at=now + LIFETIME,
        redirect_uri=authorization.parameters.get("redirect_uri"),
        scope=scope,
        code_challenge=authorization.parameters.get("code_challenge"),
        code_challenge_method=authorization.parameters.get("code_challenge_method"),
        nonce=authorization.parameters.get("nonce"),
        resource=list(authorization.resources),
        requested_claims={
            "userinfo": list(authorization.claims.userinfo),
            "id_token": list(authorization.claims.id_token),
        },
        login_claims=login_claims.of_session(session, acr=authorization.levels.told(session)),
        organization_id=organization_id,
    )
    audit.record(
        AuthorizationCodeIssued(
            actor_type="user",
            actor_id=session.user_id,
            client_id=authorization.client.client_id,
            target_type="authorization_code",
            target_id=str(row.id),
            scope=scope,
            organization=str(organization_id or ""),
        )
    )
    return code


def redeem(
    code: str, client: Client, *, redirect_uri: str, verifier: str, now: datetime
) -> AuthorizationCode | CodeRefused:
    """Use the code up. Whoever presents it burns it; a replay ends what it was redeemed for."""
    if len(code) != CODE_LENGTH:
        return CodeRefused("malformed")
    used = _USE.rows(code=_hash(code), now=now)
    if not used:
        return _refuse_used(code, client, now=now)
    row: AuthorizationCode = used[0]
    if fault := _fault(row, client, redirect_uri=redirect_uri, verifier=verifier):
        return _refuse(fault, client, row)
    row.session = _SESSION.one(id=row.session_id)
    if row.session.ended_at is not None or row.session.user.status != User.Status.ACTIVE:
        return _refuse("session_ended", client, row)
    changed_at = row.session.user.password_changed_at
    if changed_at is not None and row.expires_at - LIFETIME < changed_at:
        return _refuse("password_changed", client, row)
    return row


def _fault(row: AuthorizationCode, client: Client, *, redirect_uri: str, verifier: str) -> str:
    if row.application_id != client.id:
        return "wrong_client"
    if redirect_uri != row.redirect_uri:
        return "wrong_redirect_uri"
    if not row.code_challenge and verifier:
        return "verifier_without_challenge"  # RFC 9700 section 4.8.2: somebody took the challenge out
    if row.code_challenge and not _verifier_fits(verifier, row.code_challenge):
        return "wrong_verifier"
    return ""


def _verifier_fits(verifier: str, challenge: str) -> bool:
    """RFC 7636 section 4.6, S256."""
    if not VERIFIER.fullmatch(verifier):
        return False
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)


def _refuse_used(code: str, client: Client, *, now: datetime) -> CodeRefused:
    row = AuthorizationCode.objects.filter(code=_hash(code)).first()
    if row is None:
        return CodeRefused("unknown")
    if row.used_at is not None:
        refresh.revoke_family_of_code(row.id, now=now)
    return _refuse("replayed" if row.used_at else "expired", client, row)


def _refuse(reason: str, client: Client, row: AuthorizationCode) -> CodeRefused:
    audit.record(
        AuthorizationCodeRefused(
            actor_type="client",
            client_id=client.client_id,
            result="failure",
            target_type="authorization_code",
            target_id=str(row.id),
            reason=reason,
        )
    )
    return CodeRefused(reason)


def _hash(code: str) -> str:
    return crypto.keyed_hash("authorization-code", code)
