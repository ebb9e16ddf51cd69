"""What an organization asks: set by whoever may, never so that they lock themselves out, mended by owners."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Session, User
from accounts.services import sessions
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock, context
from core.errors import NotAllowed, NotFound, PreconditionFailed, ReauthenticationRequired, ValidationFailed
from organizations.errors import EntryRefused, Lack
from organizations.factories import join, make_organization
from organizations.models import Organization, OrganizationPolicy
from organizations.permissions import ADMIN, MEMBER, Permission
from organizations.services import access, policy
from organizations.services.access import Actor

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.7"


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


@contextmanager
def at(ip: str) -> Iterator[None]:
    with context.request_context(context.RequestContext(ip=ip)):
        yield


def through(
    user: User, door: str = "password", *, hours_ago: int = 0, amr: tuple[str, ...] = ("pwd",)
) -> Actor:
    now = clock.now()
    proof = sessions.Proof(amr=amr, auth_time=now - timedelta(hours=hours_ago), door=door)
    session = sessions.start_session(user, proof, kind=Session.Kind.API, keep=False, now=now).session
    Session.objects.filter(id=session.id).update(sudo_until=now + timedelta(minutes=5))
    session.sudo_until = now + timedelta(minutes=5)
    return Actor.of_session(session)


def change(acting: Actor, organization: Organization, **changes: Any) -> OrganizationPolicy:
    return policy.change(actor=acting, organization_id=organization.id, changes=changes, now=clock.now())


def look(acting: Actor, organization: Organization) -> object:
    return access.look(acting, organization.id, Permission.ORGANIZATION_READ, now=clock.now())


def lack(acting: Actor, organization: Organization) -> Lack:
    with pytest.raises(EntryRefused) as refused:
        look(acting, organization)
    assert organization.name in refused.value.detail
    return refused.value.lack


def test_values_are_kept_in_one_form(alice: User, acme: Organization) -> None:
    with at(HERE):
        kept = change(
            through(alice),
            acme,
            networks=["2001:db8::/32", " 192.0.2.0/24", "192.0.2.0/24", "192.0.2.9"],
            email_domains=["MÜNCHEN.example", "acme.example", "xn--mnchen-3ya.example", "gmail.com"],
            sign_in_methods=["passkey", "password", "passkey"],
            session_hours=8,
        )
    assert kept.networks == ["192.0.2.0/24", "192.0.2.9/32", "2001:db8::/32"]
    assert kept.email_domains == ["acme.example", "gmail.com", "xn--mnchen-3ya.example"]
    assert kept.sign_in_methods == ["passkey", "password"]
    event = Event.objects.get(action="organization.policy_changed", organization_id=acme.id)
    assert event.data["changed"] == ["sign_in_methods", "session_hours", "networks", "email_domains"]
    assert event.data["despite"] == ""
    assert event.actor_id == alice.id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("networks", ["192.0.2.1/24"]),
        ("networks", ["example.com"]),
        ("networks", [f"192.0.2.{number}" for number in range(101)]),
        ("email_domains", ["alice@example.com"]),
        ("email_domains", ["localhost"]),
        ("sign_in_methods", ["password", "smoke_signals"]),
    ],
)
def test_what_is_no_value_changes_nothing(
    field: str, value: list[str], alice: User, acme: Organization
) -> None:
    with at("192.0.2.1"), pytest.raises(ValidationFailed) as refused:
        change(through(alice), acme, **{field: value}, session_hours=3)
    assert list(refused.value.details) == [field]
    assert not OrganizationPolicy.objects.exists()


def test_nobody_locks_themselves_out(alice: User, acme: Organization) -> None:
    acting = through(alice)
    for changes in (
        {"networks": ["203.0.113.0/24"]},
        {"sign_in_methods": ["passkey"]},
        {"mfa_required_at": clock.now() + timedelta(days=9)},
    ):
        with at(HERE), pytest.raises(ValidationFailed) as refused:
            change(acting, acme, **changes)
        assert refused.value.reason == "would_lock_you_out"
        assert list(refused.value.details) == list(changes)
    assert not OrganizationPolicy.objects.exists()
    acting = through(alice, amr=("pwd", "otp", "mfa"))
    assert change(acting, acme, mfa_required_at=clock.now()).mfa_required_at is not None


def test_of_two_changes_of_one_version_one_is_refused(alice: User, acme: Organization) -> None:
    acting, now = through(alice), clock.now()
    seen = policy.version_of(policy.get(acting, acme.id, now=now))
    first = policy.change(
        actor=acting, organization_id=acme.id, changes={"session_hours": 5}, if_version={seen}, now=now
    )
    assert policy.version_of(first) != seen
    with pytest.raises(PreconditionFailed):
        policy.change(
            actor=acting, organization_id=acme.id, changes={"session_hours": 6}, if_version={seen}, now=now
        )
    assert OrganizationPolicy.objects.get().session_hours == 5


def test_who_may(alice: User, bob: User, charlie: User, acme: Organization) -> None:
    join(acme, bob, MEMBER)
    for user, refusal in ((bob, NotAllowed), (charlie, NotFound)):
        with pytest.raises(refusal):
            policy.get(through(user), acme.id, now=clock.now())
        with pytest.raises(refusal):
            change(through(user), acme, session_hours=1)
    session = proven(alice)
    Session.objects.filter(id=session.id).update(sudo_until=None)
    session.sudo_until = None
    with pytest.raises(ReauthenticationRequired):
        change(Actor.of_session(session), acme, session_hours=1)


def test_a_session_is_looked_at_when_the_organization_is_entered(bob: User, acme: Organization) -> None:
    join(acme, bob)
    row = OrganizationPolicy.objects.create(organization=acme, updated_at=clock.now())
    acting = through(bob, hours_ago=2)
    with at(ELSEWHERE):
        look(acting, acme)
        row.networks = ["192.0.2.0/24"]
        row.save()
        assert lack(acting, acme) == Lack.NETWORK
    with at(f"::ffff:{HERE}"):
        look(acting, acme)
        row.sign_in_methods = ["passkey"]
        row.save()
        assert lack(acting, acme) == Lack.METHOD
        row.sign_in_methods, row.session_hours = ["password"], 2
        row.save()
        assert lack(acting, acme) == Lack.AGE
        row.session_hours, row.mfa_required_at = 3, clock.now() + timedelta(hours=1)
        row.save()
        look(acting, acme)
        row.mfa_required_at = clock.now()
        row.save()
        assert lack(acting, acme) == Lack.FACTOR
        look(through(bob, amr=("pwd", "otp", "mfa")), acme)


def test_a_change_looks_too_and_nothing_is_written(alice: User, bob: User, acme: Organization) -> None:
    join(acme, bob, ADMIN)
    OrganizationPolicy.objects.create(organization=acme, networks=["192.0.2.0/24"], updated_at=clock.now())
    with at(ELSEWHERE), pytest.raises(EntryRefused):
        change(through(bob), acme, session_hours=1)
    assert OrganizationPolicy.objects.get().session_hours is None


def test_an_owner_mends_a_policy_from_anywhere_and_the_trail_says_so(alice: User, acme: Organization) -> None:
    OrganizationPolicy.objects.create(
        organization=acme, networks=["203.0.113.0/24"], sign_in_methods=["passkey"], updated_at=clock.now()
    )
    acting = through(alice)
    with at(HERE):
        assert lack(acting, acme) == Lack.NETWORK
        change(acting, acme, networks=[])
        assert lack(acting, acme) == Lack.METHOD
        change(acting, acme, sign_in_methods=["passkey", "password"])
        look(acting, acme)
    said = Event.objects.filter(action="organization.policy_changed").order_by("id")
    assert [event.data["despite"] for event in said] == [Lack.NETWORK, Lack.METHOD]


def test_a_demanded_factor_is_demanded_of_owners_too(alice: User, acme: Organization) -> None:
    OrganizationPolicy.objects.create(organization=acme, mfa_required_at=clock.now(), updated_at=clock.now())
    with pytest.raises(EntryRefused) as refused:
        policy.get(through(alice), acme.id, now=clock.now())
    assert refused.value.lack == Lack.FACTOR


def test_an_owner_who_lacks_more_repairs_with_a_factor_only(alice: User, acme: Organization) -> None:
    now = clock.now()
    asked = {"mfa_required_at": now, "networks": ["203.0.113.0/24"], "sign_in_methods": ["passkey"]}
    OrganizationPolicy.objects.create(organization=acme, **asked, updated_at=now)
    with at(HERE), pytest.raises(EntryRefused) as refused:
        policy.get(through(alice), acme.id, now=now)
    assert refused.value.lack == Lack.FACTOR
    with at(HERE):
        policy.get(through(alice, amr=("pwd", "otp", "mfa")), acme.id, now=now)


def test_looking_takes_two_statements_with_a_policy(
    bob: User, acme: Organization, django_assert_num_queries: Any
) -> None:
    join(acme, bob)
    OrganizationPolicy.objects.create(organization=acme, session_hours=5, updated_at=clock.now())
    acting = through(bob)
    with django_assert_num_queries(2):
        look(acting, acme)
