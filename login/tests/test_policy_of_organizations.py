"""What people's organizations ask of their sign-in: the strictest wins, and nobody is shut out for good."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import two_step
from accounts.factories import PASSWORD
from accounts.models import Session, User
from core import clock
from core.errors import Conflict
from login.attempts import Attempt
from login.outcomes import Outcome, Reason, Refused, SignedIn
from login.services import path
from mfa.factories import enrol_totp
from mfa.services import factors
from organizations import policies
from organizations.factories import join, make_organization
from organizations.models import Domain, Membership, Organization, OrganizationPolicy, Role
from organizations.permissions import MEMBER

pytestmark = pytest.mark.django_db


def asks(name: str, owner: User, member: User, **policy: Any) -> Organization:
    made = make_organization(owner, name=name)
    join(made, member, MEMBER)
    OrganizationPolicy.objects.create(organization=made, updated_at=clock.now(), **policy)
    return made


def has_their_domain(organization: Organization) -> Organization:
    """It has verified the domain of alice and bob."""
    now = clock.now()
    Domain.objects.create(
        organization=organization,
        name="example.com",
        token="token",
        role=Role.objects.system(MEMBER),
        created_at=now,
        verified_at=now,
    )
    return organization


def sign_in(
    user: User,
    door: str = "password",
    *,
    amr: tuple[str, ...] = ("pwd",),
    kind: str = "browser",
    keep: bool = False,
) -> Outcome:
    attempt = Attempt(user=user, amr=amr, kind=Session.Kind(kind), keep=keep, device=None, now=clock.now())
    return path.advance(attempt, door=door)


def log_in(user: User, ip: str = "192.0.2.7") -> Any:
    return Client(REMOTE_ADDR=ip).post(
        "/api/v1/auth/login", {"email": user.email, "password": PASSWORD}, content_type="application/json"
    )


def test_a_way_that_the_organization_of_the_address_does_not_allow_is_shut(alice: User, bob: User) -> None:
    has_their_domain(asks("Acme", alice, bob, sign_in_methods=["passkey", "magic_code", "github"]))
    refused = sign_in(bob)
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.asked_by) == (Reason.METHOD_NOT_ALLOWED, "Acme")
    assert refused.open_methods == ("github", "magic_code", "passkey")
    assert "Acme" in refused.sentence
    assert "GitHub" in refused.sentence
    assert isinstance(sign_in(bob, "magic_link", amr=("otp",)), SignedIn)
    assert isinstance(sign_in(bob, "github", amr=("fed",)), SignedIn)
    assert isinstance(sign_in(bob, "passkey", amr=("hwk", "user", "mfa")), SignedIn)
    assert not Session.objects.filter(user=bob, door="password").exists()


def test_another_organization_says_nothing_about_the_account(alice: User, bob: User) -> None:
    acme = asks("Acme", alice, bob, sign_in_methods=["passkey"], networks=["10.0.0.0/8"])
    assert log_in(bob).status_code == 200
    has_their_domain(acme)
    assert log_in(bob).json()["reason"] == "network_not_allowed"
    Domain.objects.update(verified_at=None)
    assert log_in(bob).status_code == 200
    Domain.objects.update(verified_at=clock.now(), name="example.org")
    assert log_in(bob).status_code == 200


def test_code_and_link_are_one_way_and_sign_up_is_the_password(alice: User, bob: User) -> None:
    acme = has_their_domain(asks("Acme", alice, bob, sign_in_methods=["magic_code"]))
    assert isinstance(sign_in(bob, "magic_link", amr=("otp",)), SignedIn)
    assert isinstance(sign_in(bob, "sign_up"), Refused)
    OrganizationPolicy.objects.filter(organization=acme).update(sign_in_methods=["password"])
    assert isinstance(sign_in(bob, "sign_up"), SignedIn)


def test_nobody_signs_in_from_outside_of_its_networks(alice: User, bob: User) -> None:
    has_their_domain(asks("Acme", alice, bob, networks=["192.0.2.0/24", "2001:db8::/32"]))
    for ip in ("192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7"):
        assert log_in(bob, ip).status_code == 200
    for ip in ("198.51.100.7", "2001:db9::1"):
        refused = log_in(bob, ip)
        assert refused.status_code == 401
        assert refused.json()["reason"] == "network_not_allowed"
        assert "Acme" in refused.json()["detail"]


def test_who_does_not_know_the_password_learns_nothing_of_networks(alice: User, bob: User) -> None:
    has_their_domain(asks("Acme", alice, bob, networks=["192.0.2.0/24"]))
    wrong = Client(REMOTE_ADDR="198.51.100.7").post(
        "/api/v1/auth/login", {"email": bob.email, "password": "wrong"}, content_type="application/json"
    )
    assert wrong.json()["reason"] == "invalid_credentials"


def test_an_owner_is_not_shut_out_by_their_own_organization(bob: User) -> None:
    acme = has_their_domain(make_organization(bob, name="Acme"))
    OrganizationPolicy.objects.create(
        organization=acme, networks=["10.0.0.0/8"], sign_in_methods=["passkey"], updated_at=clock.now()
    )
    assert log_in(bob).status_code == 200


def test_a_session_lives_as_long_as_the_shortest_allows(alice: User, bob: User) -> None:
    asks("Acme", alice, bob, session_hours=3)
    asks("Globex", alice, bob, session_hours=2)
    for kind, keep in (("browser", False), ("browser", True), ("api", False)):
        outcome = sign_in(bob, kind=kind, keep=keep)
        assert isinstance(outcome, SignedIn)
        session = outcome.new.session
        assert session.expires_at == session.created_at + timedelta(hours=2)


@pytest.mark.parametrize("shut", ["suspended_at", "deletion_due_at"])
def test_who_is_suspended_and_closed_organizations_ask_nothing(alice: User, bob: User, shut: str) -> None:
    suspended = asks("Acme", alice, bob, sign_in_methods=["passkey"])
    Membership.objects.filter(organization=suspended, user=bob).update(suspended_at=clock.now())
    closed = asks("Globex", alice, bob, sign_in_methods=["passkey"])
    Organization.objects.filter(id=closed.id).update(**{shut: clock.now()})
    assert policies.for_user(bob) == policies.NOTHING_ASKED
    assert isinstance(sign_in(bob), SignedIn)


def test_it_is_asked_in_one_statement(alice: User, bob: User, django_assert_num_queries: Any) -> None:
    for number in range(3):
        asks(f"Acme {number}", alice, bob, session_hours=number + 1)
    with django_assert_num_queries(1):
        assert policies.for_user(bob).longest_session == timedelta(hours=1)


def test_a_factor_is_demanded_from_the_earliest_day_on(alice: User, bob: User) -> None:
    now = clock.now()
    asks("Acme", alice, bob, mfa_required_at=now + timedelta(days=5))
    soon = asks("Globex", alice, bob, mfa_required_at=now + timedelta(days=1))
    assert two_step.due_at(bob) == now + timedelta(days=1)
    assert log_in(bob).status_code == 200, "there is a day left"
    _demand(soon, now)
    refused = log_in(bob)
    assert refused.json()["reason"] == "mfa_enrolment_required"
    assert "Globex" in refused.json()["detail"]
    assert isinstance(sign_in(bob), SignedIn), "a browser, as far as the set-up"
    assert isinstance(sign_in(bob, "passkey", amr=("hwk", "user", "mfa"), kind="api"), SignedIn)


def test_a_browser_is_led_to_the_set_up(alice: User, bob: User) -> None:
    asks("Acme", alice, bob, mfa_required_at=clock.now())
    browser = Client()
    browser.post("/login", {"email": bob.email, "password": PASSWORD})
    led = browser.get("/account/profile")
    assert (led.status_code, led["Location"].split("?")[0]) == (303, "/account/security")
    assert browser.get("/account/security").status_code == 200


def test_the_operators_day_counts_where_it_is_earlier(alice: User, bob: User, janua_options: Any) -> None:
    now = clock.now()
    asks("Acme", alice, bob, mfa_required_at=now + timedelta(days=5))
    janua_options(mfa_required_for="everyone")
    bob.mfa_due_at = now + timedelta(days=2)
    assert two_step.due_at(bob) == now + timedelta(days=2)
    bob.mfa_due_at = now + timedelta(days=9)
    assert two_step.due_at(bob) == now + timedelta(days=5)


def test_the_last_factor_stays_where_an_organization_asks_for_one(alice: User, bob: User) -> None:
    asks("Acme", alice, bob, mfa_required_at=clock.now())
    with pytest.raises(Conflict):
        factors.require_may_be_off(bob)
    enrol_totp(bob)
    factors.require_may_be_off(bob)


def _demand(organization: Organization, at: datetime) -> None:
    OrganizationPolicy.objects.filter(organization=organization).update(mfa_required_at=at)
