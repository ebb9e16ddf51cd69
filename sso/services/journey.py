"""There and back: setting out for a provider, and what its answer comes to. Pages and REST share it."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Session
from accounts.services import sudo
from accounts.services.identities import ToldIdentity
from core import limits, throttle
from core.errors import NotFound
from sso.engine import exchange
from sso.engine.exchange import Returned, Secrets
from sso.errors import ConsentDenied, IdentityRefused
from sso.models import SocialState
from sso.providers import Provider, find_provider
from sso.services import states
from sso.services.states import Purpose

DENIED = frozenset({"access_denied", "user_cancelled_login", "user_cancelled_authorize", "user_denied"})
MAX_LENGTH = 4000


def get_provider(slug: str) -> Provider:
    """The provider of this name; raises `NotFound`."""
    provider = find_provider(slug)
    if provider is None:
        raise NotFound(_("There is no sign-in with that provider here."))
    return provider


def set_out(provider: Provider, purpose: Purpose, *, binding: str, now: datetime) -> tuple[str, Secrets]:
    """Begin a login: where the browser goes, and the state that must come back. Raises `SocialError`.

    Connecting an account is a sensitive act: whoever connects one comes in by it from then on.
    """
    if purpose.process == SocialState.Process.LINK:
        assert purpose.session is not None
        sudo.require(purpose.session, now=now)
    throttle.require(limits.SOCIAL_START_IP, throttle.visitor(), now=now)
    secrets = states.begin(provider, purpose, binding=binding, now=now)
    return exchange.authorization_url(provider, secrets, now=now), secrets


def come_back(
    provider: Provider,
    answer: Mapping[str, str],
    *,
    binding: str,
    session: Session | None = None,
    now: datetime,
    **which: str,
) -> tuple[SocialState, ToldIdentity]:
    """The login that came back with the provider's answer, and who it is. Raises `SocialError`."""
    state = answer.get("state", "")
    login = states.redeem(state, provider, binding=binding, session=session, now=now, **which)
    if error := answer.get("error", ""):
        raise _refusal(error)
    if provider.kind.is_openid and answer.get("iss", provider.issuer).rstrip("/") != provider.issuer:
        raise IdentityRefused(
            _("The answer came from another provider."), reason="issuer_mismatch"
        )  # RFC 9207
    code = answer.get("code", "")
    if not code or len(code) > MAX_LENGTH:
        raise IdentityRefused(_("The provider's answer was not complete."), reason="no_code")
    returned = Returned(code, answer.get("user", "")[:MAX_LENGTH])
    return login, exchange.identity_of(provider, returned, states.secrets_of(state), now=now)


def _refusal(error: str) -> ConsentDenied | IdentityRefused:
    if error in DENIED:
        return ConsentDenied(
            _("You did not allow it there, so nothing happened here."), reason="access_denied"
        )
    return IdentityRefused(_("The provider reported an error."), reason="provider_failed")
