"""API keys: made, listed, replaced with an overlap, taken back. Only a person makes or replaces one, freshly proven."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.services import mailed
from audit import services as audit
from core import crypto, mail
from core.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from core.keyset import Page, read_page
from organizations import key_rules
from organizations.events.keys import ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated, about_key
from organizations.models import ApiKey, AppPermission, ServiceAccount
from organizations.permissions import Granted, Permission
from organizations.services import access, key_use
from organizations.services.access import Access, Actor

MAX_LIVING = 50
MAX_OVERLAP_HOURS = 7 * 24
HINT_LENGTH = len(key_use.PREFIX) + 4


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What is asked of a new key. Without a service account it is the actor's own."""

    name: str
    scopes: list[str]
    networks: list[str] = field(default_factory=list)
    expires_at: datetime | None = None
    service_account_id: UUID | None = None


def page_of(
    *, actor: Actor, organization_id: UUID, cursor: str | None, limit: int, now: datetime
) -> Page[ApiKey]:
    """The keys that the actor may see, the newest first: all of the organization's for who manages them, else one's own."""
    acting = access.look(actor, organization_id, Permission.ORGANIZATION_READ, now=now)
    of = f"keys of {organization_id}"
    return read_page(visible_to(acting), of=of, by="created_at", cursor=cursor, limit=limit)


def get(*, actor: Actor, organization_id: UUID, key_id: UUID, now: datetime) -> ApiKey:
    """One of those; raises `NotFound`."""
    acting = access.look(actor, organization_id, Permission.ORGANIZATION_READ, now=now)
    return _find(acting, key_id)


def create(*, actor: Actor, organization_id: UUID, asked: NewKey, now: datetime) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again. It may no more than its maker and its owner may.

    Raises `ReauthenticationRequired`, `NotAllowed`, `NotFound`, `ValidationFailed`, and `Conflict` where the owner has
    as many keys as there may be.
    """
    is_own = asked.service_account_id is None
    with transaction.atomic():
        permission = Permission.KEY_OWN if is_own else Permission.KEY_MANAGE
        acting = access.enter(actor, organization_id, permission, now=now)
        acting.require_person(now=now)
        account = None if asked.service_account_id is None else _account(acting, asked.service_account_id)
        secret = crypto.new_secret(key_use.PREFIX)
        key = ApiKey(
            organization=acting.organization,
            user=actor.user if is_own else None,
            service_account=account,
            name=asked.name,
            hint=secret[:HINT_LENGTH],
            secret_hash=ApiKey.hash_of(secret),
            scopes=_scopes(acting, account, asked.scopes),
            networks=key_rules.clean_networks(asked.networks),
            created_at=now,
            created_by=actor.user,
            expires_at=key_rules.end_of(asked.expires_at, now=now),
        )
        _require_room(key, now=now)
        key.save(force_insert=True)
        _tell("api_key_created", acting, key, now=now)
        audit.record(ApiKeyCreated(**acting.for_audit, **about_key(key), scopes=tuple(key.scopes)))
    return key, secret


def rotate(
    *, actor: Actor, organization_id: UUID, key_id: UUID, overlap_hours: int, now: datetime
) -> tuple[ApiKey, str]:
    """A new secret; the one so far works for that many hours longer, one from an earlier rotation ends at once.

    A key that expires lives as long again as it was meant to. Raises as `create` does, and `Conflict` for a key that
    does not live.
    """
    if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        raise ValueError("the faces check the overlap")
    with transaction.atomic():
        acting = access.enter(actor, organization_id, Permission.ORGANIZATION_READ, now=now)
        key = _find(acting, key_id)
        _require_may_hold(acting, key)
        acting.require_person(now=now)
        if not ApiKey.objects.alive(now).filter(id=key.id).exists():
            raise Conflict(
                _("This key does not work any more. Create a new one instead."), reason="key_not_alive"
            )
        secret = crypto.new_secret(key_use.PREFIX)
        overlap_ends = min(filter(None, (now + timedelta(hours=overlap_hours), key.expires_at)))
        key.previous_hash = key.secret_hash if overlap_hours else None
        key.previous_expires_at = overlap_ends if overlap_hours else None
        if key.expires_at is not None:
            asked = now + (key.expires_at - (key.rotated_at or key.created_at))
            key.expires_at = min(filter(None, (asked, key_rules.latest_end(now))))
        key.secret_hash, key.hint = ApiKey.hash_of(secret), secret[:HINT_LENGTH]
        key.rotated_at, key.warned_at = now, None
        key.save(
            update_fields=[
                *("secret_hash", "hint", "previous_hash", "previous_expires_at", "expires_at"),
                *("rotated_at", "warned_at"),
            ]
        )
        _tell("api_key_rotated", acting, key, now=now)
        audit.record(ApiKeyRotated(**acting.for_audit, **about_key(key), overlap_hours=overlap_hours))
    return key, secret


@transaction.atomic
def revoke(*, actor: Actor, organization_id: UUID, key_id: UUID, now: datetime) -> None:
    """End a key at once. One's own always; another's only with what the key may. No fresh proof: it takes away only."""
    acting = access.enter(actor, organization_id, Permission.ORGANIZATION_READ, now=now)
    key = _find(acting, key_id)
    if not _is_own(acting, key):
        acting.require_covers(Granted(frozenset(key.scopes)))
    if key.revoked_at is not None:
        return
    key.revoked_at = now
    key.save(update_fields=["revoked_at"])
    audit.record(ApiKeyRevoked(**acting.for_audit, **about_key(key)))


def visible_to(acting: Access) -> QuerySet[ApiKey]:
    """All keys of the organization for who manages them, else one's own. A key that reads needs to say so itself."""
    rows = ApiKey.objects.with_owners().filter(organization_id=acting.organization.id)
    if acting.has(Permission.KEY_MANAGE):
        return rows
    if acting.actor.key is not None:
        acting.require(Permission.KEY_OWN)
    if acting.service_account is not None:
        return rows.filter(service_account=acting.service_account)
    return rows.filter(user=acting.actor.user)


def scopes_for(acting: Access) -> list[str]:
    """What a key of this person may be given, in the order of the table: Janua's permissions, then those of apps."""
    of_apps = AppPermission.objects.order_by("name").values_list("name", flat=True)
    known = [*(each.value for each in Permission if each not in key_rules.NEVER), *of_apps]
    return [scope for scope in known if acting.has(scope)]


def _find(acting: Access, key_id: UUID) -> ApiKey:
    key = visible_to(acting).filter(id=key_id).first()
    if key is None:
        raise NotFound(_("There is no such key."))
    return key


def _account(acting: Access, account_id: UUID) -> ServiceAccount:
    rows = ServiceAccount.objects.select_related("role").filter(organization_id=acting.organization.id)
    account: ServiceAccount | None = rows.filter(id=account_id).first()
    if account is None:
        raise NotFound(_("There is no such service account."))
    if account.disabled_at is not None:
        raise Conflict(_("This service account is disabled."), reason="service_account_disabled")
    return account


def _scopes(acting: Access, account: ServiceAccount | None, asked: list[str]) -> list[str]:
    """The scopes as they are stored: what its maker has, and its owner too."""
    scopes = key_rules.known_scopes(asked)
    acting.require_covers(Granted(frozenset(scopes)))
    if account is not None and not account.role.granted.covers(Granted(frozenset(scopes))):
        sentence = _("The role of this service account does not allow that much.")
        raise ValidationFailed(sentence, reason="beyond_owner", details={"scopes": [sentence]})
    return scopes


def _require_room(key: ApiKey, *, now: datetime) -> None:
    rows = ApiKey.objects.filter(organization=key.organization, revoked_at=None)
    owned = rows.filter(user=key.user, service_account=key.service_account).exclude(expires_at__lte=now)
    if owned.count() >= MAX_LIVING:
        raise Conflict(
            _("At most {n} keys work at a time. Revoke an old one first.").format(n=MAX_LIVING),
            reason="too_many_keys",
        )


def _require_may_hold(acting: Access, key: ApiKey) -> None:
    """Whoever sees a secret is its key's owner, or manages keys and may all that the key may."""
    if _is_own(acting, key):
        acting.require(Permission.KEY_OWN)
        return
    if key.service_account_id is None:
        raise NotAllowed(
            _("This key is another person's: only they can replace it."), reason="key_of_another"
        )
    acting.require(Permission.KEY_MANAGE)
    acting.require_covers(Granted(frozenset(key.scopes)))


def _is_own(acting: Access, key: ApiKey) -> bool:
    if acting.service_account is not None:
        return key.service_account_id == acting.service_account.id
    return acting.actor.user is not None and key.user_id == acting.actor.user.id


def _tell(kind: str, acting: Access, key: ApiKey, *, now: datetime) -> None:
    """A mail to the person who did it: who it was not learns of it."""
    user = acting.actor.user
    if user is None:
        return
    facts = {**facts_of(key), "keys_url": keys_url(key), **mailed.circumstances(now)}
    mail.send(kind, user.email, facts, locale=user.locale)


def facts_of(key: ApiKey) -> dict[str, object]:
    """What mails say of a key."""
    return {
        "organization": key.organization.name,
        "key_name": key.name,
        "hint": key.hint,
        "service_account": key.service_account.name if key.service_account else "",
        "expires_at": key.expires_at,
    }


def keys_url(key: ApiKey) -> str:
    return mailed.url(f"/organizations/{key.organization.slug}/keys")
