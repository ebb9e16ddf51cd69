"""Organizations on a stage, made behind the product's back."""

from tests.support.stage import Stage

MAKE = """
from accounts.models import User
from organizations.factories import join, make_organization
made = make_organization(User.objects.get(email={owner!r}), name={name!r}, slug={slug!r})
for email in {members!r}:
    join(made, User.objects.get(email=email))
print(made.id)
"""
NAME = """
from core import clock
from organizations.models import AppPermission
for name in {names!r}:
    AppPermission.objects.create(name=name, client_id={client_id!r}, created_at=clock.now())
"""


def make_organization(
    stage: Stage, name: str, *, slug: str, owner: str, members: tuple[str, ...] = ()
) -> str:
    """An organization of these people, by their addresses; its id."""
    code = MAKE.format(owner=owner, name=name, slug=slug, members=members)
    return stage.janua.manage("shell", "--verbosity", "0", "-c", code).stdout.split()[-1]


def name_permissions(stage: Stage, client_id: str, *names: str) -> None:
    """Permissions of this client's app."""
    stage.janua.manage("shell", "--verbosity", "0", "-c", NAME.format(names=names, client_id=client_id))


def remove_member(stage: Stage, organization_id: str, email: str) -> None:
    stage.execute(
        "DELETE FROM organizations_membership WHERE organization_id = %s"
        " AND user_id = (SELECT id FROM accounts_user WHERE email = %s)",
        organization_id,
        email,
    )


def add_member(stage: Stage, organization_id: str, email: str) -> None:
    """Back again, as a member."""
    stage.execute(
        "INSERT INTO organizations_membership (id, organization_id, user_id, role_id, is_default, joined_at)"
        " SELECT gen_random_uuid(), %s, u.id, r.id, false, now() FROM accounts_user u, organizations_role r"
        " WHERE u.email = %s AND r.key = 'member' AND r.organization_id IS NULL",
        organization_id,
        email,
    )
