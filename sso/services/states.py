"""Logins under way: each comes back once, from the provider it set out for, to whoever set out."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Session
from core import crypto
from core.consume import consume
from sso.engine.exchange import Secrets
from sso.errors import StateInvalid
from sso.models import SocialState
from sso.providers import Provider

PREFIX = "jnu_st_"
BINDING_PREFIX = "jnu_sb_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What the login is for, and where it goes on afterwards."""

    process: SocialState.Process = SocialState.Process.SIGN_IN
    session: Session | None = None
    next: str = ""
    app_redirect_uri: str = ""


def new_binding() -> str:
    """What ties a login to its browser (a cookie) or its program (which keeps it)."""
    return crypto.new_secret(BINDING_PREFIX)


def begin(provider: Provider, purpose: Purpose, *, binding: str, now: datetime) -> Secrets:
    """Note that a login sets out."""
    state = crypto.new_secret(PREFIX)
    SocialState.objects.create(
        created_at=now,
        expires_at=now + SocialState.LIFETIME,
        state_hash=SocialState.hash_of(state),
        binding_hash=SocialState.hash_of(binding),
        slug=provider.slug,
        connection=provider.connection,
        process=purpose.process,
        session=purpose.session,
        next=purpose.next,
        app_redirect_uri=purpose.app_redirect_uri,
    )
    return secrets_of(state)


def secrets_of(state: str) -> Secrets:
    """Nonce and PKCE verifier: computed again from the state, by us alone, and stored nowhere."""
    return Secrets(
        state=state,
        nonce=crypto.keyed_secret("social-nonce", state),
        verifier=crypto.keyed_secret("social-verifier", state),
    )


def peek(state: str, provider: Provider, *, now: datetime) -> SocialState | None:
    """The login of this state if it may still come back, without using it up."""
    rows = SocialState.objects.filter(state_hash=SocialState.hash_of(state), slug=provider.slug)
    return rows.filter(used_at=None, expires_at__gt=now).first()


def redeem(
    state: str,
    provider: Provider,
    *,
    binding: str,
    session: Session | None = None,
    now: datetime,
    **which: str,
) -> SocialState:
    """The login that comes back, used up. Raises `StateInvalid` (S115).

    One that connects an account must come back in the very session that set out. `which` narrows it further.
    """
    rows = SocialState.objects.filter(
        state_hash=SocialState.hash_of(state),
        binding_hash=SocialState.hash_of(binding),
        slug=provider.slug,
        connection=provider.connection,
        **which,
    )
    found = consume(rows, now=now) if state and binding else None
    if found is None or (found.session_id and (session is None or session.id != found.session_id)):
        raise StateInvalid(
            _("This sign-in was finished before, took too long, or was begun somewhere else."),
            reason="invalid_state",
        )
    return found
