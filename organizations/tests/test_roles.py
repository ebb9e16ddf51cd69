"""Roles of an organization's own: made, changed, deleted, and never beyond who does it."""

import pytest

from accounts.models import User
from accounts.tests.address_cast import NOW, stale_session_of
from audit.models import Event
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired, ValidationFailed
from organizations.factories import join, make_organization, make_role
from organizations.models import Group, GroupRole, Invitation, Membership, Role, RoleGrant, ServiceAccount
from organizations.permissions import SYSTEM_ROLES
from organizations.services import roles
from organizations.services.access import Actor
from organizations.services.roles import RoleFacts
from organizations.tests.role_cast import READS, Acme, acme_of, actor, allowed, app_permission, facts, system


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    """bob manages roles, and may invite."""
    return acme_of(alice, bob, "role:manage", "member:invite")


def create(acme: Acme, user: User, *permissions: str, name: str = "Book keeper", key: str = "") -> Role:
    return roles.create(**acme.by(user), key=key, facts=facts(name, *permissions))


def test_a_role_is_made_and_counts_at_once(acme: Acme, charlie: User) -> None:
    app_permission()
    role = create(acme, acme.alice, "member:read", "invoices:write")
    assert (role.key, role.name, role.permissions) == (
        "book-keeper",
        "Book keeper",
        ["invoices:write", "member:read"],
    )
    member = join(acme.organization, charlie, role)
    assert allowed(member) == {"invoices:write", "member:read"}
    event = Event.objects.get(action="role.created")
    assert (event.target_id, event.organization_id, event.actor_id) == (str(role.id), acme.id, acme.alice.id)
    assert event.data["permissions"] == ["invoices:write", "member:read"]


def test_what_is_no_permission_is_refused_whole(acme: Acme) -> None:
    with pytest.raises(ValidationFailed) as refused:
        create(acme, acme.alice, "member:read", "invoices:write")
    assert refused.value.reason == "unknown_permission"
    assert not Role.objects.filter(organization=acme.organization, key="book-keeper").exists()


@pytest.mark.parametrize("key", ["owner", "admin", "member", "viewer", "taken"])
def test_a_key_belongs_to_one_role(acme: Acme, key: str) -> None:
    create(acme, acme.alice, key="taken")
    with pytest.raises(Conflict):
        create(acme, acme.alice, key=key)


def test_a_name_without_latin_letters_needs_a_key(acme: Acme) -> None:
    with pytest.raises(ValidationFailed) as refused:
        create(acme, acme.alice, name="会計")
    assert refused.value.reason == "key_needed"
    assert create(acme, acme.alice, name="会計", key="books").name == "会計"


def test_nobody_makes_a_role_beyond_their_own(acme: Acme) -> None:
    assert create(acme, acme.bob, "member:invite").permissions == ["member:invite"]
    app_permission()
    for beyond in ("member:remove", "organization:delete", "invoices:write"):
        with pytest.raises(NotAllowed) as refused:
            create(acme, acme.bob, "member:invite", beyond, name=f"For {beyond}")
        assert refused.value.reason == "beyond_own_permissions"


def test_an_edit_raises_nobody_beyond_the_editor_and_takes_nothing_from_above(
    acme: Acme, charlie: User
) -> None:
    used = create(acme, acme.alice, "member:invite")
    member = join(acme.organization, charlie, used)
    with pytest.raises(NotAllowed):
        roles.change(**acme.by(acme.bob), role_id=used.id, facts=facts(None, "member:invite", "key:manage"))
    assert allowed(member) == {"member:invite"}
    above = create(acme, acme.alice, "key:manage", name="Above")
    for edit in (facts(None, "member:invite"), RoleFacts(name="Renamed")):
        with pytest.raises(NotAllowed):
            roles.change(**acme.by(acme.bob), role_id=above.id, facts=edit)
    with pytest.raises(NotAllowed):
        roles.delete(**acme.by(acme.bob), role_id=above.id)
    above.refresh_from_db()
    assert (above.name, above.permissions) == ("Above", ["key:manage"])


def test_an_edit_counts_at_once_and_says_what_changed(acme: Acme) -> None:
    own = acme.member.role
    roles.change(**acme.by(acme.alice), role_id=own.id, facts=facts("Keys", *READS, "key:manage"))
    assert allowed(acme.member) == {*READS, "key:manage"}
    event = Event.objects.get(action="role.changed")
    assert event.data["added"] == ["key:manage"]
    assert event.data["removed"] == ["member:invite", "role:manage"]
    with pytest.raises(NotAllowed):
        create(acme, acme.bob, name="Too late")


def test_what_changes_nothing_is_no_event(acme: Acme) -> None:
    role = acme.member.role
    edit = facts(role.name, *role.permissions)
    roles.change(**acme.by(acme.alice), role_id=role.id, facts=edit)
    assert not Event.objects.filter(action="role.changed").exists()


@pytest.mark.parametrize("key", SYSTEM_ROLES)
def test_system_roles_stay_as_they_are(acme: Acme, key: str) -> None:
    role = system(key)
    with pytest.raises(NotAllowed) as refused:
        roles.change(**acme.by(acme.alice), role_id=role.id, facts=facts("Mine", "key:manage"))
    assert refused.value.reason == "system_role"
    with pytest.raises(NotAllowed):
        roles.delete(**acme.by(acme.alice), role_id=role.id, move_to=acme.member.role_id)
    role.refresh_from_db()
    assert role.permissions == []


def test_a_role_in_use_goes_only_with_an_heir(acme: Acme) -> None:
    own, heir = acme.member.role, create(acme, acme.alice, "member:read")
    with pytest.raises(Conflict) as refused:
        roles.delete(**acme.by(acme.alice), role_id=own.id)
    assert refused.value.reason == "role_in_use"
    with pytest.raises(ValidationFailed):
        roles.delete(**acme.by(acme.alice), role_id=own.id, move_to=own.id)
    roles.delete(**acme.by(acme.alice), role_id=own.id, move_to=heir.id)
    assert allowed(acme.member) == {"member:read"}
    assert not Role.objects.filter(id=own.id).exists()
    assert Event.objects.get(action="role.deleted").data == {
        "key": own.key,
        "moved_to": heir.key,
        "members": 1,
    }


def test_an_heir_comes_into_everything_once(acme: Acme, charlie: User) -> None:
    gone, heir = create(acme, acme.alice, name="Gone"), create(acme, acme.alice, name="Heir")
    both = join(acme.organization, charlie, system("member"))
    group = Group.objects.create(organization=acme.organization, name="G", created_at=NOW, updated_at=NOW)
    for role in (gone, heir):
        RoleGrant.objects.create(membership=both, role=role, created_at=NOW)
    RoleGrant.objects.create(membership=acme.member, role=gone, created_at=NOW)
    GroupRole.objects.create(group=group, role=gone)
    account = ServiceAccount.objects.create(
        organization=acme.organization, name="ci", role=gone, created_at=NOW
    )
    invited = [
        Invitation.objects.create(
            organization=acme.organization,
            email=f"{state}@example.com",
            role=gone,
            link_hash=state,
            sent_at=NOW,
            created_at=NOW,
            expires_at=NOW,
            revoked_at=NOW if state == "revoked" else None,
        )
        for state in ("pending", "revoked")
    ]
    roles.delete(**acme.by(acme.alice), role_id=gone.id, move_to=heir.id)
    grants = RoleGrant.objects.values_list("membership", "role")
    assert set(grants) == {(both.id, heir.id), (acme.member.id, heir.id)}
    assert GroupRole.objects.get(group=group).role == heir
    for row in (account, *invited):
        row.refresh_from_db()
        assert row.role == heir


def test_an_ended_invitation_holds_no_role_back(acme: Acme) -> None:
    gone = create(acme, acme.alice)
    Invitation.objects.create(
        organization=acme.organization, email="x@example.com", role=gone, link_hash="x", sent_at=NOW,
        created_at=NOW, expires_at=NOW, declined_at=NOW,
    )  # fmt: skip
    roles.delete(**acme.by(acme.alice), role_id=gone.id)
    assert not Role.objects.filter(id=gone.id).exists()


@pytest.mark.parametrize("heir", ["admin", "owner"])
def test_nobody_hands_over_to_a_role_beyond_their_own(acme: Acme, charlie: User, heir: str) -> None:
    gone = create(acme, acme.alice, "member:invite")
    join(acme.organization, charlie, gone)
    with pytest.raises(NotAllowed):
        roles.delete(**acme.by(acme.bob), role_id=gone.id, move_to=system(heir).id)
    assert Membership.objects.get(user=charlie).role == gone


def test_an_owner_makes_nobody_an_owner_that_way(acme: Acme) -> None:
    gone = acme.member.role
    with pytest.raises(NotAllowed) as refused:
        roles.delete(**acme.by(acme.alice), role_id=gone.id, move_to=system("owner").id)
    assert refused.value.reason == "ownership_not_shared"


def test_deleting_asks_for_a_fresh_proof(acme: Acme) -> None:
    role = create(acme, acme.alice)
    stale = {**acme.by(acme.alice), "actor": Actor.of_session(stale_session_of(acme.alice))}
    with pytest.raises(ReauthenticationRequired):
        roles.delete(**stale, role_id=role.id)


def test_another_organizations_role_is_not_there(acme: Acme, charlie: User) -> None:
    foreign = make_role(make_organization(charlie), "member:read")
    by_alice = acme.by(acme.alice)
    with pytest.raises(NotFound):
        roles.get(by_alice["actor"], acme.id, foreign.id, now=NOW)
    with pytest.raises(NotFound):
        roles.change(**by_alice, role_id=foreign.id, facts=facts("Mine"))
    with pytest.raises(NotFound):
        roles.delete(**by_alice, role_id=foreign.id)
    with pytest.raises(NotFound):
        roles.delete(**by_alice, role_id=acme.member.role_id, move_to=foreign.id)


def test_to_an_outsider_no_organization_is_there(acme: Acme, charlie: User) -> None:
    by_charlie, role_id = acme.by(charlie), acme.member.role_id
    for ask in (
        lambda: roles.list_of(actor(charlie), acme.id, now=NOW),
        lambda: roles.create(**by_charlie, facts=facts("Mine")),
        lambda: roles.change(**by_charlie, role_id=role_id, facts=facts("Mine")),
        lambda: roles.delete(**by_charlie, role_id=role_id),
    ):
        with pytest.raises(NotFound):
            ask()


def test_the_list_counts_members_of_this_organization_only(acme: Acme, charlie: User) -> None:
    join(make_organization(charlie), acme.bob, "member")
    join(acme.organization, charlie, "member")
    shown = {role.key: role.member_count for role in roles.list_of(actor(acme.alice), acme.id, now=NOW)}
    assert shown == {"owner": 1, "admin": 0, "member": 1, "viewer": 0, acme.member.role.key: 1}


def test_an_organization_has_room_for_a_hundred(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "MAX_ROLES", 2)
    create(acme, acme.alice, name="Second")
    with pytest.raises(Conflict) as refused:
        create(acme, acme.alice, name="Third")
    assert refused.value.reason == "too_many_roles"
