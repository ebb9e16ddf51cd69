"""Further roles on a member's page: shown, given and taken, as far as the reader's own permissions go."""

import re

import pytest

from accounts.models import User
from accounts.tests.browsers import signed_in
from organizations.factories import join, make_organization, make_role
from organizations.models import Group, GroupMember, GroupRole, Membership, Organization, Role, RoleGrant
from organizations.permissions import ADMIN, OWNER

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


@pytest.fixture
def bobs(acme: Organization, bob: User) -> Membership:
    return join(acme, bob)


def page_of(member: Membership) -> str:
    return f"/organizations/acme/members/{member.id}"


def offered(html: str) -> set[str]:
    """What can be added, by the role's id."""
    select = re.search(r'<select[^>]*id="id_further_role".*?</select>', html, re.DOTALL)
    return set(re.findall(r'value="([^"]+)"', select.group())) if select else set()


def held(member: Membership) -> set[str]:
    return set(RoleGrant.objects.filter(membership=member).values_list("role__key", flat=True))


def test_a_further_role_is_given_shown_and_taken(alice: User, acme: Organization, bobs: Membership) -> None:
    role = make_role(acme, "audit:read", key="auditor")
    browser, page = signed_in(alice), page_of(bobs)
    assert str(role.id) in offered(browser.get(page).content.decode())
    assert browser.post(page, {"act": "grant", "role": str(role.id)})["Location"] == page
    assert held(bobs) == {"auditor"}
    shown = browser.get(page).content.decode()
    assert f'name="role" value="{role.id}"' in shown
    assert str(role.id) not in offered(shown)
    browser.post(page, {"act": "take", "role": str(role.id)})
    assert held(bobs) == set()


def test_neither_ownership_nor_the_first_role_is_offered(
    alice: User, acme: Organization, bobs: Membership
) -> None:
    browser, owner = signed_in(alice), str(Role.objects.system(OWNER).id)
    choices = offered(browser.get(page_of(bobs)).content.decode())
    assert choices
    assert not choices & {owner, str(bobs.role_id)}
    page = browser.post(page_of(bobs), {"act": "grant", "role": owner}, follow=True)
    assert b"not as a further one" in page.content
    assert held(bobs) == set()


def test_what_comes_by_a_group_is_shown_and_not_taken_here(
    alice: User, acme: Organization, bobs: Membership
) -> None:
    role, at = make_role(acme, key="waterer"), acme.created_at
    group = Group.objects.create(organization=acme, name="Greenhouse", created_at=at, updated_at=at)
    GroupRole.objects.create(group=group, role=role)
    GroupMember.objects.create(group=group, membership=bobs, created_at=at)
    browser = signed_in(alice)
    shown = browser.get(page_of(bobs)).content.decode()
    assert "waterer" in shown
    assert 'value="take"' not in shown
    assert browser.post(page_of(bobs), {"act": "take", "role": str(role.id)}).status_code == 404


def test_an_admin_gives_nobody_what_they_lack_themselves(
    acme: Organization, bob: User, charlie: User
) -> None:
    join(acme, bob, ADMIN)
    member, beyond = join(acme, charlie), make_role(acme, "organization:delete")
    browser, page = signed_in(bob), page_of(member)
    assert str(beyond.id) not in offered(browser.get(page).content.decode())
    answer = browser.post(page, {"act": "grant", "role": str(beyond.id)}, follow=True)
    assert b"beyond what you may do yourself" in answer.content
    RoleGrant.objects.create(membership=member, role=beyond, created_at=acme.created_at)
    shown = browser.get(page).content.decode()  # who has more is out of the admin's reach
    assert beyond.name in shown
    assert not offered(shown)
    assert 'value="take"' not in shown
    browser.post(page, {"act": "take", "role": str(beyond.id)})
    assert held(member) == {beyond.key}


def test_a_plain_member_sees_them_and_finds_no_button(
    alice: User, acme: Organization, bob: User, bobs: Membership
) -> None:
    role = make_role(acme, key="auditor")
    RoleGrant.objects.create(membership=bobs, role=role, created_at=acme.created_at)
    browser = signed_in(bob)
    shown = browser.get(page_of(bobs)).content.decode()
    assert "auditor" in shown
    assert not offered(shown)
    assert 'value="take"' not in shown
    browser.post(page_of(bobs), {"act": "take", "role": str(role.id)})
    assert held(bobs) == {"auditor"}


def test_who_may_not_read_roles_is_shown_none(acme: Organization, bob: User) -> None:
    mine = join(acme, bob, make_role(acme, "organization:read", "member:read"))
    RoleGrant.objects.create(membership=mine, role=make_role(acme, key="auditor"), created_at=acme.created_at)
    assert "auditor" not in signed_in(bob).get(page_of(mine)).content.decode()


def test_a_role_of_another_organization_is_not_there(
    alice: User, acme: Organization, bobs: Membership, charlie: User
) -> None:
    foreign = make_role(make_organization(charlie), key="theirs")
    for act in ("grant", "take"):
        answer = signed_in(alice).post(page_of(bobs), {"act": act, "role": str(foreign.id)})
        assert answer.status_code == 404
    assert signed_in(charlie).post(page_of(bobs), {"act": "grant"}).status_code == 404
    assert held(bobs) == set()
