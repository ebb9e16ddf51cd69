"""Where no owner can act, an operator makes a member one; nowhere else."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Session, User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired, ValidationFailed
from core.models import Mail
from organizations.factories import join, make_organization
from organizations.models import Membership, Organization
from organizations.permissions import MEMBER, OWNER
from organizations.services import operators
from organizations.tests.rest import Rest

ACTION = ".owner_appointed"


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    """Its only owner is locked out; bob is a member."""
    made = make_organization(alice, slug="acme")
    join(made, bob)
    User.objects.filter(id=alice.id).update(status=User.Status.SUSPENDED)
    return made


def appoint(
    by: User,
    organization: Organization,
    heir: User,
    *,
    session: Session | None = None,
    reason: str = "Locked out",
) -> Organization:
    return operators.appoint_owner(
        session=session or proven(by),
        organization_id=organization.id,
        user_id=heir.id,
        reason=reason,
        now=clock.now(),
    )


def role_of(user: User) -> str:
    found: str = Membership.objects.get(user=user).role.key
    return found


def test_a_member_owns_it_from_then_on_and_all_owners_are_told(
    acme: Organization, alice: User, bob: User, olivia: User
) -> None:
    appoint(olivia, acme, bob, reason="  Locked out ")
    assert (role_of(alice), role_of(bob)) == (OWNER, OWNER)
    assert Mail.objects.get(kind="member_made_owner").recipient == bob.email
    told = Mail.objects.get(kind="organization_owner_appointed")
    assert told.recipient == alice.email
    assert told.subject == "Acme has a new owner"
    assert "Locked out" in told.text and "Locked out" in told.html


def test_it_stands_in_the_organizations_trail_and_in_the_installations(
    acme: Organization, bob: User, olivia: User
) -> None:
    appoint(olivia, acme, bob)
    own, everywhere = Event.objects.filter(action__endswith=ACTION).order_by("organization_id")
    assert (own.organization_id, own.target_type, own.target_id) == (acme.id, "user", str(bob.id))
    assert (own.action, everywhere.action) == (f"organization{ACTION}", f"operator{ACTION}")
    assert everywhere.organization_id is None
    assert (everywhere.target_type, everywhere.target_id) == ("organization", str(acme.id))
    place = str(Membership.objects.get(user=bob).id)
    for line in (own, everywhere):
        assert line.actor_id == olivia.id
        facts = {"membership_id": place, "old_role": "member", "reason": "Locked out"}
        assert line.data == {**facts, "from_outside": True}


@pytest.mark.parametrize(
    "lost",
    [
        {"status": User.Status.SUSPENDED},
        {"deletion_due_at": clock.now() + timedelta(days=3)},
        {"suspended_here": True},
    ],
)
def test_where_an_owner_can_act_nobody_is_appointed(
    acme: Organization, alice: User, bob: User, olivia: User, lost: dict[str, Any]
) -> None:
    User.objects.filter(id=alice.id).update(status=User.Status.ACTIVE)
    with pytest.raises(Conflict) as refused:
        appoint(olivia, acme, bob)
    assert refused.value.reason == "owner_can_act"
    assert (role_of(bob), Mail.objects.count(), Event.objects.filter(action__endswith=ACTION).count()) == (
        MEMBER,
        0,
        0,
    )
    if lost.pop("suspended_here", False):
        Membership.objects.filter(user=alice).update(suspended_at=clock.now())
    User.objects.filter(id=alice.id).update(**(lost or {"locale": "de"}))
    appoint(olivia, acme, bob)
    assert role_of(bob) == OWNER


def test_only_a_member_who_can_act_is_appointed(
    acme: Organization, alice: User, bob: User, charlie: User, olivia: User
) -> None:
    make_organization(charlie)
    for nobody in (charlie, alice, olivia):
        with pytest.raises(ValidationFailed):
            appoint(olivia, acme, nobody)
    for table, loss in (
        (User.objects.filter(id=bob.id), {"status": User.Status.SUSPENDED}),
        (Membership.objects.filter(user=bob), {"suspended_at": clock.now()}),
    ):
        table.update(**loss)
        with pytest.raises(ValidationFailed):
            appoint(olivia, acme, bob)
        User.objects.filter(id=bob.id).update(status=User.Status.ACTIVE)
    assert role_of(bob) == MEMBER


def test_it_takes_an_operator_a_fresh_proof_and_a_reason(
    acme: Organization, bob: User, charlie: User, olivia: User
) -> None:
    for other in (bob, charlie):
        with pytest.raises(NotAllowed):
            appoint(other, acme, bob)
    stale = proven(olivia)
    stale.sudo_until = None
    stale.auth_time -= timedelta(hours=1)
    stale.save()
    with pytest.raises(ReauthenticationRequired):
        appoint(olivia, acme, bob, session=stale)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(ValidationFailed):
            appoint(olivia, acme, bob, reason=reason)
    with pytest.raises(NotFound):
        appoint(olivia, Organization(), bob)
    Organization.objects.update(erasing_at=clock.now())
    with pytest.raises(NotFound):
        appoint(olivia, acme, bob)
    assert role_of(bob) == MEMBER


def test_over_rest(acme: Organization, bob: User, charlie: User, olivia: User) -> None:
    path, body = f"/admin/organizations/{acme.id}/owners", {"user_id": str(bob.id), "reason": "Locked out"}
    assert Rest(bob)("POST", path, body).status_code == 403
    assert Rest(charlie)("POST", path, body).status_code == 403
    rest = Rest(olivia)
    for bad in ({}, {"user_id": str(bob.id)}, {**body, "user_id": "x"}, {**body, "role": "owner"}):
        assert rest("POST", path, bad).status_code == 422
    assert rest("POST", path, body).json()["owners"] == [{"id": str(bob.id), "email": bob.email}]
    assert rest("POST", path, body).status_code == 409
