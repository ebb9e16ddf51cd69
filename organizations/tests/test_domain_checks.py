"""Verified domains are looked at once a day; three days without the record, and they are not verified any more."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from accounts.tests.mails import letters_to
from audit.models import Event
from core import clock
from organizations import dns_records
from organizations.factories import join, make_organization
from organizations.models import Domain, Organization, Role
from organizations.permissions import ADMIN, MEMBER, OWNER
from organizations.services import domain_checks
from organizations.tests.dns_server import Zone

pytestmark = pytest.mark.django_db
NOW = clock.now()
DAY = timedelta(days=1)


def verified(organization: Organization, name: str = "acme.example") -> Domain:
    return Domain.objects.create(
        organization=organization,
        name=name,
        token=f"token-of-{name}",
        role=Role.objects.system(MEMBER),
        created_at=NOW,
        verified_at=NOW,
        checked_at=NOW,
        enrolment="automatic",
    )


def publish(zone: Zone, row: Domain) -> None:
    zone.txt[dns_records.host_of(row.name)] = [dns_records.value_of(row.token)]


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def test_a_domain_is_looked_at_once_a_day(zone: Zone, acme: Organization) -> None:
    row = verified(acme)
    publish(zone, row)
    assert domain_checks.check_due(now=NOW + DAY - timedelta(seconds=1)) == 0
    assert domain_checks.check_due(now=NOW + DAY) == 1
    assert domain_checks.check_due(now=NOW + DAY + timedelta(hours=1)) == 0
    assert len(zone.asked) == 1


def test_three_days_without_the_record_end_it_and_owners_hear_of_it(
    zone: Zone, alice: User, bob: User, charlie: User, acme: Organization
) -> None:
    join(acme, bob, OWNER)
    join(acme, charlie, ADMIN)
    row, kept = verified(acme), verified(acme, "kept.example")
    publish(zone, kept)
    for day in (1, 2, 3):
        domain_checks.check_due(now=NOW + day * DAY)
        assert Domain.objects.get(id=row.id).verified_at is not None, day
    assert letters_to(alice.email) == []
    domain_checks.check_due(now=NOW + 4 * DAY)
    assert Domain.objects.get(id=row.id).verified_at is None
    assert Domain.objects.get(id=kept.id).verified_at is not None
    for owner in (alice, bob):
        (letter,) = letters_to(owner.email)
        assert letter.kind == "domain_lapsed"
        assert "acme.example" in letter.text
    assert letters_to(charlie.email) == []
    event = Event.objects.get(action="organization.domain_lapsed")
    assert (event.actor_type, event.organization_id) == ("system", acme.id)
    domain_checks.check_due(now=NOW + 9 * DAY)
    assert len(letters_to(alice.email)) == 1


def test_a_record_that_is_there_again_is_forgiven(zone: Zone, acme: Organization) -> None:
    row = verified(acme)
    domain_checks.check_due(now=NOW + DAY)
    domain_checks.check_due(now=NOW + 2 * DAY)
    publish(zone, row)
    domain_checks.check_due(now=NOW + 3 * DAY)
    zone.txt.clear()
    domain_checks.check_due(now=NOW + 4 * DAY)
    domain_checks.check_due(now=NOW + 6 * DAY)
    assert Domain.objects.get(id=row.id).verified_at is not None


def test_failing_name_servers_count_where_others_answer(zone: Zone, acme: Organization) -> None:
    row, other = verified(acme), verified(acme, "other.example")
    publish(zone, other)
    zone.broken.add(dns_records.host_of(row.name))
    for day in (1, 2, 3, 4):
        domain_checks.check_due(now=NOW + day * DAY)
    assert Domain.objects.get(id=row.id).verified_at is None


def test_nothing_is_held_against_anybody_while_our_resolver_is_away(
    acme: Organization, janua_options: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_records, "TIMEOUT_SECONDS", 0.2)
    janua_options(dns_resolver="127.0.0.1:1")
    row = verified(acme)
    for day in range(1, 9):
        assert domain_checks.check_due(now=NOW + day * DAY) == 0
    row.refresh_from_db()
    assert (row.verified_at is not None, row.failing_since) == (True, None)
