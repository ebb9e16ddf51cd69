"""Organizations are made by people within limits, and changed by those whose role allows it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock, limits
from core.errors import (
    Conflict,
    DomainError,
    NotAllowed,
    NotFound,
    PreconditionFailed,
    RateLimited,
    ValidationFailed,
)
from organizations.factories import join, make_organization
from organizations.models import Membership, Organization
from organizations.permissions import ADMIN, MEMBER, VIEWER
from organizations.services import organizations
from organizations.services.organizations import NewOrganization
from organizations.tests.cast import acting

pytestmark = pytest.mark.django_db


def create(user: User, name: str = "Acme", slug: str = "") -> Membership:
    return organizations.create(
        session=proven(user), new=NewOrganization(name=name, slug=slug), now=clock.now()
    )


def update(user: User, row: Organization, **changes: object) -> Organization:
    return organizations.update(
        actor=acting(user), organization_id=row.id, changes=changes, now=clock.now()
    ).organization


def test_its_maker_owns_it_and_the_trail_tells_so(alice: User) -> None:
    made = create(alice, "Acme & Sons")
    assert (made.organization.slug, made.role.key, made.user) == ("acme-sons", "owner", alice)
    line = Event.objects.get(action="organization.created")
    assert (line.organization_id, line.actor_id, line.data["slug"]) == (
        made.organization_id,
        alice.id,
        "acme-sons",
    )


def test_a_taken_name_gets_a_tail_but_a_taken_slug_is_refused(alice: User, bob: User) -> None:
    create(alice, "Acme")
    assert create(bob, "Acme").organization.slug.startswith("acme-")
    with pytest.raises(Conflict) as refused:
        create(bob, "Acme", slug="ACME")
    assert refused.value.reason == "slug_taken"
    assert Organization.objects.count() == 2


def test_a_name_without_latin_letters_still_has_an_address(alice: User) -> None:
    assert create(alice, "株式会社").organization.slug.startswith("team-")


def test_only_operators_create_where_the_installation_says_so(
    alice: User, olivia: User, janua_options: Callable[..., None]
) -> None:
    janua_options(organization_creation="operators")
    with pytest.raises(NotAllowed):
        create(alice)
    assert create(olivia).role.key == "owner"


def test_nobody_creates_with_an_unproven_address(alice: User) -> None:
    User.objects.filter(id=alice.id).update(email_verified=False)
    alice.refresh_from_db()
    with pytest.raises(NotAllowed):
        create(alice)


def test_a_person_owns_only_so_many(alice: User, bob: User, janua_options: Callable[..., None]) -> None:
    janua_options(organizations_per_person=2)
    join(make_organization(bob), alice, ADMIN)
    create(alice)
    create(alice)
    with pytest.raises(Conflict) as refused:
        create(alice)
    assert refused.value.reason == "too_many_organizations"


def test_creating_is_limited_in_time(alice: User, janua_options: Callable[..., None]) -> None:
    janua_options(organizations_per_person=1000, rate_limits="on")
    for _ in range(limits.ORGANIZATION_CREATION.count):
        create(alice)
    with pytest.raises(RateLimited):
        create(alice)


@pytest.mark.parametrize("role", [MEMBER, VIEWER])
def test_members_do_not_change_it(alice: User, bob: User, role: str) -> None:
    acme = make_organization(alice)
    join(acme, bob, role)
    with pytest.raises(NotAllowed):
        update(bob, acme, name="Bob's")
    acme.refresh_from_db()
    assert acme.name == "Acme"


def test_admins_change_it_and_the_trail_says_what(alice: User, bob: User) -> None:
    acme = make_organization(alice)
    join(acme, bob, ADMIN)
    changed = update(bob, acme, name="Ajax", slug="Ajax", metadata={"plan": "pro"})
    assert (changed.name, changed.slug, changed.metadata) == ("Ajax", "ajax", {"plan": "pro"})
    line = Event.objects.get(action="organization.updated")
    assert line.data == {"fields": ["metadata", "name", "slug"], "slug": "ajax"}
    update(bob, acme, name="Ajax")
    assert Event.objects.filter(action="organization.updated").count() == 1


def test_a_slug_that_another_has_is_refused_and_nothing_changes(alice: User, bob: User) -> None:
    acme, other = make_organization(alice, slug="acme"), make_organization(bob, slug="other")
    with pytest.raises(Conflict):
        update(alice, acme, slug=other.slug, name="Changed")
    with pytest.raises(ValidationFailed):
        update(alice, acme, slug="new")
    acme.refresh_from_db()
    assert (acme.slug, acme.name) == ("acme", "Acme")


def test_a_change_of_what_has_changed_meanwhile_is_refused(alice: User) -> None:
    acme = make_organization(alice)
    with pytest.raises(PreconditionFailed):
        organizations.update(
            actor=acting(alice),
            organization_id=acme.id,
            changes={"name": "Late"},
            if_version={"another"},
            now=clock.now(),
        )


def test_outsiders_find_nothing(alice: User, charlie: User) -> None:
    acme, actor, now = make_organization(alice), acting(charlie), clock.now()
    acts: list[Callable[[], object]] = [
        lambda: organizations.get(actor=actor, organization_id=acme.id, now=now),
        lambda: organizations.update(actor=actor, organization_id=acme.id, changes={"name": "x"}, now=now),
        lambda: organizations.set_default(actor=actor, organization_id=acme.id, is_default=True, now=now),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_a_person_starts_in_one_organization_at_most(alice: User, bob: User) -> None:
    acme, ajax = make_organization(alice), make_organization(bob)
    join(ajax, alice)
    for row in (acme, ajax):
        organizations.set_default(
            actor=acting(alice), organization_id=row.id, is_default=True, now=clock.now()
        )
    assert Membership.objects.get(user=alice, is_default=True).organization == ajax
    organizations.set_default(actor=acting(alice), organization_id=ajax.id, is_default=False, now=clock.now())
    assert not Membership.objects.filter(user=alice, is_default=True).exists()
    assert Event.objects.filter(action="organization.default_changed").count() == 3


def test_in_a_shut_organization_nothing_is_changed(alice: User) -> None:
    acme = make_organization(alice)
    Organization.objects.filter(id=acme.id).update(suspended_at=clock.now() - timedelta(days=1))
    with pytest.raises(DomainError) as refused:
        update(alice, acme, name="x")
    assert refused.value.reason == "organization_closed"
