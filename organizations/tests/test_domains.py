"""Domains: said, proven by a real DNS server, taken by one organization only, given up."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Session, User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import (
    Conflict,
    NotAllowed,
    NotFound,
    RateLimited,
    ReauthenticationRequired,
    ValidationFailed,
)
from organizations import dns_records
from organizations.factories import join, make_organization, make_role
from organizations.models import Domain, Membership, Organization, Role
from organizations.permissions import ADMIN, MEMBER, OWNER, Permission
from organizations.services import domains
from organizations.services.access import Actor
from organizations.tests.dns_server import Zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def actor(user: User) -> Actor:
    return Actor.of_session(proven(user))


def add(user: User, organization: Organization, name: str = "acme.example") -> Domain:
    return domains.add(actor=actor(user), organization_id=organization.id, name=name, now=clock.now())


def verify(user: User, row: Domain) -> Domain:
    return domains.verify(
        actor=actor(user), organization_id=row.organization_id, domain_id=row.id, now=clock.now()
    )


def publish(zone: Zone, row: Domain) -> None:
    zone.txt[dns_records.host_of(row.name)] = [dns_records.value_of(row.token)]


def test_a_domain_is_verified_by_its_record(zone: Zone, alice: User, acme: Organization) -> None:
    row = add(alice, acme)
    assert row.verified_at is None
    with pytest.raises(ValidationFailed) as refused:
        verify(alice, row)
    assert refused.value.reason == "record_not_found"
    publish(zone, row)
    assert verify(alice, row).verified_at is not None
    assert zone.asked == ["_janua-challenge.acme.example"] * 2
    tags = list(Event.objects.filter(organization_id=acme.id).order_by("id").values_list("action", "result"))
    assert tags == [
        ("organization.domain_added", "success"),
        ("organization.domain_not_verified", "failure"),
        ("organization.domain_verified", "success"),
    ]


def test_records_among_others_in_pieces_by_tcp_and_behind_an_alias_count(
    zone: Zone, alice: User, acme: Organization
) -> None:
    row = add(alice, acme)
    value = dns_records.value_of(row.token)
    much = [f'"{number}{"x" * 100}"' for number in range(20)]
    zone.aliases[dns_records.host_of(row.name)] = "proofs.acme.example"
    zone.txt["proofs.acme.example"] = [*much, f'"{value[:9]}" "{value[9:]}"']
    assert verify(alice, row).verified_at is not None
    assert len(zone.asked) == 2, "truncated by UDP, whole by TCP"


def test_a_record_with_other_words_proves_nothing(zone: Zone, alice: User, acme: Organization) -> None:
    row = add(alice, acme)
    for wrong in (row.token, f"{dns_records.value_of(row.token)}x", "janua-verification=", ""):
        zone.txt[dns_records.host_of(row.name)] = [f'"{wrong}"']
        with pytest.raises(ValidationFailed) as refused:
            verify(alice, row)
        assert refused.value.reason == "record_not_found"


def test_name_servers_that_fail_or_are_silent_prove_nothing(
    zone: Zone, alice: User, acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add(alice, acme)
    publish(zone, row)
    zone.broken.add(dns_records.host_of(row.name))
    with pytest.raises(ValidationFailed) as failed:
        verify(alice, row)
    assert failed.value.reason == "dns_unreachable"
    zone.is_silent = True
    monkeypatch.setattr(dns_records, "TIMEOUT_SECONDS", 0.3)
    began = clock.now()
    with pytest.raises(ValidationFailed) as silent:
        verify(alice, row)
    assert silent.value.reason == "dns_unreachable"
    assert clock.now() - began < timedelta(seconds=2)


def test_s199_a_domain_that_another_organization_verified_is_taken(
    zone: Zone, alice: User, charlie: User, acme: Organization
) -> None:
    others = make_organization(charlie)
    rival = add(charlie, others, "acme.example")
    row = add(alice, acme)
    publish(zone, row)
    verify(alice, row)
    publish(zone, rival)
    with pytest.raises(Conflict) as taken:
        verify(charlie, rival)
    assert taken.value.reason == "domain_taken"
    assert Domain.objects.get(id=rival.id).verified_at is None
    domains.remove(actor=actor(charlie), organization_id=others.id, domain_id=rival.id, now=clock.now())
    with pytest.raises(Conflict) as again:
        add(charlie, others, "ACME.example")
    assert again.value.reason == "domain_taken"


def test_s199_the_record_of_the_parent_proves_no_child_and_the_childs_no_parent(
    zone: Zone, alice: User, acme: Organization
) -> None:
    parent, child = add(alice, acme), add(alice, acme, "mail.acme.example")
    for row in (parent, child):
        value = dns_records.value_of(row.token)
        zone.txt = {
            dns_records.host_of((child if row is parent else parent).name): [value],
            row.name: [value],
        }
        with pytest.raises(ValidationFailed) as refused:
            verify(alice, row)
        assert refused.value.reason == "record_not_found"


@pytest.mark.parametrize("name", ["gmail.com", "co.uk", "localhost", "192.0.2.1"])
def test_s199_what_is_nobodys_own_cannot_be_claimed(name: str, alice: User, acme: Organization) -> None:
    with pytest.raises(ValidationFailed):
        add(alice, acme, name)
    assert not Domain.objects.exists()


def test_s199_a_punycode_twin_is_the_same_domain(
    zone: Zone, alice: User, charlie: User, acme: Organization
) -> None:
    row = add(alice, acme, "münchen.example")
    with pytest.raises(Conflict) as known:
        add(alice, acme, "xn--mnchen-3ya.example")
    assert known.value.reason == "domain_known"
    publish(zone, row)
    verify(alice, row)
    with pytest.raises(Conflict) as taken:
        add(charlie, make_organization(charlie), "xn--mnchen-3ya.example")
    assert taken.value.reason == "domain_taken"


def test_looks_at_dns_are_limited(
    zone: Zone, alice: User, acme: Organization, janua_options: Callable[..., None]
) -> None:
    row = add(alice, acme)
    janua_options(rate_limits="on")
    acting, now = actor(alice), clock.now()
    for _ in range(30):
        with pytest.raises(ValidationFailed):
            domains.verify(actor=acting, organization_id=acme.id, domain_id=row.id, now=now)
    with pytest.raises(RateLimited):
        domains.verify(actor=acting, organization_id=acme.id, domain_id=row.id, now=now)
    assert len(zone.asked) == 30


def test_who_may_and_who_finds_nothing_there(
    zone: Zone, alice: User, bob: User, charlie: User, acme: Organization
) -> None:
    join(acme, bob, MEMBER)
    row = add(alice, acme)
    now = clock.now()
    for user, refusal in ((bob, NotAllowed), (charlie, NotFound)):
        acting = actor(user)
        with pytest.raises(refusal):
            domains.list_of(acting, acme.id, now=now)
        with pytest.raises(refusal):
            domains.add(actor=acting, organization_id=acme.id, name="b.example", now=now)
        for act in (domains.verify, domains.change, domains.remove):
            with pytest.raises(refusal):
                act(actor=acting, organization_id=acme.id, domain_id=row.id, now=now)
    assert zone.asked == []


def test_the_domain_of_another_organization_is_not_there(
    zone: Zone, alice: User, charlie: User, acme: Organization
) -> None:
    foreign = add(charlie, make_organization(charlie), "charlie.example")
    acting, now = actor(alice), clock.now()
    for act in (domains.verify, domains.change, domains.remove):
        with pytest.raises(NotFound):
            act(actor=acting, organization_id=acme.id, domain_id=foreign.id, now=now)
    assert zone.asked == []


def test_changes_ask_for_a_fresh_proof(zone: Zone, alice: User, acme: Organization) -> None:
    row = add(alice, acme)
    session = proven(alice)
    Session.objects.filter(id=session.id).update(sudo_until=None)
    session.sudo_until = None
    acting, now = Actor.of_session(session), clock.now()
    with pytest.raises(ReauthenticationRequired):
        domains.add(actor=acting, organization_id=acme.id, name="b.example", now=now)
    for act in (domains.verify, domains.change, domains.remove):
        with pytest.raises(ReauthenticationRequired):
            act(actor=acting, organization_id=acme.id, domain_id=row.id, now=now)
    assert zone.asked == []


def change(user: User, row: Domain, **changes: object) -> Domain:
    return domains.change(
        actor=actor(user),
        organization_id=row.organization_id,
        domain_id=row.id,
        now=clock.now(),
        **changes,  # type: ignore[arg-type]
    )


def test_a_domain_lets_nobody_in_before_it_is_verified(zone: Zone, alice: User, acme: Organization) -> None:
    row = add(alice, acme)
    with pytest.raises(Conflict) as refused:
        change(alice, row, enrolment="automatic")
    assert refused.value.reason == "domain_not_verified"
    publish(zone, row)
    verify(alice, row)
    assert change(alice, row, enrolment="automatic").enrolment == "automatic"


def test_nobody_has_a_domain_give_more_than_they_have(
    zone: Zone, alice: User, bob: User, charlie: User, acme: Organization
) -> None:
    row = add(alice, acme)
    publish(zone, row)
    verify(alice, row)
    keeper = make_role(
        acme, *(str(each) for each in Permission if each.startswith(("domain:", "organization:r")))
    )
    join(acme, bob, keeper)
    admin = Role.objects.system(ADMIN)
    with pytest.raises(NotAllowed):
        change(bob, row, role_id=admin.id)
    change(alice, row, role_id=admin.id)
    with pytest.raises(NotAllowed):
        change(bob, row, enrolment="automatic")
    foreign = make_role(make_organization(charlie), "organization:read")
    for role in (Role.objects.system(OWNER), foreign):
        with pytest.raises(ValidationFailed) as refused:
            change(alice, row, role_id=role.id)
        assert refused.value.reason == "invalid_role"
    assert Domain.objects.get(id=row.id).role == admin


def test_nobody_has_a_lapsed_domain_give_more_than_they_have_by_proving_it_again(
    zone: Zone, alice: User, bob: User, acme: Organization
) -> None:
    row = add(alice, acme)
    publish(zone, row)
    verify(alice, row)
    change(alice, row, role_id=Role.objects.system(ADMIN).id, enrolment="automatic")
    Domain.objects.update(verified_at=None, checked_at=None)  # as `domain_checks` has it lapse
    join(acme, bob, make_role(acme, Permission.DOMAIN_READ, Permission.DOMAIN_MANAGE))
    seen = Event.objects.count()
    with pytest.raises(NotAllowed):
        verify(bob, row)
    lapsed = Domain.objects.get()
    assert (lapsed.verified_at, lapsed.checked_at) == (None, None)
    assert Event.objects.filter(action="organization.domain_verified").count() == 1
    assert Event.objects.count() - seen <= 1, "bob's sign-in alone"
    Domain.objects.update(enrolment="none")
    assert verify(bob, row).verified_at is not None, "it lets nobody in"
    Domain.objects.update(verified_at=None, enrolment="automatic")
    assert verify(alice, row).verified_at is not None


def test_members_stay_when_a_domain_goes(zone: Zone, alice: User, bob: User, acme: Organization) -> None:
    row = add(alice, acme)
    join(acme, bob)
    domains.remove(actor=actor(alice), organization_id=acme.id, domain_id=row.id, now=clock.now())
    assert not Domain.objects.exists()
    assert Membership.objects.filter(organization=acme, user=bob).exists()
    assert Event.objects.filter(action="organization.domain_removed", organization_id=acme.id).count() == 1
