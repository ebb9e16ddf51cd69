"""Who has proven an address of an organization's domain comes in: by themselves, if they like, or not at all."""

from typing import Any

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import EmailAddress, User
from accounts.services import primary_email
from accounts.services.deletion import erase
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import NotFound
from organizations.factories import join, make_organization
from organizations.models import Domain, EnrolmentStop, Membership, Organization, OrganizationPolicy, Role
from organizations.permissions import MEMBER, OWNER, VIEWER
from organizations.services import enrolment, members
from organizations.tests.cast import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def opened(organization: Organization, how: str, name: str = "example.com", **more: Any) -> Domain:
    now = clock.now()
    facts = {"role": Role.objects.system(VIEWER), "verified_at": now, "created_at": now, **more}
    return Domain.objects.create(organization=organization, name=name, token="t", enrolment=how, **facts)


def sign_in(user: User) -> Any:
    browser = Client()
    answer = browser.post("/login", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 303
    return answer


def is_in(user: User, organization: Organization) -> bool:
    return Membership.objects.filter(user=user, organization=organization).exists()


def test_automatic_brings_in_at_sign_in_with_the_domains_role(bob: User, acme: Organization) -> None:
    opened(acme, "automatic")
    sign_in(bob)
    place = Membership.objects.get(user=bob, organization=acme)
    assert (place.role.key, place.is_default) == (VIEWER, True)
    event = Event.objects.get(action="organization.member_enrolled")
    assert (event.actor_id, event.organization_id) == (bob.id, acme.id)
    assert event.data["domain"] == "example.com"
    sign_in(bob)
    assert Event.objects.filter(action="organization.member_enrolled").count() == 1


def test_a_program_brings_in_too(bob: User, acme: Organization) -> None:
    opened(acme, "automatic")
    body = {"email": bob.email, "password": PASSWORD}
    assert Client().post("/api/v1/auth/login", body, content_type="application/json").status_code == 200
    assert is_in(bob, acme)


@pytest.mark.parametrize(
    "domain",
    [
        {"how": "none"},
        {"how": "suggested"},
        {"how": "automatic", "verified_at": None},
        {"how": "automatic", "name": "other.example"},
        {"how": "automatic", "name": "mple.com"},
        {"how": "automatic", "name": "mail.example.com"},
    ],
)
def test_nothing_else_brings_in(bob: User, acme: Organization, domain: dict[str, Any]) -> None:
    opened(acme, **domain)
    sign_in(bob)
    assert not is_in(bob, acme)


def test_a_further_address_counts_and_an_unproven_one_does_not(
    bob: User, charlie: User, acme: Organization
) -> None:
    opened(acme, "automatic", "acme.example")
    EmailAddress.objects.create(user=bob, email="bob@acme.example", created_at=clock.now())
    assert enrolment.at_sign_in(bob, now=clock.now()) is False
    assert is_in(bob, acme)
    charlie.email, charlie.email_verified = "charlie@acme.example", False
    charlie.save()
    enrolment.at_sign_in(charlie, now=clock.now())
    assert not is_in(charlie, acme)


@pytest.mark.parametrize("shut", ["suspended_at", "deletion_due_at"])
def test_a_closed_organization_takes_nobody(bob: User, acme: Organization, shut: str) -> None:
    opened(acme, "automatic")
    Organization.objects.filter(id=acme.id).update(**{shut: clock.now()})
    sign_in(bob)
    assert not is_in(bob, acme)


def test_an_organization_that_takes_other_domains_only_takes_nobody(bob: User, acme: Organization) -> None:
    opened(acme, "automatic")
    policy = OrganizationPolicy.objects.create(
        organization=acme, email_domains=["other.example"], updated_at=clock.now()
    )
    sign_in(bob)
    assert not is_in(bob, acme)
    policy.email_domains.append("example.com")
    policy.save()
    sign_in(bob)
    assert is_in(bob, acme)


def test_who_is_suspended_or_was_removed_does_not_come_back(bob: User, acme: Organization) -> None:
    opened(acme, "automatic")
    sign_in(bob)
    Membership.objects.filter(user=bob).update(suspended_at=clock.now())
    sign_in(bob)
    place = Membership.objects.get(user=bob, organization=acme)
    assert place.suspended_at is not None
    members.remove(
        actor=acting(acme.memberships.get(role__key=OWNER).user),
        organization_id=acme.id,
        membership_id=place.id,
        now=clock.now(),
    )
    sign_in(bob)
    assert not is_in(bob, acme)
    assert enrolment.offers_to(bob) == []


def end(how: str, acme: Organization, user: User) -> None:
    owner = acting(acme.memberships.get(role__key=OWNER).user)
    place, now = Membership.objects.get(user=user, organization=acme), clock.now()
    match how:
        case "leave":
            members.leave(actor=acting(user), organization_id=acme.id, now=now)
        case "remove":
            members.remove(actor=owner, organization_id=acme.id, membership_id=place.id, now=now)
        case "suspend":
            members.suspend(actor=owner, organization_id=acme.id, membership_id=place.id, now=now)


@pytest.mark.parametrize("how", ["leave", "remove", "suspend"])
@pytest.mark.parametrize("enrolled", ["automatic", "suggested"])
def test_nor_by_another_account_of_the_same_mailbox(
    bob: User, charlie: User, acme: Organization, how: str, enrolled: str
) -> None:
    opened(acme, enrolled)
    EmailAddress.objects.create(user=bob, email="robert@example.com", created_at=clock.now())
    join(acme, bob)
    end(how, acme, bob)
    User.objects.filter(id=bob.id).update(email="bob@home.example")  # both addresses are free again
    EmailAddress.objects.filter(user=bob).delete()
    for address in ("bob@example.com", "robert@example.com"):
        User.objects.filter(id=charlie.id).update(email=address)
        charlie.refresh_from_db()
        assert enrolment.at_sign_in(charlie, now=clock.now()) is False
        assert enrolment.offers_to(charlie) == []
        assert not is_in(charlie, acme)
    User.objects.filter(id=charlie.id).update(email="another@example.com")
    charlie.refresh_from_db()
    offered = enrolment.at_sign_in(charlie, now=clock.now())
    assert offered or is_in(charlie, acme)


def test_nor_when_the_account_was_erased(bob: User, charlie: User, acme: Organization) -> None:
    opened(acme, "automatic")
    join(acme, bob)
    end("remove", acme, bob)
    User.objects.filter(id=bob.id).delete()
    User.objects.filter(id=charlie.id).update(email="bob@example.com")
    charlie.refresh_from_db()
    enrolment.at_sign_in(charlie, now=clock.now())
    assert not is_in(charlie, acme)


def test_nor_by_an_address_taken_off_the_account_before(bob: User, charlie: User, acme: Organization) -> None:
    opened(acme, "automatic")
    session = proven(bob)
    added = EmailAddress.objects.create(user=bob, email="bob@home.example", created_at=clock.now())
    join(acme, bob)
    primary_email.make_primary(session=session, email_id=added.id, now=clock.now())
    old = EmailAddress.objects.get(user=bob, email="bob@example.com")
    primary_email.remove(session=session, email_id=old.id, now=clock.now())
    end("remove", acme, bob)
    User.objects.filter(id=charlie.id).update(email="bob@example.com")
    charlie.refresh_from_db()
    enrolment.at_sign_in(charlie, now=clock.now())
    assert not is_in(charlie, acme)


def test_whoever_erases_the_account_has_left(bob: User, charlie: User, acme: Organization) -> None:
    opened(acme, "automatic")
    join(acme, bob)
    User.objects.filter(id=bob.id).update(deletion_due_at=clock.now())
    bob.refresh_from_db()
    assert erase(bob, now=clock.now())
    User.objects.filter(id=charlie.id).update(email="bob@example.com")
    charlie.refresh_from_db()
    enrolment.at_sign_in(charlie, now=clock.now())
    assert not is_in(charlie, acme)


@pytest.mark.parametrize("enrolled", ["automatic", "suggested"])
def test_a_tagged_address_brings_nobody_in(bob: User, acme: Organization, enrolled: str) -> None:
    opened(acme, enrolled)
    EmailAddress.objects.create(user=bob, email="bob+3@example.com", created_at=clock.now())
    User.objects.filter(id=bob.id).update(email="bob+2@example.com")
    bob.refresh_from_db()
    assert enrolment.at_sign_in(bob, now=clock.now()) is False
    assert not is_in(bob, acme)


def test_who_left_does_not_come_back_until_invited(bob: User, acme: Organization) -> None:
    opened(acme, "automatic")
    for _ in range(2):  # the second time they had been let in by an invitation
        join(acme, bob)
        members.leave(actor=acting(bob), organization_id=acme.id, now=clock.now())
        sign_in(bob)
        assert not is_in(bob, acme)
    assert EnrolmentStop.objects.count() == 1


def test_an_offer_is_taken_or_declined_for_good(bob: User, charlie: User, acme: Organization) -> None:
    opened(acme, "suggested")
    opened(acme, "suggested", "acme.example")
    EmailAddress.objects.create(user=bob, email="bob@acme.example", created_at=clock.now())
    now = clock.now()
    assert enrolment.at_sign_in(bob, now=now) is True
    assert [row.organization for row in enrolment.offers_to(bob)] == [acme]
    joined = enrolment.accept(session=proven(bob), organization_id=acme.id, now=now)
    assert (joined.user, joined.role.key) == (bob, VIEWER)
    assert enrolment.at_sign_in(bob, now=now) is False
    enrolment.decline(session=proven(charlie), organization_id=acme.id, now=now)
    assert enrolment.offers_to(charlie) == []
    assert EnrolmentStop.objects.get().user == charlie
    for act in (enrolment.accept, enrolment.decline):
        with pytest.raises(NotFound):
            act(session=proven(charlie), organization_id=acme.id, now=now)
    assert not is_in(charlie, acme)


def test_nobody_joins_what_is_not_offered(alice: User, bob: User, acme: Organization) -> None:
    opened(acme, "suggested", "other.example")
    automatic = make_organization(alice, slug="automatic")
    opened(automatic, "automatic")
    for organization in (acme, automatic):
        for act in (enrolment.accept, enrolment.decline):
            with pytest.raises(NotFound):
                act(session=proven(bob), organization_id=organization.id, now=clock.now())
    assert not EnrolmentStop.objects.exists()


def test_the_first_organization_is_where_one_starts_and_stays_so(
    alice: User, bob: User, acme: Organization
) -> None:
    opened(acme, "automatic")
    opened(
        make_organization(alice, slug="other"), "automatic", "other.example", role=Role.objects.system(MEMBER)
    )
    EmailAddress.objects.create(user=bob, email="bob@other.example", created_at=clock.now())
    sign_in(bob)
    assert Membership.objects.filter(user=bob).count() == 2
    assert Membership.objects.filter(user=bob, is_default=True).count() == 1


def test_to_whom_no_domain_is_open_it_costs_one_statement(bob: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert enrolment.at_sign_in(bob, now=clock.now()) is False
