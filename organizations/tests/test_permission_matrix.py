"""S187: what each system role may do is what docs/roles.md says; and S188: nobody raises themselves."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.models import User
from accounts.tests.address_cast import NOW, bearer_of
from core.errors import NotAllowed, NotFound
from organizations.factories import join, make_organization, make_role
from organizations.models import Group, GroupRole, Membership, Role
from organizations.permissions import SYSTEM_ROLES, Permission
from organizations.services import access, checks, group_contents, role_grants, roles
from organizations.tests.role_cast import Acme, acme_of, actor, allowed, facts, system

ROLES = ("owner", "admin", "member", "viewer")
ROW = re.compile(r"^\| `(?P<permission>[a-z_]+:[a-z_]+)` \|(?P<cells>(?: *(?:yes|–) *\|){4})", re.MULTILINE)


def published() -> dict[str, dict[str, bool]]:
    """The table of docs/roles.md: permission -> role -> whether it may."""
    text = Path(settings.BASE_DIR, "docs", "roles.md").read_text()
    return {
        row["permission"]: dict(
            zip(ROLES, [cell.strip() == "yes" for cell in row["cells"].split("|")[:4]], strict=True)
        )
        for row in ROW.finditer(text)
    }


def test_s187_the_published_table_is_what_roles_may() -> None:
    assert published() == {
        permission: {role: permission in SYSTEM_ROLES[role] for role in ROLES} for permission in Permission
    }


@pytest.mark.parametrize("role", [*ROLES, None])
def test_s187_each_role_may_exactly_what_is_published(alice: User, bob: User, role: str | None) -> None:
    """Asked one by one, as an app would; without a role there is no organization."""
    organization = make_organization(alice)
    table = published()
    if role is None:
        with pytest.raises(NotFound):
            checks.check(actor=actor(bob), organization_id=organization.id, permissions=list(table), now=NOW)
        return
    join(organization, bob, role)
    found = checks.check(actor=actor(bob), organization_id=organization.id, permissions=list(table), now=NOW)
    assert found == {permission: may[role] for permission, may in table.items()}
    for permission, may in table.items():
        if may[role]:
            access.look(actor(bob), organization.id, permission, now=NOW)
        else:
            with pytest.raises(NotAllowed):
                access.look(actor(bob), organization.id, permission, now=NOW)


@pytest.fixture
def acme(alice: User, bob: User) -> Acme:
    """bob manages members, roles and groups, and may no more."""
    return acme_of(alice, bob, "role:manage", "group:manage", "member:update")


def _admins(acme: Acme) -> Group:
    group: Group = Group.objects.create(
        organization=acme.organization, name="Admins", created_at=NOW, updated_at=NOW
    )
    GroupRole.objects.create(group=group, role=system("admin"))
    return group


def _raise_by_own_role(acme: Acme) -> None:
    roles.change(**acme.by(acme.bob), role_id=acme.member.role_id, facts=facts(None, *Permission))


def _raise_by_new_role(acme: Acme) -> None:
    roles.create(**acme.by(acme.bob), facts=facts("Mine", "key:manage"))


def _raise_by_further_role(acme: Acme) -> None:
    role_grants.grant(**acme.by(acme.bob), member_id=acme.member.id, role_id=system("admin").id)


def _raise_by_made_role(acme: Acme) -> None:
    role = make_role(acme.organization, "key:manage")
    role_grants.grant(**acme.by(acme.bob), member_id=acme.member.id, role_id=role.id)


def _raise_by_joining_a_group(acme: Acme) -> None:
    group_contents.add_member(**acme.by(acme.bob), group_id=_admins(acme).id, member_id=acme.member.id)


def _raise_by_ones_own_group(acme: Acme) -> None:
    group: Group = Group.objects.create(
        organization=acme.organization, name="Mine", created_at=NOW, updated_at=NOW
    )
    group_contents.add_member(**acme.by(acme.bob), group_id=group.id, member_id=acme.member.id)
    group_contents.add_role(**acme.by(acme.bob), group_id=group.id, role_id=system("admin").id)


def _raise_by_an_heir(acme: Acme) -> None:
    roles.delete(**acme.by(acme.bob), role_id=acme.member.role_id, move_to=system("admin").id)


WAYS = [
    _raise_by_own_role,
    _raise_by_new_role,
    _raise_by_further_role,
    _raise_by_made_role,
    _raise_by_joining_a_group,
    _raise_by_ones_own_group,
    _raise_by_an_heir,
]


@pytest.mark.parametrize("way", WAYS)
def test_s188_nobody_raises_themselves(acme: Acme, way: Any) -> None:
    before = allowed(acme.member)
    with pytest.raises(NotAllowed):
        way(acme)
    assert allowed(acme.member) == before
    assert Membership.objects.get(id=acme.member.id).role_id == acme.member.role_id


def test_s188_a_plain_member_reaches_none_of_it(acme: Acme, charlie: User) -> None:
    """Over REST, with the member's own token."""
    member = join(acme.organization, charlie, "member")
    own, headers = make_role(acme.organization, "key:own"), bearer_of(charlie)
    group, admin = _admins(acme), Role.objects.system("admin")
    one = f"/api/v1/organizations/{acme.id}"
    for method, path, body in (
        ("post", "/roles", {"name": "Mine", "permissions": ["key:own"]}),
        ("patch", f"/roles/{own.id}", {"permissions": ["key:manage"]}),
        ("put", f"/members/{member.id}/roles/{own.id}", {}),
        ("put", f"/members/{member.id}/roles/{admin.id}", {}),
        ("put", f"/groups/{group.id}/members/{member.id}", {}),
        ("post", "/groups", {"name": "Mine"}),
    ):
        answer = getattr(Browser(), method)(
            f"{one}{path}", body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 403, path
    assert allowed(member) == set(SYSTEM_ROLES["member"])
