"""An organization is closed, taken back within its days of grace, or erased whole; nothing else goes with it."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from accounts.tests.mails import last_letter
from audit.models import Event
from core import clock, crypto
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired, ValidationFailed
from organizations.factories import join, make_organization, make_role
from organizations.models import (
    Domain,
    Group,
    GroupMember,
    GroupRole,
    Invitation,
    Membership,
    Organization,
    Role,
    RoleGrant,
    ServiceAccount,
)
from organizations.permissions import ADMIN, OWNER
from organizations.services import deletion, members, organizations
from organizations.tests.cast import acting, acting_long_after

pytestmark = pytest.mark.django_db
GRACE = timedelta(days=14)


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


def ask(user: User, row: Organization, *, typed: str = "acme", now: datetime | None = None) -> None:
    deletion.request(actor=acting(user), organization_id=row.id, typed_slug=typed, now=now or clock.now())


def furnish(row: Organization, person: User) -> None:
    """One of everything that hangs on an organization and on its roles."""
    now, role = clock.now(), make_role(row, "invoices:read")
    member = join(row, person, role)
    RoleGrant.objects.create(membership=member, role=role, created_at=now)
    group = Group.objects.create(organization=row, name="g", created_at=now, updated_at=now)
    GroupRole.objects.create(group=group, role=role)
    GroupMember.objects.create(group=group, membership=member, created_at=now)
    ServiceAccount.objects.create(organization=row, name="s", role=role, created_at=now)
    Domain.objects.create(organization=row, name="acme.example", token="t", role=role, created_at=now)
    Invitation.objects.create(
        organization=row,
        email="new@example.com",
        role=role,
        link_hash=crypto.keyed_hash("t", str(row.id)),
        created_at=now,
        sent_at=now,
        expires_at=now + GRACE,
    )


def test_it_is_closed_at_once_and_its_owners_are_told(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob, OWNER)
    ask(alice, acme)
    acme.refresh_from_db()
    assert acme.deletion_due_at is not None
    assert acme.deletion_due_at - clock.now() > GRACE - timedelta(minutes=1)
    for owner in (alice, bob):
        assert last_letter(owner.email).kind == "organization_deletion"
    with pytest.raises(Conflict):
        organizations.update(
            actor=acting(bob), organization_id=acme.id, changes={"name": "x"}, now=clock.now()
        )
    with pytest.raises(Conflict):
        ask(bob, acme)


@pytest.mark.parametrize("typed", ["", "acm", "Acme Inc"])
def test_without_its_name_typed_nothing_happens(acme: Organization, alice: User, typed: str) -> None:
    with pytest.raises(ValidationFailed):
        ask(alice, acme, typed=typed)
    acme.refresh_from_db()
    assert acme.deletion_due_at is None


def test_only_owners_with_a_fresh_proof_delete(
    acme: Organization, alice: User, bob: User, charlie: User
) -> None:
    join(acme, bob, ADMIN)
    with pytest.raises(NotAllowed):
        ask(bob, acme)
    with pytest.raises(NotFound):
        ask(charlie, acme)
    with pytest.raises(ReauthenticationRequired):
        deletion.request(
            actor=acting_long_after(alice), organization_id=acme.id, typed_slug="acme", now=clock.now()
        )


def test_an_owner_takes_it_back(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob, ADMIN)
    ask(alice, acme)
    with pytest.raises(NotAllowed):
        deletion.cancel(actor=acting(bob), organization_id=acme.id, now=clock.now())
    deletion.cancel(actor=acting(alice), organization_id=acme.id, now=clock.now())
    acme.refresh_from_db()
    assert acme.is_open
    with pytest.raises(Conflict):
        deletion.cancel(actor=acting(alice), organization_id=acme.id, now=clock.now())
    assert deletion.erase_due(now=clock.now() + GRACE * 2) == 0
    assert Event.objects.filter(action="organization.deletion_cancelled").count() == 1


def test_after_the_days_of_grace_all_of_it_is_gone_and_nothing_else(
    acme: Organization, alice: User, bob: User
) -> None:
    furnish(acme, bob)
    other = make_organization(bob, slug="other")
    furnish(other, alice)
    ask(alice, acme)
    assert deletion.erase_due(now=clock.now() + GRACE - timedelta(hours=1)) == 0
    assert deletion.erase_due(now=clock.now() + GRACE + timedelta(hours=1)) == 1
    assert list(Organization.objects.all()) == [other]
    for model in (Membership, RoleGrant, Group, GroupMember, ServiceAccount, Domain, Invitation):
        assert model.objects.count() == (2 if model is Membership else 1)
    assert Role.objects.filter(organization__isnull=False).count() == 1
    assert Event.objects.get(action="organization.erased").data == {"slug": "acme"}
    assert Event.objects.filter(organization_id=acme.id).count() == 2


def test_once_its_erasure_has_begun_it_is_there_for_nobody(acme: Organization, alice: User) -> None:
    ask(alice, acme)
    Organization.objects.filter(id=acme.id).update(erasing_at=clock.now())
    with pytest.raises(NotFound):
        deletion.cancel(actor=acting(alice), organization_id=acme.id, now=clock.now())
    assert not organizations.places_of(alice).exists()
    assert not Organization.objects.of(alice).exists()


def test_one_leaves_a_closed_organization(acme: Organization, alice: User, bob: User) -> None:
    join(acme, bob)
    ask(alice, acme)
    members.leave(actor=acting(bob), organization_id=acme.id, now=clock.now())
    assert not Membership.objects.filter(user=bob).exists()
