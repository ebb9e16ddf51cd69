"""Accounts at other providers: found, connected, disconnected."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.events import IdentityConnected, IdentityDisconnected
from accounts.models import Identity, Session, User
from accounts.services import mailed, sudo, ways_in
from audit import services as audit
from core import mail
from core.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIdentity:
    """What a provider said of a person, after everything that can be checked was checked.

    `email_is_verified`: the provider says so itself. `is_authoritative`: it also runs that very mailbox, so that
    nobody else can own it (rule 9).
    """

    provider: str
    provider_name: str
    connection: str
    subject: str
    email: str = ""
    email_is_verified: bool = False
    is_authoritative: bool = False
    display: str = ""
    given_name: str = ""
    family_name: str = ""
    access_token: str = ""
    refresh_token: str = ""
    allows_sign_up: bool = True


def find(told: ToldIdentity) -> Identity | None:
    """Whose account this is: by connection and subject, and by nothing else."""
    known = Identity.objects.select_related("user")
    return known.filter(connection=told.connection, subject=told.subject).first()


def identities_of(user: User) -> QuerySet[Identity]:
    return Identity.objects.filter(user=user).order_by("created_at", "id")


def note_use(identity: Identity, told: ToldIdentity, *, now: datetime) -> None:
    """What the provider tells may change; who it is does not."""
    identity.last_used_at = now
    names = _take_over(identity, told)
    identity.save(update_fields=["last_used_at", *names])


def connect(user: User, told: ToldIdentity, *, is_news: bool = True, now: datetime) -> Identity:
    """Tie the provider's account to the user; inside a transaction. Raises `Conflict` if it is another user's.

    The person gets a mail, unless the account came into being with it (`is_news`).
    """
    identity = Identity(
        user=user, connection=told.connection, subject=told.subject, created_at=now, last_used_at=now
    )
    _take_over(identity, told)
    try:
        with transaction.atomic():
            identity.save(force_insert=True)
    except IntegrityError:
        return _the_one_before(user, told)
    if is_news:
        _tell("identity_connected", user, identity, now=now)
    audit.record(
        IdentityConnected(
            actor_type="user",
            actor_id=user.id,
            target_type="identity",
            target_id=str(identity.id),
            provider=told.provider,
            connection=told.connection,
        )
    )
    return identity


def link(*, session: Session, told: ToldIdentity, now: datetime) -> Identity:
    """A signed-in person adds an account. Sudo mode was asked for when the person set out for the provider."""
    with transaction.atomic():
        user = sudo.lock_person(session, now=now)
        return connect(user, told, now=now)


def disconnect(*, session: Session, identity_id: UUID, now: datetime) -> None:
    """Remove one's own connected account; the last way in stays. Raises `NotFound`, `Conflict`."""
    sudo.require(session, now=now)
    with transaction.atomic():
        # The lock makes two parallel removals see each other: together they might take the last way in.
        user = sudo.lock_person(session, now=now)
        identity = Identity.objects.filter(user=user, id=identity_id).first()
        if identity is None:
            raise NotFound(_("There is no such connected account."))
        if not ways_in.has_another(user, besides=identity.id):
            raise Conflict(
                _("This is your only way to sign in. Choose a password first, then remove it."),
                reason="last_way_in",
            )
        told_id = str(identity.id)
        Identity.objects.filter(id=identity.id).delete()
        _tell("identity_disconnected", user, identity, now=now)
        audit.record(
            IdentityDisconnected(
                actor_type="user",
                actor_id=user.id,
                target_type="identity",
                target_id=told_id,
                provider=identity.provider,
                connection=identity.connection,
            )
        )


def _the_one_before(user: User, told: ToldIdentity) -> Identity:
    """It is connected already: to this user, which is well, or to another."""
    known = find(told)
    if known is None or known.user_id != user.id:
        raise Conflict(_("This account is already connected to somebody else here."), reason="identity_taken")
    return known


def _take_over(identity: Identity, told: ToldIdentity) -> list[str]:
    """Copy what the provider told; the names of the fields."""
    told_now = {
        "provider": told.provider,
        "provider_name": told.provider_name,
        "email": told.email[:254],
        "display": told.display[:200],
    }
    if settings.JANUA.social_store_tokens == "on":
        told_now |= {"access_token": told.access_token, "refresh_token": told.refresh_token}
    for name, value in told_now.items():
        setattr(identity, name, value)
    return list(told_now)


def _tell(kind: str, user: User, identity: Identity, *, now: datetime) -> None:
    facts = {
        "provider": identity.provider_name,
        "display": identity.display or identity.email,
        "connections_url": f"{settings.JANUA.base_url}/account/connections",
        **mailed.circumstances(now),
    }
    mail.send(kind, user.email, facts, locale=user.locale)
