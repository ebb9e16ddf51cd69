"""A key opens what its owner may at this moment, and nothing once either is stopped (S197, S215, S217)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core import clock
from organizations.factories import join, make_organization, make_role
from organizations.models import ApiKey, Membership, Organization, Role, RoleGrant, ServiceAccount
from organizations.permissions import ADMIN, VIEWER, Permission
from organizations.services import access, api_keys, key_use
from organizations.services.access import Actor
from organizations.tests.keys import actor, make_account, make_key, opens

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob)
    return made


def test_s217_only_a_keyed_hash_and_the_beginning_are_stored(acme: Organization, bob: User) -> None:
    key, secret = make_key(bob, acme)
    stored = ApiKey.objects.filter(id=key.id).values().get()
    assert secret.startswith("jnu_sk_")
    assert len(secret) == len("jnu_sk_") + 43
    assert stored["secret_hash"] == ApiKey.hash_of(secret)
    assert stored["hint"] == secret[:11]
    assert not [name for name, value in stored.items() if secret in str(value)]


def test_s217_a_living_key_is_found_by_one_statement_and_its_use_is_noted_once_a_minute(
    acme: Organization, bob: User
) -> None:
    _, secret = make_key(bob, acme)
    now = clock.now()
    with CaptureQueriesContext(connection) as first:
        assert opens(secret, now=now)
    with CaptureQueriesContext(connection) as second:
        assert opens(secret, now=now + timedelta(seconds=59))
    assert (len(first), len(second)) == (2, 1)
    assert ApiKey.objects.get().last_used_at == now
    later = now + timedelta(seconds=61)
    assert opens(secret, now=later)
    assert ApiKey.objects.get().last_used_at == later


@pytest.mark.django_db(transaction=True)
def test_a_use_is_noted_where_no_transaction_is_open_and_never_waited_for(alice: User) -> None:
    with transaction.atomic():
        key, secret = make_key(alice, make_organization(alice))
    with transaction.atomic():
        ApiKey.objects.select_for_update().get(id=key.id)
        with ThreadPoolExecutor(1) as elsewhere:
            assert elsewhere.submit(_opens_elsewhere, secret).result(timeout=10)
    assert ApiKey.objects.get(id=key.id).last_used_at is None
    assert opens(secret)
    assert ApiKey.objects.get(id=key.id).last_used_at is not None


def _opens_elsewhere(secret: str) -> bool:
    try:
        return opens(secret)
    finally:
        connection.close()


@pytest.mark.parametrize("wrong", ["", "jnu_sk_", "jnu_sk_" + "x" * 43, "jnu_sk_" + "x" * 400, "x" * 50])
def test_what_is_no_key_opens_nothing(acme: Organization, wrong: str) -> None:
    assert not opens(wrong)


def test_what_has_the_wrong_length_is_not_even_looked_up(acme: Organization) -> None:
    with CaptureQueriesContext(connection) as statements:
        assert not opens("jnu_sk_" + "x" * 44)
    assert len(statements) == 0


def _remove(bob: User, acme: Organization) -> None:
    Membership.objects.filter(organization=acme, user=bob).delete()


def _suspend_member(bob: User, acme: Organization) -> None:
    Membership.objects.filter(organization=acme, user=bob).update(suspended_at=clock.now())


def _suspend_person(bob: User, acme: Organization) -> None:
    User.objects.filter(id=bob.id).update(status=User.Status.SUSPENDED)


def _shut(bob: User, acme: Organization) -> None:
    Organization.objects.filter(id=acme.id).update(suspended_at=clock.now())


def _close(bob: User, acme: Organization) -> None:
    Organization.objects.filter(id=acme.id).update(deletion_due_at=clock.now() + timedelta(days=30))


def _revoke(bob: User, acme: Organization) -> None:
    ApiKey.objects.update(revoked_at=clock.now())


def _expire(bob: User, acme: Organization) -> None:
    ApiKey.objects.update(expires_at=clock.now())


STOPS = [_remove, _suspend_member, _suspend_person, _shut, _close, _revoke, _expire]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.__name__)
def test_s197_s215_what_stops_the_owner_or_the_key_stops_the_key_at_once(
    acme: Organization, bob: User, stop: Callable[[User, Organization], None]
) -> None:
    _, secret = make_key(bob, acme)
    assert opens(secret)
    stop(bob, acme)
    assert not opens(secret)


@pytest.mark.parametrize("stop", [_shut, _close, _revoke, _expire], ids=lambda stop: stop.__name__)
def test_s197_the_same_stops_a_service_accounts_key(
    acme: Organization, alice: User, bob: User, stop: Callable[[User, Organization], None]
) -> None:
    _, secret = make_key(alice, acme, account_id=make_account(acme).id)
    assert opens(secret)
    stop(bob, acme)
    assert not opens(secret)


def test_s197_a_disabled_service_account_stops_its_keys(acme: Organization, alice: User) -> None:
    account = make_account(acme)
    _, secret = make_key(alice, acme, account_id=account.id)
    ServiceAccount.objects.update(disabled_at=clock.now())
    assert not opens(secret)
    ServiceAccount.objects.update(disabled_at=None)
    assert opens(secret)


def test_the_key_of_a_service_account_outlives_the_person_who_made_it(
    acme: Organization, alice: User, bob: User
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.objects.system(ADMIN))
    _, secret = make_key(bob, acme, account_id=make_account(acme).id)
    _remove(bob, acme)
    assert opens(secret)


def test_s197_who_left_and_came_back_finds_the_old_keys_dead(acme: Organization, bob: User) -> None:
    _, secret = make_key(bob, acme)
    _remove(bob, acme)
    join(acme, bob)
    assert not opens(secret)
    assert opens(make_key(bob, acme)[1])


def test_a_key_works_from_its_networks_only(acme: Organization, bob: User) -> None:
    key, secret = make_key(bob, acme, networks=["192.0.2.7/24", "2001:db8::/32"])
    assert key.networks == ["192.0.2.0/24", "2001:db8::/32"]
    assert opens(secret, ip="192.0.2.200")
    assert opens(secret, ip="::ffff:192.0.2.9")
    assert opens(secret, ip="2001:db8::1")
    assert not opens(secret, ip="198.51.100.1")
    assert not opens(secret, ip="")
    assert not opens(secret, ip="nonsense")


def granted(key: ApiKey) -> frozenset[str]:
    """By both ways that there are."""
    key = ApiKey.objects.with_owners().get(id=key.id)
    there = access.look(
        Actor(key=key, user=key.user), key.organization_id, "organization:read", now=clock.now()
    )
    assert key_use.granted_to(key) == there.granted
    return there.granted.names


def test_a_key_has_those_of_its_scopes_that_its_owner_has_now(acme: Organization, bob: User) -> None:
    admin = Role.objects.system(ADMIN)
    Membership.objects.filter(user=bob).update(role=admin)
    key, _ = make_key(bob, acme, "organization:read", "member:invite")
    assert granted(key) == {"organization:read", "member:invite"}
    Membership.objects.filter(user=bob).update(role=Role.objects.system(VIEWER))
    assert granted(key) == {"organization:read"}
    place = Membership.objects.get(user=bob)
    RoleGrant.objects.create(membership=place, role=make_role(acme, "member:invite"), created_at=clock.now())
    assert granted(key) == {"organization:read", "member:invite"}


def test_a_service_accounts_key_follows_its_role(acme: Organization, alice: User) -> None:
    account = make_account(acme, ADMIN)
    key, _ = make_key(alice, acme, "organization:read", "member:invite", account_id=account.id)
    assert granted(key) == {"organization:read", "member:invite"}
    ServiceAccount.objects.update(role=Role.objects.system(VIEWER))
    assert granted(key) == {"organization:read"}


def test_an_owners_key_has_its_scopes_and_is_no_owner(acme: Organization, alice: User) -> None:
    key, _ = make_key(alice, acme)
    found = ApiKey.objects.with_owners().get(id=key.id)
    there = access.look(
        Actor(key=found, user=found.user), acme.id, Permission.ORGANIZATION_READ, now=clock.now()
    )
    assert not there.granted.is_owner
    assert not there.has("anything:else")


def test_after_a_rotation_the_old_secret_works_for_the_overlap_only(acme: Organization, bob: User) -> None:
    now = clock.now()
    key, old = make_key(bob, acme, now=now)
    _, new = api_keys.rotate(
        actor=actor(bob), organization_id=acme.id, key_id=key.id, overlap_hours=2, now=now
    )
    soon, late = now + timedelta(hours=1, minutes=59), now + timedelta(hours=2)
    assert opens(old, now=soon)
    assert opens(new, now=soon)
    assert not opens(old, now=late)
    assert opens(new, now=late)


def test_s215_revoking_ends_the_secret_of_the_overlap_too(acme: Organization, bob: User) -> None:
    key, old = make_key(bob, acme)
    who = actor(bob)
    _, new = api_keys.rotate(
        actor=who, organization_id=acme.id, key_id=key.id, overlap_hours=24, now=clock.now()
    )
    api_keys.revoke(actor=who, organization_id=acme.id, key_id=key.id, now=clock.now())
    assert not opens(old)
    assert not opens(new)
