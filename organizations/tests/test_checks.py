"""May this person do that here? Two statements, whoever asks about whom."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.address_cast import NOW
from core.errors import NotAllowed, NotFound
from organizations.factories import join, make_organization, make_role
from organizations.models import (
    ApiKey,
    Group,
    GroupMember,
    GroupRole,
    Membership,
    Organization,
    RoleGrant,
    ServiceAccount,
)
from organizations.services import checks
from organizations.services.access import Actor
from organizations.services.checks import ASKER, About
from organizations.tests.role_cast import Acme, acme_of, actor, app_permission

Queries = Callable[[int], Any]


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    """bob has a first role, a further one, and one of a group."""
    acme = acme_of(alice, bob, "key:own")
    further, shared = make_role(acme.organization, "role:manage"), make_role(acme.organization, "audit:read")
    group = Group.objects.create(organization=acme.organization, name="G", created_at=NOW, updated_at=NOW)
    RoleGrant.objects.create(membership=acme.member, role=further, created_at=NOW)
    GroupRole.objects.create(group=group, role=shared)
    GroupMember.objects.create(group=group, membership=acme.member, created_at=NOW)
    return acme


def ask(acme: Acme, who: Actor, *permissions: str, about: Membership | None = None) -> list[bool]:
    found = checks.check(
        actor=who,
        organization_id=acme.id,
        permissions=permissions,
        about=About(member_id=about.id) if about else ASKER,
        now=NOW,
    )
    return [found[permission] for permission in permissions]


def key_of(acme: Acme, *scopes: str, account: ServiceAccount | None = None) -> Actor:
    owner = {"service_account": account} if account else {"user": acme.bob}
    facts = {"name": "k", "hint": "jnu_sk_", "secret_hash": f"h{len(scopes)}", "created_at": NOW}
    key = ApiKey.objects.create(organization=acme.organization, scopes=list(scopes), **owner, **facts)
    return Actor(user=key.user, key=key)


def service(acme: Acme, *permissions: str) -> ServiceAccount:
    made: ServiceAccount = ServiceAccount.objects.create(
        organization=acme.organization,
        name="ci",
        role=make_role(acme.organization, *permissions),
        created_at=NOW,
    )
    return made


ASKED = ("key:own", "role:manage", "audit:read", "member:remove", "invoices:write")
BOBS = [True, True, True, False, False]


def test_all_roles_count_in_two_statements(acme: Acme, django_assert_num_queries: Queries) -> None:
    bob, alice = actor(acme.bob), actor(acme.alice)
    with django_assert_num_queries(2):
        assert ask(acme, bob, *ASKED) == BOBS
    with django_assert_num_queries(2):
        assert ask(acme, alice, *ASKED, about=acme.member) == BOBS
    with django_assert_num_queries(2):
        assert ask(acme, alice, *ASKED) == [True] * 5


def test_many_roles_cost_no_more(acme: Acme, django_assert_num_queries: Queries) -> None:
    for index in range(20):
        role = make_role(acme.organization, f"member:{'remove' if index else 'invite'}")
        RoleGrant.objects.create(membership=acme.member, role=role, created_at=NOW)
    bob = actor(acme.bob)
    with django_assert_num_queries(2):
        assert ask(acme, bob, "member:invite", "member:remove") == [True, True]


def test_to_ask_about_others_one_must_see_members(acme: Acme, charlie: User) -> None:
    role = make_role(acme.organization, "organization:read")
    join(acme.organization, charlie, role)
    with pytest.raises(NotAllowed):
        ask(acme, actor(charlie), "key:own", about=acme.member)
    assert ask(acme, actor(charlie), "organization:read", "member:read") == [True, False]


def test_members_of_others_and_outsiders_are_not_there(acme: Acme, charlie: User) -> None:
    elsewhere = make_organization(charlie)
    foreign = join(elsewhere, acme.bob, "admin")
    with pytest.raises(NotFound):
        ask(acme, actor(acme.alice), "key:own", about=foreign)
    with pytest.raises(NotFound):
        ask(acme, actor(charlie), "key:own")
    with pytest.raises(NotFound):
        ask(acme, actor(charlie), "key:own", about=acme.member)


def test_a_suspended_member_may_nothing(acme: Acme) -> None:
    Membership.objects.filter(id=acme.member.id).update(suspended_at=NOW)
    assert ask(acme, actor(acme.alice), *ASKED, about=acme.member) == [False] * 5
    with pytest.raises(NotFound):
        ask(acme, actor(acme.bob), "key:own")


def test_a_suspended_person_may_nothing(acme: Acme) -> None:
    User.objects.filter(id=acme.bob.id).update(status=User.Status.SUSPENDED)
    assert ask(acme, actor(acme.alice), *ASKED, about=acme.member) == [False] * 5


@pytest.mark.parametrize("state", ["suspended_at", "deletion_due_at"])
def test_in_a_closed_organization_nobody_works(acme: Acme, state: str) -> None:
    Organization.objects.filter(id=acme.id).update(**{state: NOW})
    assert ask(acme, actor(acme.alice), *ASKED) == [False] * 5
    assert ask(acme, actor(acme.alice), *ASKED, about=acme.member) == [False] * 5
    assert checks.mine(actor=actor(acme.alice), organization_id=acme.id, now=NOW).names == []


def test_a_key_asks_for_itself_within_its_scopes(acme: Acme, django_assert_num_queries: Queries) -> None:
    key = key_of(acme, "organization:read", "key:own", "member:remove")
    with django_assert_num_queries(2):
        assert ask(acme, key, *ASKED) == [True, False, False, False, False]


def test_a_service_account_asks_for_itself_and_about_members(
    acme: Acme, django_assert_num_queries: Queries
) -> None:
    account = service(acme, "organization:read", "member:read", "key:manage")
    narrow = key_of(acme, "organization:read", account=account)
    wide = key_of(acme, "organization:read", "member:read", account=account)
    with django_assert_num_queries(1):
        assert ask(acme, wide, "member:read", "key:manage") == [True, False]
    with django_assert_num_queries(2):
        assert ask(acme, wide, *ASKED, about=acme.member) == BOBS
    with pytest.raises(NotAllowed):
        ask(acme, narrow, "key:own", about=acme.member)


def test_ones_own_are_listed_in_two_statements(acme: Acme, django_assert_num_queries: Queries) -> None:
    app_permission()
    bob, alice = actor(acme.bob), actor(acme.alice)
    with django_assert_num_queries(2):
        found = checks.mine(actor=bob, organization_id=acme.id, now=NOW)
    assert set(found.names) == {
        *("organization:read", "member:read", "role:read", "group:read"),
        *("key:own", "role:manage", "audit:read"),
    }
    with django_assert_num_queries(2):
        owners = checks.mine(actor=alice, organization_id=acme.id, now=NOW).names
    assert {"organization:delete", "invoices:write"} <= set(owners)
