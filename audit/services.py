"""Appending to the trail, and erasing what it says about a person."""

import secrets
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal

from audit import standalone
from audit.errors import NotInTransaction
from audit.events import ActorType, AuditEvent, PersonalDataErased
from audit.models import SYSTEM_CHAIN, Chain, Event, PersonalData
from audit.rows import chain_key, signed_row
from audit.text import one_line, plain
from core import clock
from core.context import RequestContext, current
from core.models import uuid7
from core.statements import Insert, Select, Update, Write, slot, write_together

MAX_USER_AGENT = 512
MAX_IP = 64
_LENGTHS = {field.name: field.max_length or 0 for field in Event._meta.fields}

# Sent inside the caller's transaction, with `event` (the AuditEvent) and `row` (the Event); the sender is the
# event's class. A receiver that raises takes the act back with it: write an outbox row there, nothing more.
event_recorded = Signal()


def record(event: AuditEvent, *act: Write) -> None:
    """Append the event to its chain, in the caller's transaction.

    Call it LAST in that transaction: the chain stays locked until the commit, and everybody appends in line.
    `act` is what the event tells of, where that is mere writing: on PostgreSQL it goes along in one statement.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(f"{event.tag} was recorded outside of a transaction")
    context = current()
    salt, personal = secrets.token_hex(32), _personal(event, context)
    chain = _lock(_chain_name(event.organization_id))
    values = {
        **_who(event, context),
        "id": uuid7(),
        "seq": chain.seq + 1,
        "at": clock.now(),
        "organization_id": event.organization_id,
        "action": event.tag,
        "result": event.result,
        "target_type": _fit("target_type", event.target_type),
        "target_id": _fit("target_id", event.target_id),
        "request_id": _fit("request_id", context.request_id),
        "data": plain(event.data()),
        "personal_digest": standalone.personal_digest(salt, personal) if personal else "",
        "previous_hash": chain.hash,
    }
    last_hash = standalone.event_hash(chain_key(), signed_row(chain.name, values))
    values |= {"chain_id": chain.pk, "hash": last_hash}
    writes = [Write(_ENTRY, values), _head(chain, values["seq"], last_hash)]
    if personal:
        writes.append(Write(_PERSONAL, {"event_id": values["id"], "salt": salt, "data": personal}))
    write_together(*act, *writes)
    if event_recorded.has_listeners(type(event)):
        event_recorded.send(sender=type(event), event=event, row=Event(**values))


@transaction.atomic
def erase_personal(*, actor_id: UUID | None = None, emails: Collection[str] = ()) -> int:
    """Erase what the trail says about one person; return from how many entries.

    The person is named by id (as actor or as target "user"), by addresses, or by both. The entries stay, and so
    do their hashes. By address every row is read: it is a rare act.
    """
    whose = Q()
    if actor_id:
        whose |= Q(event__actor_id=actor_id) | Q(event__target_type="user", event__target_id=str(actor_id))
    if emails:
        whose |= Q(data__email__in=list(emails))
    if not whose:
        raise ValueError("name the person whose data are to be erased")
    # Found before the chain is locked: nobody waits while every row is read.
    found = list(PersonalData.objects.filter(whose).values_list("pk", flat=True))
    # Recorded first, so that this line does not keep the network and browser of the person who asked.
    record(PersonalDataErased(target_type="user", target_id=str(actor_id or "")))
    if actor_id:
        line = Q(event__action=PersonalDataErased.tag, event__target_id=str(actor_id))
        found += PersonalData.objects.filter(line).values_list("pk", flat=True)
    return PersonalData.objects.filter(pk__in=found).delete()[0]


def _chain_name(organization_id: UUID | None) -> str:
    return f"org:{organization_id}" if organization_id else SYSTEM_CHAIN


# The lock lets foreign keys be checked meanwhile (`no_key`): they are, by every commit that adds an entry.
_LOCK = Select(lambda: Chain.objects.select_for_update(no_key=True).filter(name=slot(Chain, "name")))
_HEAD = Update(
    lambda: Chain.objects.filter(id=slot(Chain, "id")),
    seq=slot(Chain, "seq"),
    hash=slot(Chain, "hash"),
    seal=slot(Chain, "seal"),
)
_ENTRY = Insert(Event)
_PERSONAL = Insert(PersonalData)


def _lock(name: str) -> Chain:
    """The chain as it is, held until the commit: nobody else takes its next number."""
    found = _LOCK.first(name=name)
    if found is None:
        Chain.objects.bulk_create([Chain(name=name)], ignore_conflicts=True)  # another may be making it too
        found = _LOCK.one(name=name)
    return found


def _head(chain: Chain, seq: int, last_hash: str) -> Write:
    """The chain's row, when it ends in that entry."""
    seal = standalone.head_seal(chain_key(), chain.name, seq, last_hash)
    return _HEAD.of(id=chain.pk, seq=seq, hash=last_hash, seal=seal)


def _who(event: AuditEvent, context: RequestContext) -> dict[str, Any]:
    """Whoever the event names; else the person of the request; else nobody, or Janua itself."""
    actor_type: ActorType | None = event.actor_type
    actor_id = event.actor_id
    if actor_id is None and actor_type in {None, "user"}:
        actor_id = context.actor_id
    if actor_type is None:
        actor_type = "user" if actor_id else "anonymous" if context.request_id else "system"
    return {
        "actor_type": actor_type,
        "actor_id": actor_id,
        "session_id": context.session_id,
        "client_id": _fit("client_id", event.client_id or context.client_id),
    }


def _personal(event: AuditEvent, context: RequestContext) -> dict[str, Any]:
    given = {
        **event.personal(),
        "ip": one_line(context.ip, MAX_IP),
        "user_agent": one_line(context.user_agent, MAX_USER_AGENT),
    }
    return plain({name: value for name, value in given.items() if value is not None and value != ""})


def _fit(column: str, text: object) -> str:
    return one_line(str(text), _LENGTHS[column])
