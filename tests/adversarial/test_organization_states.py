"""Whatever members do, in whatever order: an owner stays, nobody gives or takes what they lack, each change is one line.

A state machine draws acts of people with and without a place, on members, roles, groups, invitations and ownership. What
must hold is read from the tables (`organization_rights`), not asked of the services.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.factories import UserFactory
from accounts.models import User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import DomainError, NotFound
from organizations.factories import join, make_organization
from organizations.models import Group, Invitation, Membership, Organization, Role
from organizations.permissions import ADMIN, MEMBER, Permission
from organizations.services import (
    deletion,
    group_contents,
    groups,
    invitations,
    joining,
    members,
    role_grants,
    roles,
)
from organizations.services.access import Actor
from organizations.services.roles import RoleFacts
from tests.adversarial.organization_rights import EVERYTHING, Rights, facts_of, rights_in

NAMES = ("alice", "bob", "dora", "erin", "frank")
OUTSIDER = "charlie"
SAMPLE = (
    *(Permission.MEMBER_READ, Permission.MEMBER_UPDATE, Permission.ROLE_MANAGE, Permission.GROUP_MANAGE),
    *(Permission.MEMBER_INVITE, Permission.MEMBER_REMOVE, Permission.ORGANIZATION_DELETE, Permission.KEY_OWN),
)
WHEN_SHUT = frozenset({"members.leave", "cancel_deletion", "decline"})
EXAMPLES, STEPS = 20, 40
SUCCEED = {
    *("members.change_role", "members.suspend", "members.resume", "members.remove", "members.leave"),
    *("members.transfer", "roles.create", "roles.change", "roles.delete", "role_grants.grant"),
    *("role_grants.take", "groups.create", "groups.delete", "group_contents.add_member"),
    *("group_contents.remove_member", "group_contents.add_role", "group_contents.remove_role"),
    *("invitations.invite", "invitations.resend", "invitations.revoke", "accept", "decline"),
    *("ask_for_deletion", "cancel_deletion"),
}
"""All acts there are: each is done at least once, for a machine whose acts are all refused would prove nothing."""

AN_OWNER = "an owner"
someone = st.sampled_from((*NAMES, OUTSIDER, *[AN_OWNER] * 4))  # who may everything gets further than most
any_of = st.integers(min_value=0, max_value=50)  # which of those there are
some_permissions = st.sets(st.sampled_from(SAMPLE), max_size=4).map(lambda names: tuple(sorted(names)))
done: Counter[str] = Counter()


class OrganizationMachine(RuleBasedStateMachine):
    """One organization of alice's; bob is an admin, dora a member, and charlie never gets in."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.people: dict[str, User] = {}
        self.actors: dict[str, Actor] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        for name in (*NAMES, OUTSIDER):
            self.people[name] = UserFactory(email=f"{name}@example.org")
            self.actors[name] = Actor.of_session(proven(self.people[name]))
        self.organization: Organization = make_organization(self.people["alice"])
        join(self.organization, self.people["bob"], ADMIN)
        join(self.organization, self.people["dora"], MEMBER)
        roles.ensure_system_roles()
        self._furnish()

    def _furnish(self) -> None:
        """A role, a group that has it, a member with both, and an invitation."""
        by: dict[str, Any] = {**self.by("alice"), "now": clock.now()}
        place = Membership.objects.get(user=self.people["dora"])
        role = roles.create(**by, key="first", facts=RoleFacts(name="First", permissions=SAMPLE[:2]))
        group = groups.create(**by, name="First")
        group_contents.add_role(**by, group_id=group.id, role_id=role.id)
        group_contents.add_member(**by, group_id=group.id, member_id=place.id)
        role_grants.grant(**by, member_id=place.id, role_id=role.id)
        invitations.invite(**by, email=self.people["erin"].email, role_key="member")

    # Members

    @rule(who=someone, which=any_of, role=any_of)
    def change_role(self, who: str, which: int, role: int) -> None:
        self.act(who, members.change_role, membership_id=self.member(which), role_id=self.role(role))

    @rule(who=someone, which=any_of)
    def suspend(self, who: str, which: int) -> None:
        self.act(who, members.suspend, membership_id=self.member(which))

    @rule(who=someone, which=any_of)
    def resume(self, who: str, which: int) -> None:
        self.act(who, members.resume, membership_id=self.member(which))

    @rule(who=someone, which=any_of)
    def remove(self, who: str, which: int) -> None:
        self.act(who, members.remove, membership_id=self.member(which))

    @rule(who=someone)
    def leave(self, who: str) -> None:
        self.act(who, members.leave)

    @rule(who=someone, which=any_of)
    def transfer(self, who: str, which: int) -> None:
        self.act(who, members.transfer, membership_id=self.member(which))

    # Roles

    @rule(who=someone, permissions=some_permissions)
    def create_role(self, who: str, permissions: tuple[str, ...]) -> None:
        key = f"role-{Role.objects.count()}"
        self.act(who, roles.create, key=key, facts=RoleFacts(name=key, permissions=permissions))

    @rule(who=someone, which=any_of, permissions=some_permissions)
    def edit_role(self, who: str, which: int, permissions: tuple[str, ...]) -> None:
        self.act(who, roles.change, role_id=self.role(which), facts=RoleFacts(permissions=permissions))

    @rule(who=someone, which=any_of, heir=st.none() | any_of)
    def delete_role(self, who: str, which: int, heir: int | None) -> None:
        move_to = None if heir is None else self.role(heir)
        self.act(who, roles.delete, role_id=self.role(which), move_to=move_to)

    @rule(who=someone, which=any_of, role=any_of)
    def grant_role(self, who: str, which: int, role: int) -> None:
        self.act(who, role_grants.grant, member_id=self.member(which), role_id=self.role(role))

    @rule(who=someone, which=any_of, role=any_of)
    def take_role(self, who: str, which: int, role: int) -> None:
        self.act(who, role_grants.take, member_id=self.member(which), role_id=self.role(role))

    # Groups

    @rule(who=someone)
    def create_group(self, who: str) -> None:
        self.act(who, groups.create, name=f"group {Group.objects.count()}")

    @rule(who=someone, which=any_of, member=any_of)
    def add_to_group(self, who: str, which: int, member: int) -> None:
        facts = {"group_id": self.group(which), "member_id": self.member(member)}
        self.act(who, group_contents.add_member, **facts)

    @rule(who=someone, which=any_of, member=any_of)
    def take_from_group(self, who: str, which: int, member: int) -> None:
        facts = {"group_id": self.group(which), "member_id": self.member(member)}
        self.act(who, group_contents.remove_member, **facts)

    @rule(who=someone, which=any_of, role=any_of)
    def give_to_group(self, who: str, which: int, role: int) -> None:
        facts = {"group_id": self.group(which), "role_id": self.role(role)}
        self.act(who, group_contents.add_role, **facts)

    @rule(who=someone, which=any_of, role=any_of)
    def take_away_from_group(self, who: str, which: int, role: int) -> None:
        facts = {"group_id": self.group(which), "role_id": self.role(role)}
        self.act(who, group_contents.remove_role, **facts)

    @rule(who=someone, which=any_of)
    def delete_group(self, who: str, which: int) -> None:
        self.act(who, groups.delete, group_id=self.group(which))

    # Invitations

    @rule(who=someone, whom=st.sampled_from(NAMES), role=any_of)
    def invite(self, who: str, whom: str, role: int) -> None:
        role_key = Role.objects.get(id=self.role(role)).key
        self.act(who, invitations.invite, email=self.people[whom].email, role_key=role_key)

    @rule(who=someone, which=any_of)
    def resend(self, who: str, which: int) -> None:
        self.act(who, invitations.resend, invitation_id=self.invitation(which))

    @rule(who=someone, which=any_of)
    def revoke(self, who: str, which: int) -> None:
        self.act(who, invitations.revoke, invitation_id=self.invitation(which))

    @rule(who=st.sampled_from((*NAMES, OUTSIDER)), which=any_of, is_theirs=st.booleans())
    def accept(self, who: str, which: int, is_theirs: bool) -> None:
        """The inviter gives; whoever accepts gives nothing of their own."""
        invitation = Invitation.objects.filter(id=self.invitation(which)).first()
        giver = invitation.invited_by_id if invitation else None
        who = self.invited(invitation, who) if is_theirs else who
        self.attempt("accept", who, joining.accept_own, giver, **self.answer(who, which))

    @rule(who=st.sampled_from((*NAMES, OUTSIDER)), which=any_of, is_theirs=st.booleans())
    def decline(self, who: str, which: int, is_theirs: bool) -> None:
        invitation = Invitation.objects.filter(id=self.invitation(which)).first()
        who = self.invited(invitation, who) if is_theirs else who
        self.attempt("decline", who, joining.decline_own, **self.answer(who, which))

    # The end

    @rule(who=someone, typing=st.integers(min_value=0, max_value=4))
    def ask_for_deletion(self, who: str, typing: int) -> None:
        """Seldom typed right: in a closed organization nearly all is refused."""
        typed = self.organization.slug if typing == 0 else "another"
        self.attempt("ask_for_deletion", who, deletion.request, typed_slug=typed, **self.by(who))

    @rule(who=someone)
    def cancel_deletion(self, who: str) -> None:
        self.attempt("cancel_deletion", who, deletion.cancel, **self.by(who))

    # What must hold

    @invariant()
    def somebody_owns_it(self) -> None:
        if self.people:
            assert rights_in(self.organization).owners, "nobody owns the organization any more"

    @invariant()
    def the_outsider_has_no_place(self) -> None:
        if self.people:
            assert not Membership.objects.filter(user=self.people[OUTSIDER]).exists()

    def act(self, who: str, service: Callable[..., object], /, **facts: Any) -> None:
        name = self._name_of(service)
        self.attempt(name, who, service, **self.by(who), **facts)

    def attempt(
        self, name: str, who: str, service: Callable[..., object], giver: UUID | None = None, /, **facts: Any
    ) -> None:
        """Let `who` try it. It is refused and nothing has happened, or it is done and the books are right."""
        who = self.name(who)
        actor = self.people[who].id
        rights, before, lines = rights_in(self.organization), facts_of(self.organization), self.lines()
        was_shut = self.is_shut()
        refusal: DomainError | None = None
        try:
            with transaction.atomic():
                service(**facts, now=clock.now())
        except DomainError as refused:
            refusal = refused
        changed = facts_of(self.organization) != before
        if refusal is not None:
            assert not changed, f"{name} was refused and changed something: {refusal}"
            assert self.lines() == lines, f"{name} was refused and left a line: {refusal}"
            return
        assert who != OUTSIDER, f"{name} by somebody who has no place here"
        assert self.lines() - lines == int(changed), (
            f"{name}: changed is {changed}, but lines {self.lines() - lines}"
        )
        if was_shut and changed:
            assert name in WHEN_SHUT, f"{name} in a closed organization"
        self.check_rights(name, rights, giver or actor, actor)
        if changed:
            done[name] += 1

    def check_rights(self, name: str, before: Rights, giver: UUID, actor: UUID) -> None:
        """What anybody gained or lost, the giver had."""
        after = rights_in(self.organization)
        for user in before.of.keys() | after.of.keys():
            gained, lost = after.may(user) - before.may(user), before.may(user) - after.may(user)
            assert before.cover(giver, gained), f"{name} gave {sorted(gained)}, which the giver lacks"
            if user != actor:
                assert before.cover(giver, lost), f"{name} took {sorted(lost)}, which the actor lacks"
                assert EVERYTHING not in lost or EVERYTHING in before.may(giver)

    def by(self, who: str) -> dict[str, Any]:
        return {"actor": self.actors[self.name(who)], "organization_id": self.organization.id}

    def name(self, who: str) -> str:
        """The person's, also of whoever owns the organization at present."""
        if who != AN_OWNER:
            return who
        owners = rights_in(self.organization).owners
        return next(name for name, person in self.people.items() if person.id in owners)

    def invited(self, invitation: Invitation | None, otherwise: str) -> str:
        """The name of whom the invitation is for."""
        address = invitation.email if invitation else ""
        return next((name for name, person in self.people.items() if person.email == address), otherwise)

    def answer(self, who: str, which: int) -> dict[str, Any]:
        return {"session": self.actors[who].session, "invitation_id": self.invitation(which)}

    def lines(self) -> int:
        return Event.objects.filter(organization_id=self.organization.id).count()

    def is_shut(self) -> bool:
        return not Organization.objects.get(id=self.organization.id).is_open

    def member(self, which: int) -> UUID:
        return self._one_of(Membership.objects.filter(organization=self.organization).order_by("id"), which)

    def role(self, which: int) -> UUID:
        return self._one_of(Role.objects.usable_in(self.organization.id).order_by("id"), which)

    def group(self, which: int) -> UUID:
        return self._one_of(Group.objects.filter(organization=self.organization).order_by("id"), which)

    def invitation(self, which: int) -> UUID:
        """Mostly of those that wait."""
        waiting = Invitation.objects.pending().filter(organization=self.organization).order_by("id")
        return self._one_of(waiting, which)

    @staticmethod
    def _one_of(rows: Any, which: int) -> UUID:
        ids: list[UUID] = list(rows.values_list("id", flat=True))
        return ids[which % len(ids)] if ids else UUID(int=which)

    @staticmethod
    def _name_of(service: Callable[..., object]) -> str:
        return f"{service.__module__.rpartition('.')[2]}.{service.__name__}"


@pytest.mark.django_db
def test_whatever_members_do_an_owner_stays_nobody_exceeds_themselves_and_each_change_is_one_line() -> None:
    done.clear()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OrganizationMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert len(done) > len(SUCCEED) / 2, f"hardly anything was done: {dict(done)}"


@pytest.mark.django_db
def test_each_act_is_done_once_by_whoever_may_and_is_one_line() -> None:
    """The same checks along one straight way: chance may leave an act out."""
    done.clear()
    machine = OrganizationMachine()
    machine.begin()
    try:
        _one_of_each(machine)
    finally:
        machine.teardown()
    assert dict(done) == dict.fromkeys(SUCCEED, 1) | {"invitations.invite": 3}


def _one_of_each(machine: OrganizationMachine) -> None:
    own = {"organization": machine.organization}

    def place(name: str) -> dict[str, UUID]:
        return {"membership_id": Membership.objects.get(user=machine.people[name], **own).id}

    first, group = Role.objects.get(key="first", **own), Group.objects.get(**own)
    dora = {"member_id": place("dora")["membership_id"]}
    machine.act("alice", members.change_role, **place("dora"), role_id=Role.objects.system("viewer").id)
    machine.act("bob", members.suspend, **place("dora"))
    machine.act("bob", members.resume, **place("dora"))
    machine.act("alice", role_grants.take, **dora, role_id=first.id)
    machine.act("alice", role_grants.grant, **dora, role_id=first.id)
    for act in (group_contents.remove_member, group_contents.add_member):
        machine.act("bob", act, group_id=group.id, **dora)
    for act in (group_contents.remove_role, group_contents.add_role):
        machine.act("bob", act, group_id=group.id, role_id=first.id)
    machine.act("alice", roles.create, key="second", facts=RoleFacts(name="Second", permissions=SAMPLE[:1]))
    second = Role.objects.get(key="second", **own).id
    machine.act("bob", roles.change, role_id=second, facts=RoleFacts(permissions=SAMPLE[:3]))
    machine.act("bob", roles.delete, role_id=second)
    machine.act("bob", groups.create, name="Second")
    machine.act("bob", groups.delete, group_id=Group.objects.get(name="Second", **own).id)
    _invitations(machine)
    machine.act("bob", members.remove, **place("dora"))
    machine.act("alice", members.transfer, **place("bob"))
    machine.act("alice", members.leave)
    slug = machine.organization.slug
    machine.attempt("ask_for_deletion", "bob", deletion.request, typed_slug=slug, **machine.by("bob"))
    machine.attempt("cancel_deletion", "bob", deletion.cancel, **machine.by("bob"))


def _invitations(machine: OrganizationMachine) -> None:
    erin, frank = machine.people["erin"], machine.people["frank"]

    def newest(person: User) -> dict[str, UUID]:
        return {"invitation_id": Invitation.objects.pending().get(email=person.email).id}

    machine.act("bob", invitations.resend, **newest(erin))
    session = {"session": machine.actors["erin"].session}
    machine.attempt("decline", "erin", joining.decline_own, **session, **newest(erin))
    machine.act("bob", invitations.invite, email=erin.email, role_key="member")
    giver = machine.people["bob"].id
    machine.attempt("accept", "erin", joining.accept_own, giver, **session, **newest(erin))
    machine.act("alice", invitations.invite, email=frank.email, role_key="admin")
    machine.act("alice", invitations.revoke, **newest(frank))
    machine.act("bob", invitations.invite, email=frank.email, role_key="viewer")


def test_charlie_is_told_that_there_is_no_such_organization(alice: User, charlie: User) -> None:
    """The refusal of the machine's outsider is the one of something that is not there."""
    with pytest.raises(NotFound):
        members.leave(
            actor=Actor.of_session(proven(charlie)),
            organization_id=make_organization(alice).id,
            now=clock.now(),
        )
