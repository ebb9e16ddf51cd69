"""May this person do that to this thing, by rules and roles, and why?"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from organizations import evaluation
from organizations.evaluation import Decision
from organizations.models import Group, Membership, Role
from organizations.permissions import Permission
from organizations.services import access, checks, role_grants, rules
from organizations.services.access import Access, Actor
from organizations.services.checks import ASKER, About, Place


@dataclass(frozen=True, slots=True)
class Question:
    """Attributes are what the asking app says; what Janua knows itself stands above that."""

    action: str
    resource: dict[str, Any] = field(default_factory=dict)
    request: dict[str, Any] = field(default_factory=dict)
    subject: dict[str, Any] = field(default_factory=dict)
    about: About = ASKER


@dataclass(frozen=True, slots=True)
class Answer:
    """`may_see_rules`: whether the asker may learn which rules there are."""

    decision: Decision
    deciding_roles: tuple[Role, ...]
    may_see_rules: bool


def evaluate(*, actor: Actor, organization_id: UUID, question: Question, now: datetime) -> Answer:
    """Decide for the asker, or for another member. Five statements. Raises `NotFound`, `NotAllowed`.

    Where nobody works (see `checks`) no rule allows anything either, and to a key that asks about itself none allows
    what its scopes do not name.
    """
    place = checks.place_of(actor, organization_id, question.about, now=now)
    attributes = {
        "subject": {**question.subject, **_known_of(place)},
        "resource": question.resource,
        "request": {"time": now.isoformat(), **question.request},
    }
    if not place.is_working or not _is_in_scope(place.asker, question):
        decision = Decision(False, "default")
    else:
        decision = evaluation.decide(question.action, rules.of(organization_id), place.granted, attributes)
    deciding = tuple(role for role in place.roles if role.granted.has(question.action))
    return Answer(decision, deciding, place.asker.has(Permission.POLICY_READ))


def evaluate_for(
    *, actor: Actor, organization_id: UUID, question: Question, email: str, now: datetime
) -> Answer:
    """The same for the member with this address, where one is given. Raises `ValidationFailed` besides."""
    if email:
        asker = access.look(actor, organization_id, Permission.MEMBER_READ, now=now)
        question = replace(question, about=About(member_id=role_grants.member_id_of(asker, email)))
    return evaluate(actor=actor, organization_id=organization_id, question=question, now=now)


def _is_in_scope(asker: Access, question: Question) -> bool:
    key = asker.actor.key
    return key is None or question.about.is_named or question.action in key.scopes


def _known_of(place: Place) -> dict[str, Any]:
    """The subject as Janua knows it; an app cannot say otherwise."""
    known: dict[str, Any] = {
        "roles": sorted(role.key for role in place.roles),
        "organization": str(place.asker.organization.id),
    }
    if not place.member.is_named:  # a service account: people have a place of their own
        return {**known, "id": str(place.asker.for_audit["actor_id"]), "type": "service_account"}
    members = Membership.objects.select_related("user").filter(organization=place.asker.organization)
    member = place.member.among(members).get()
    groups = Group.objects.filter(member_links__membership=member).values_list("name", flat=True)
    return {
        **known,
        "id": str(member.user_id),
        "type": "user",
        "member": str(member.id),
        "email": member.user.email,
        "email_verified": member.user.email_verified,
        "role": next((role.key for role in place.roles if role.id == member.role_id), ""),
        "groups": sorted(groups),
    }
