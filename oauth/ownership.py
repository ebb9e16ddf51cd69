"""Who may manage which client, and what only an operator may give one.

To everybody else a client of somebody else is not there at all.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.operators import is_operator
from core import limits, throttle
from core.errors import Conflict, NotAllowed, NotFound
from oauth import scopes
from oauth.metadata import ClientMetadata
from oauth.models import Client

MAX_CLIENTS_OF_A_PERSON = 50
ID_TOKEN_SECONDS = 3600


def may_register(actor: User) -> bool:
    """Operators; with CLIENT_REGISTRATION=people everybody whose address is proven."""
    is_open = settings.JANUA.client_registration == "people"
    return is_operator(actor) or (is_open and actor.is_active and actor.email_verified)


def require_may_register(actor: User) -> None:
    if not may_register(actor):
        raise NotAllowed(_("Only operators register clients here."), reason="registration_closed")
    if not is_operator(actor) and actor.oauth_clients.count() >= MAX_CLIENTS_OF_A_PERSON:
        raise Conflict(
            _("One person may have {n} apps.").format(n=MAX_CLIENTS_OF_A_PERSON), reason="too_many_clients"
        )


def manageable_by(actor: User) -> QuerySet[Client]:
    """Every client for operators, their own for people."""
    rows: QuerySet[Client] = Client.objects.all()
    return rows if is_operator(actor) else rows.filter(user_id=actor.id)


def get_client(actor: User, client_id: str) -> Client:
    """Raises `NotFound` for what is not there and for what is not the actor's, alike."""
    client = manageable_by(actor).filter(client_id=client_id).first()
    if client is None:
        raise not_there()
    return client


def lock(actor: User, client: Client) -> Client:
    """The client's row as it is now, held until the transaction ends; raises `NotFound` as `get_client` does."""
    locked = manageable_by(actor).select_for_update(no_key=True).filter(pk=client.pk).first()
    if locked is None:
        raise not_there()
    return locked


def count_change(actor: User, *, now: datetime) -> None:
    """One more change that may make us fetch or decode something; raises `RateLimited`. Not in a transaction."""
    throttle.require(limits.CLIENT_CHANGES, str(actor.id), now=now)


def require_operator(actor: User) -> None:
    if not is_operator(actor):
        raise NotAllowed(_("Only operators may do this."), reason="operators_only")


def require_may_ask(actor: User, asked: ClientMetadata, *, before: ClientMetadata | None = None) -> None:
    """What reaches past the client itself is an operator's to give; what a client has, it keeps.

    Scopes and audiences of other services, claims that no scope asks the person for, and tokens that live
    longer than the installation's own.
    """
    if is_operator(actor):
        return
    had = before or ClientMetadata()
    mapping, had_mapping = asked.claim_mapping, had.claim_mapping
    is_wider = {
        "scope": set(asked.scope.split()) - {*scopes.OF_PEOPLE, *had.scope.split()},
        "resources": set(asked.resources) - set(had.resources),
        "claim_mapping": [name for name in mapping if mapping[name] != had_mapping.get(name)],
        **{name: _outlives(getattr(asked, name), getattr(had, name), most) for name, most in _lives()},
    }
    for name, excess in is_wider.items():
        if excess:
            raise NotAllowed(
                _("Only an operator may set this {name}.").format(name=name), reason="operators_only"
            )


def _lives() -> tuple[tuple[str, int], ...]:
    """The installation's own lifetimes, in seconds."""
    options = settings.JANUA
    return (
        ("access_token_lifetime_seconds", options.access_token_expire_minutes * 60),
        ("id_token_lifetime_seconds", ID_TOKEN_SECONDS),
        ("refresh_token_lifetime_seconds", options.refresh_token_expire_days * 86_400),
    )


def _outlives(asked: int | None, had: int | None, most: int) -> bool:
    return asked is not None and asked > max(most, had or 0)


def not_there() -> NotFound:
    return NotFound(_("There is no such client."), reason="client_not_found")
