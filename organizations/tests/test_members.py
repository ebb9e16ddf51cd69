"""Members: who may change, suspend and remove whom; and an owner stays, always."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.mails import last_letter
from audit.models import Event
from core import clock, crypto
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired
from core.models import Mail
from organizations.factories import join, make_organization, make_role
from organizations.models import ApiKey, Membership, Organization, Role
from organizations.permissions import ADMIN, MEMBER, OWNER, VIEWER
from organizations.services import members
from organizations.services.access import Actor, look
from organizations.tests.cast import acting, acting_long_after

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def place(user: User) -> Membership:
    found: Membership = Membership.objects.select_related("role").get(user=user)
    return found


def on(acme: Organization, actor: Actor | User, target: User) -> dict[str, Any]:
    """Arguments of what `actor` does to `target`."""
    return {
        "actor": acting(actor) if isinstance(actor, User) else actor,
        "organization_id": acme.id,
        "membership_id": Membership.objects.get(user=target, organization=acme).id,
        "now": clock.now(),
    }


def system(key: str) -> Any:
    return Role.objects.system(key).id


def test_a_new_role_bites_at_once(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob, VIEWER)
    actor = acting(bob)
    with pytest.raises(NotAllowed):
        look(actor, acme.id, "organization:update", now=clock.now())
    members.change_role(**on(acme, alice, bob), role_id=system(ADMIN))
    assert look(actor, acme.id, "organization:update", now=clock.now()).has("member:remove")
    members.change_role(**on(acme, alice, bob), role_id=system(VIEWER))
    with pytest.raises(NotAllowed):
        look(actor, acme.id, "organization:update", now=clock.now())
    line = Event.objects.filter(action="organization.member_role_changed").order_by("seq").last()
    assert line is not None
    assert (line.data, line.target_id) == ({"old_role": "admin", "role": "viewer"}, str(bob.id))


def test_s188_nobody_raises_themselves_or_others_above_their_own(
    acme: Organization, bob: User, charlie: User
) -> None:
    keeper = make_role(acme, "organization:read", "member:read", "member:update")
    join(acme, bob, keeper)
    join(acme, charlie, VIEWER)
    for target in (bob, charlie):
        for role in (OWNER, ADMIN, MEMBER):
            with pytest.raises(NotAllowed):
                members.change_role(**on(acme, bob, target), role_id=system(role))
    assert (place(bob).role, place(charlie).role.key) == (keeper, VIEWER)


def test_s189_an_admin_does_not_touch_an_owner(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob, ADMIN)
    acts: list[Callable[[], object]] = [
        lambda: members.change_role(**on(acme, bob, alice), role_id=system(VIEWER)),
        lambda: members.suspend(**on(acme, bob, alice)),
        lambda: members.remove(**on(acme, bob, alice)),
        lambda: members.change_role(**on(acme, bob, bob), role_id=system(OWNER)),
        lambda: members.transfer(**on(acme, bob, alice)),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert (place(alice).role.key, place(alice).suspended_at, place(bob).role.key) == (OWNER, None, ADMIN)


def test_s191_the_last_owner_neither_leaves_nor_steps_down(
    acme: Organization, alice: User, bob: User
) -> None:
    join(acme, bob, ADMIN)
    with pytest.raises(Conflict) as refused:
        members.leave(actor=acting(alice), organization_id=acme.id, now=clock.now())
    assert refused.value.reason == "last_owner"
    with pytest.raises(Conflict) as refused:
        members.change_role(**on(acme, alice, alice), role_id=system(ADMIN))
    assert refused.value.reason == "last_owner"
    assert place(alice).role.key == OWNER


@pytest.mark.parametrize(
    "state",
    [{"status": User.Status.SUSPENDED}, {"deletion_due_at": clock.now()}],
    ids=["locked out", "about to be erased"],
)
def test_s191_an_owner_who_cannot_act_is_no_other_owner(
    acme: Organization, alice: User, bob: User, state: dict[str, Any]
) -> None:
    join(acme, bob, OWNER)
    User.objects.filter(id=bob.id).update(**state)
    with pytest.raises(Conflict):
        members.leave(actor=acting(alice), organization_id=acme.id, now=clock.now())
    with pytest.raises(Conflict):
        members.transfer(**on(acme, alice, bob))
    members.remove(**on(acme, alice, bob))


def test_of_two_owners_one_may_go(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob, OWNER)
    members.leave(actor=acting(alice), organization_id=acme.id, now=clock.now())
    with pytest.raises(Conflict):
        members.leave(actor=acting(bob), organization_id=acme.id, now=clock.now())


def test_owners_are_made_and_unmade_with_a_fresh_proof_only(
    acme: Organization, alice: User, bob: User
) -> None:
    join(acme, bob, MEMBER)
    stale = acting_long_after(alice)
    with pytest.raises(ReauthenticationRequired):
        members.change_role(**on(acme, stale, bob), role_id=system(OWNER))
    with pytest.raises(ReauthenticationRequired):
        members.transfer(**on(acme, stale, bob))
    members.change_role(**on(acme, alice, bob), role_id=system(OWNER))
    with pytest.raises(ReauthenticationRequired):
        members.remove(**on(acme, stale, bob))
    assert "own" in last_letter(bob.email).text


def test_a_suspended_member_finds_nothing_until_resumed(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob)
    members.suspend(**on(acme, alice, bob))
    with pytest.raises(NotFound):
        look(acting(bob), acme.id, "organization:read", now=clock.now())
    members.resume(**on(acme, alice, bob))
    look(acting(bob), acme.id, "organization:read", now=clock.now())
    actions = list(
        Event.objects.filter(organization_id=acme.id).order_by("seq").values_list("action", flat=True)
    )
    assert actions == ["organization.member_suspended", "organization.member_resumed"]


def test_nobody_suspends_or_removes_themselves(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob, ADMIN)
    for act in (members.suspend, members.remove):
        with pytest.raises(Conflict) as refused:
            act(**on(acme, bob, bob))
        assert refused.value.reason == "own_place"


def test_whoever_is_removed_is_told_and_their_keys_end(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob)
    key = ApiKey.objects.create(
        organization=acme,
        user=bob,
        name="k",
        hint="jnu_sk_x",
        secret_hash=crypto.keyed_hash("t", "s"),
        created_at=clock.now(),
    )
    members.remove(**on(acme, alice, bob))
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert acme.name in last_letter(bob.email).text
    assert not Membership.objects.filter(user=bob).exists()
    assert Event.objects.get(action="organization.member_removed").target_id == str(bob.id)


def test_who_leaves_gets_no_mail_and_is_gone(acme: Organization, bob: User) -> None:
    join(acme, bob, make_role(acme))
    members.leave(actor=acting(bob), organization_id=acme.id, now=clock.now())
    assert not Membership.objects.filter(user=bob).exists()
    assert not Mail.objects.filter(recipient=bob.email).exists()
    assert Event.objects.get(action="organization.member_left").actor_id == bob.id


def test_ownership_is_handed_over(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob, VIEWER)
    members.transfer(**on(acme, alice, bob))
    assert (place(alice).role.key, place(bob).role.key) == (ADMIN, OWNER)
    assert Event.objects.get(action="organization.ownership_transferred").target_id == str(bob.id)
    assert acme.name in last_letter(bob.email).text
    with pytest.raises(NotAllowed):
        members.transfer(**on(acme, alice, bob))


def test_ownership_goes_to_nobody_suspended_and_not_to_oneself(
    acme: Organization, alice: User, bob: User
) -> None:
    join(acme, bob)
    members.suspend(**on(acme, alice, bob))
    for heir in (alice, bob):
        with pytest.raises(Conflict):
            members.transfer(**on(acme, alice, heir))


def test_a_member_of_another_organization_is_not_there(acme: Organization, alice: User, bob: User) -> None:
    foreign = make_organization(bob)
    asked = on(foreign, alice, bob) | {"organization_id": acme.id}
    acts: list[Callable[[], object]] = [
        lambda: members.get(**asked),
        lambda: members.change_role(**asked, role_id=system(ADMIN)),
        lambda: members.suspend(**asked),
        lambda: members.remove(**asked),
        lambda: members.transfer(**asked),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    join(acme, bob)
    with pytest.raises(NotFound):
        members.change_role(**on(acme, alice, bob), role_id=make_role(foreign).id)


def test_the_list_holds_this_organization_only_and_searches(
    acme: Organization, alice: User, bob: User, charlie: User
) -> None:
    join(acme, bob, VIEWER)
    make_organization(charlie)

    def found(**wanted: Any) -> set[str]:
        rows = members.find(
            actor=acting(alice), organization_id=acme.id, wanted=members.Wanted(**wanted), now=clock.now()
        )
        return {row.user.email for row in rows}

    assert found() == {alice.email, bob.email}
    assert found(search="BOB") == {bob.email}
    assert found(search="charlie") == set()
    assert found(role_id=system(VIEWER)) == {bob.email}
    members.suspend(**on(acme, alice, bob))
    assert found(status="suspended") == {bob.email}
    assert found(status="active") == {alice.email}
