"""When an account is erased: whose members depend on the person hands over first; what is theirs alone goes along."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.data_map import exported
from accounts.events import PrimaryEmailChanged, by_oneself
from accounts.models import User
from accounts.services import deletion as accounts_deletion
from accounts.services import users
from accounts.tests.browsers import proven
from accounts.tests.mails import last_letter
from audit import services as audit
from audit.models import Event
from core import clock, crypto
from core.errors import Conflict
from organizations.factories import join, make_organization
from organizations.models import Invitation, Membership, Organization
from organizations.permissions import ADMIN, MEMBER, OWNER
from organizations.services import deletion

pytestmark = pytest.mark.django_db
LATER = timedelta(days=15)


def ask(user: User) -> None:
    accounts_deletion.request_deletion(proven(user), typed_email=user.email, now=clock.now())


def erase(user: User) -> None:
    now = clock.now() + LATER
    assert accounts_deletion.erase(user, now=now)


def test_s191_an_only_owner_of_others_hands_over_first(alice: User, bob: User) -> None:
    acme = make_organization(alice, name="Acme")
    join(acme, bob, ADMIN)
    with pytest.raises(Conflict) as refused:
        ask(alice)
    assert "Acme" in refused.value.detail
    Membership.objects.filter(user=bob).delete()
    ask(alice)


def test_s191_an_operator_does_not_erase_them_either(alice: User, bob: User, olivia: User) -> None:
    join(make_organization(alice), bob)
    with pytest.raises(Conflict):
        accounts_deletion.schedule_now(alice, actor=olivia, now=clock.now())
    users.suspend(actor=olivia, user=alice, now=clock.now())  # locking out must always work
    assert Membership.objects.get(user=alice).role.key == OWNER


def test_of_two_owners_the_second_cannot_go_after_the_first(alice: User, bob: User, charlie: User) -> None:
    acme = make_organization(alice)
    join(acme, bob, OWNER)
    join(acme, charlie)
    ask(alice)
    with pytest.raises(Conflict):
        ask(bob)
    erase(alice)
    assert set(Membership.objects.values_list("user__email", flat=True)) == {bob.email, charlie.email}
    assert Organization.objects.get().is_open


def test_what_is_theirs_alone_goes_with_them(alice: User, bob: User) -> None:
    make_organization(alice, slug="alone")
    join(make_organization(bob, slug="bobs"), alice)
    ask(alice)
    erase(alice)
    assert deletion.erase_due(now=clock.now() + LATER) == 1
    assert list(Organization.objects.values_list("slug", flat=True)) == ["bobs"]
    assert Membership.objects.get().user == bob


def test_who_came_in_the_days_of_grace_inherits_as_admin_or_has_days_to_leave(
    alice: User, bob: User, charlie: User
) -> None:
    first, second = make_organization(alice, slug="first"), make_organization(alice, slug="second")
    ask(alice)
    join(first, charlie, ADMIN)
    join(first, bob, MEMBER)
    join(second, bob, MEMBER)
    erase(alice)
    assert Membership.objects.get(organization=first, user=charlie).role.key == OWNER
    assert last_letter(charlie.email).kind == "member_made_owner"
    assert Event.objects.get(action="organization.ownership_inherited").target_id == str(charlie.id)
    second.refresh_from_db()
    first.refresh_from_db()
    assert first.is_open
    assert second.deletion_due_at is not None
    assert second.deletion_due_at > clock.now() + LATER
    assert Event.objects.filter(action="organization.deletion_requested").count() == 1


def invite(row: Organization, email: str) -> None:
    now = clock.now()
    Invitation.objects.create(
        organization=row,
        email=email,
        role=Membership.objects.filter(organization=row)[0].role,
        link_hash=crypto.keyed_hash("t", email),
        created_at=now,
        sent_at=now,
        expires_at=now + LATER,
    )


def test_invitations_to_the_person_go_also_to_a_former_address(alice: User, bob: User) -> None:
    acme = make_organization(bob)
    for email in (alice.email, "former@example.com", "else@example.com"):
        invite(acme, email)
    audit.record(
        PrimaryEmailChanged(**by_oneself(alice.id), email=alice.email, old_email="former@example.com")
    )
    ask(alice)
    erase(alice)
    assert list(Invitation.objects.values_list("email", flat=True)) == ["else@example.com"]


def test_the_archive_tells_of_places_and_invitations(alice: User, bob: User) -> None:
    acme = make_organization(alice, slug="acme")
    make_organization(bob)
    invite(acme, alice.email)
    told: dict[str, Any] = {
        holding.file: list(holding.rows(alice).values(*holding.fields))
        for holding in exported()
        if holding.model.startswith("organizations.") and holding.rows
    }
    assert [row["organization__slug"] for row in told["organizations"]] == ["acme"]
    assert [row["email"] for row in told["invitations"]] == [alice.email]
