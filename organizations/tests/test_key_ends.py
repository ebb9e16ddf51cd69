"""Keys that end soon are announced once; keys long dead go."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.services import ways_in
from accounts.tests.mails import letters_to
from core import clock
from organizations.factories import join, make_organization
from organizations.models import ApiKey, Membership, Organization, Role
from organizations.permissions import ADMIN
from organizations.services import key_ends
from organizations.tests.keys import make_account, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob)
    return made


def kinds(user: User) -> list[str]:
    return [letter.kind for letter in letters_to(user.email) if letter.kind == "api_key_expiring"]


def test_the_end_of_a_key_is_announced_once_a_week_before(acme: Organization, bob: User) -> None:
    now = clock.now()
    make_key(bob, acme, now=now, expires_at=now + timedelta(days=20))
    assert key_ends.warn(now=now + timedelta(days=12)) == 0
    assert key_ends.warn(now=now + timedelta(days=13)) == 1
    assert key_ends.warn(now=now + timedelta(days=13)) == 0
    assert kinds(bob) == ["api_key_expiring"]


def test_whoever_chose_a_short_life_is_not_reminded_of_it(acme: Organization, bob: User) -> None:
    now = clock.now()
    make_key(bob, acme, now=now, expires_at=now + timedelta(days=7))
    assert key_ends.warn(now=now) == 0


def test_a_dead_key_is_not_announced(acme: Organization, bob: User) -> None:
    now = clock.now()
    make_key(bob, acme, now=now, expires_at=now + timedelta(days=20))
    Membership.objects.filter(user=bob).delete()
    assert key_ends.warn(now=now + timedelta(days=14)) == 0


def test_for_a_service_account_its_maker_is_told_and_without_them_the_owners(
    acme: Organization, alice: User, bob: User
) -> None:
    Membership.objects.filter(user=bob).update(role=Role.objects.system(ADMIN))
    now = clock.now()
    account = make_account(acme)
    make_key(bob, acme, now=now, expires_at=now + timedelta(days=20), account_id=account.id)
    key_ends.warn(now=now + timedelta(days=14))
    assert (kinds(bob), kinds(alice)) == (["api_key_expiring"], [])
    Membership.objects.filter(user=bob).delete()
    ApiKey.objects.update(warned_at=None)
    key_ends.warn(now=now + timedelta(days=14))
    assert (kinds(bob), kinds(alice)) == (["api_key_expiring"], ["api_key_expiring"])


def test_keys_long_dead_go_and_others_stay(acme: Organization, bob: User) -> None:
    now = clock.now()
    expired, _ = make_key(bob, acme, now=now, expires_at=now + timedelta(days=1))
    revoked, _ = make_key(bob, acme, now=now)
    living, _ = make_key(bob, acme, now=now)
    ApiKey.objects.filter(id=revoked.id).update(revoked_at=now + timedelta(days=1))
    key_ends.purge(now=now + timedelta(days=90))
    assert ApiKey.objects.count() == 3
    key_ends.purge(now=now + timedelta(days=92))
    assert list(ApiKey.objects.values_list("id", flat=True)) == [living.id]
    assert expired.id != living.id


def test_keys_that_a_stranger_may_have_made_end_with_their_ways_in(alice: User) -> None:
    acme, now = make_organization(alice), clock.now()
    old = ApiKey.objects.create(
        organization=acme,
        user=alice,
        name="old",
        hint="o",
        secret_hash="o",
        created_at=now - timedelta(days=9),
    )
    theirs = ApiKey.objects.create(
        organization=acme, user=alice, name="theirs", hint="t", secret_hash="t", created_at=now
    )
    renewed = ApiKey.objects.create(
        organization=acme,
        user=alice,
        name="renewed",
        hint="r",
        secret_hash="r",
        created_at=now - timedelta(days=9),
        rotated_at=now,
    )
    ways_in.drop(alice, mailbox=alice.email, since=now - timedelta(minutes=1), now=now)
    assert set(ApiKey.objects.filter(revoked_at=None)) == {old}
    ways_in.drop(alice, mailbox=alice.email, since=None, now=now)
    assert not ApiKey.objects.filter(revoked_at=None).exists()
    assert {theirs, renewed} <= set(ApiKey.objects.all())
