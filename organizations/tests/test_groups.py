"""Groups give their members roles, and nobody comes to more through one than they could be given."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.address_cast import NOW, stale_session_of
from audit.models import Event
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired
from organizations.factories import join, make_organization, make_role
from organizations.models import Group, GroupMember
from organizations.services import group_contents, groups, role_grants
from organizations.services.access import Actor
from organizations.tests.role_cast import Acme, acme_of, actor, allowed, system

MANAGES = ("group:manage", "member:update", "member:invite")


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    """bob manages groups, and may invite."""
    return acme_of(alice, bob, *MANAGES)


@pytest.fixture
def sales(acme: Acme) -> Group:
    """A group with a role that bob covers."""
    group = groups.create(**acme.by(acme.alice), name="Sales", description="They sell")
    give(acme, acme.alice, group, "member:invite")
    return group


def give(acme: Acme, user: User, group: Group, *permissions: str) -> None:
    role = make_role(acme.organization, *permissions)
    group_contents.add_role(**acme.by(user), group_id=group.id, role_id=role.id)


def test_members_have_what_their_group_has_as_long_as_they_are_in_it(
    acme: Acme, sales: Group, charlie: User
) -> None:
    member = join(acme.organization, charlie, "viewer")
    before, ids = allowed(member), {"group_id": sales.id, "member_id": member.id}
    group_contents.add_member(**acme.by(acme.bob), **ids)
    assert allowed(member) == before | {"member:invite"}
    give(acme, acme.alice, sales, "audit:read")
    assert allowed(member) == before | {"member:invite", "audit:read"}
    group_contents.remove_member(**acme.by(acme.alice), **ids)
    assert allowed(member) == before
    assert [event.data["user_id"] for event in Event.objects.filter(action__startswith="group.member_")] == [
        str(charlie.id)
    ] * 2


def test_a_role_taken_from_the_group_is_taken_from_its_members(acme: Acme, sales: Group) -> None:
    give(acme, acme.alice, sales, "audit:read")
    group_contents.add_member(**acme.by(acme.alice), group_id=sales.id, member_id=acme.member.id)
    assert "audit:read" in allowed(acme.member)
    role = sales.roles.get(permissions=["audit:read"])
    group_contents.remove_role(**acme.by(acme.alice), group_id=sales.id, role_id=role.id)
    assert "audit:read" not in allowed(acme.member)
    assert Event.objects.get(action="group.role_removed").data["role"] == role.key
    with pytest.raises(NotFound):
        group_contents.remove_role(**acme.by(acme.alice), group_id=sales.id, role_id=role.id)


def test_with_the_group_goes_what_it_gave(acme: Acme, sales: Group, charlie: User) -> None:
    member = join(acme.organization, charlie, "viewer")
    group_contents.add_member(**acme.by(acme.bob), group_id=sales.id, member_id=member.id)
    groups.delete(**acme.by(acme.bob), group_id=sales.id)
    assert "member:invite" not in allowed(member)
    assert Event.objects.get(action="group.deleted").data == {"name": "Sales", "members": 1}


def test_what_is_done_twice_is_one_event(acme: Acme, sales: Group) -> None:
    role = sales.roles.get()
    for _ in range(2):
        group_contents.add_member(**acme.by(acme.alice), group_id=sales.id, member_id=acme.member.id)
        group_contents.add_role(**acme.by(acme.alice), group_id=sales.id, role_id=role.id)
    assert Event.objects.filter(action="group.member_added").count() == 1
    assert Event.objects.filter(action="group.role_added").count() == 1


def test_a_group_beyond_ones_own_is_not_touched(acme: Acme, sales: Group, charlie: User) -> None:
    """Neither entered, nor filled, emptied, renamed or deleted."""
    member = join(acme.organization, charlie, "viewer")
    give(acme, acme.alice, sales, "key:manage")
    group_contents.add_member(**acme.by(acme.alice), group_id=sales.id, member_id=member.id)
    by_bob: dict[str, Any] = {**acme.by(acme.bob), "group_id": sales.id}
    role = sales.roles.get(permissions=["member:invite"])
    for act in (
        lambda: group_contents.add_member(**by_bob, member_id=acme.member.id),
        lambda: group_contents.remove_member(**by_bob, member_id=member.id),
        lambda: group_contents.remove_role(**by_bob, role_id=role.id),
        lambda: groups.change(**by_bob, changes={"name": "Mine"}),
        lambda: groups.delete(**by_bob),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.reason == "beyond_own_permissions"
    assert "key:manage" not in allowed(acme.member)
    assert GroupMember.objects.filter(group=sales, membership=member).exists()


def test_nobody_gives_a_group_a_role_beyond_their_own(acme: Acme, sales: Group) -> None:
    for role in (system("admin"), make_role(acme.organization, "key:manage")):
        with pytest.raises(NotAllowed):
            group_contents.add_role(**acme.by(acme.bob), group_id=sales.id, role_id=role.id)


def test_ownership_comes_by_no_group_and_no_further_role(acme: Acme, sales: Group) -> None:
    owner = system("owner")
    with pytest.raises(NotAllowed) as refused:
        group_contents.add_role(**acme.by(acme.alice), group_id=sales.id, role_id=owner.id)
    assert refused.value.reason == "ownership_not_shared"
    with pytest.raises(NotAllowed):
        role_grants.grant(**acme.by(acme.alice), member_id=acme.member.id, role_id=owner.id)


def test_members_above_are_not_touched(acme: Acme, sales: Group) -> None:
    for act in (group_contents.add_member, group_contents.remove_member):
        with pytest.raises(NotAllowed):
            act(**acme.by(acme.bob), group_id=sales.id, member_id=acme.owner.id)


def test_a_further_role_is_given_and_taken(acme: Acme, charlie: User) -> None:
    member, role = join(acme.organization, charlie, "viewer"), make_role(acme.organization, "member:invite")
    before, ids = allowed(member), {"member_id": member.id, "role_id": role.id}
    for _ in range(2):
        role_grants.grant(**acme.by(acme.bob), **ids)
    assert allowed(member) == before | {"member:invite"}
    role_grants.take(**acme.by(acme.bob), **ids)
    assert allowed(member) == before
    with pytest.raises(NotFound):
        role_grants.take(**acme.by(acme.bob), **ids)
    events = Event.objects.filter(target_type="user", target_id=str(charlie.id)).order_by("seq")
    assert [event.action for event in events] == ["role.granted", "role.taken"]


def test_a_further_role_beyond_ones_own_is_neither_given_nor_taken(acme: Acme, charlie: User) -> None:
    member, role = join(acme.organization, charlie, "viewer"), make_role(acme.organization, "key:manage")
    ids = {"member_id": member.id, "role_id": role.id}
    with pytest.raises(NotAllowed):
        role_grants.grant(**acme.by(acme.bob), **ids)
    with pytest.raises(NotAllowed):
        role_grants.grant(**acme.by(acme.bob), member_id=acme.member.id, role_id=role.id)
    role_grants.grant(**acme.by(acme.alice), **ids)
    with pytest.raises(NotAllowed):
        role_grants.take(**acme.by(acme.bob), **ids)
    assert "key:manage" in allowed(member)


def test_foreign_rows_are_not_there(acme: Acme, sales: Group, charlie: User) -> None:
    elsewhere = make_organization(charlie)
    stranger = join(elsewhere, acme.bob, "member")
    role = make_role(elsewhere, "member:read")
    group = Group.objects.create(organization=elsewhere, name="G", created_at=NOW, updated_at=NOW)
    by_alice = acme.by(acme.alice)
    for act in (
        lambda: group_contents.add_member(**by_alice, group_id=sales.id, member_id=stranger.id),
        lambda: group_contents.add_role(**by_alice, group_id=sales.id, role_id=role.id),
        lambda: group_contents.add_member(**by_alice, group_id=group.id, member_id=acme.member.id),
        lambda: group_contents.members_of(actor(acme.alice), acme.id, group.id, now=NOW),
        lambda: groups.get(actor(acme.alice), acme.id, group.id, now=NOW),
        lambda: groups.change(**by_alice, group_id=group.id, changes={"name": "Mine"}),
        lambda: groups.delete(**by_alice, group_id=group.id),
        lambda: role_grants.grant(**by_alice, member_id=stranger.id, role_id=acme.member.role_id),
        lambda: role_grants.grant(**by_alice, member_id=acme.member.id, role_id=role.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_to_an_outsider_no_group_is_there(acme: Acme, sales: Group, charlie: User) -> None:
    by_charlie = acme.by(charlie)
    for act in (
        lambda: groups.list_of(actor(charlie), acme.id, now=NOW),
        lambda: groups.create(**by_charlie, name="Mine"),
        lambda: groups.delete(**by_charlie, group_id=sales.id),
        lambda: group_contents.members_of(actor(charlie), acme.id, sales.id, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_name_belongs_to_one_group(acme: Acme, sales: Group) -> None:
    with pytest.raises(Conflict):
        groups.create(**acme.by(acme.alice), name="Sales")
    other = groups.create(**acme.by(acme.alice), name="Support")
    with pytest.raises(Conflict):
        groups.change(**acme.by(acme.alice), group_id=other.id, changes={"name": "Sales"})
    changed = groups.change(
        **acme.by(acme.alice), group_id=sales.id, changes={"name": "Sales", "description": "New"}
    )
    assert (changed.name, changed.description) == ("Sales", "New")


def test_deleting_asks_for_a_fresh_proof(acme: Acme, sales: Group) -> None:
    stale = {**acme.by(acme.alice), "actor": Actor.of_session(stale_session_of(acme.alice))}
    with pytest.raises(ReauthenticationRequired):
        groups.delete(**stale, group_id=sales.id)
