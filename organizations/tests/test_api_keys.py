"""Who makes, replaces and ends which keys (S216)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Session, User
from accounts.tests.mails import letters_to
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired, ValidationFailed
from organizations.factories import join, make_organization, make_role
from organizations.models import ApiKey, AppPermission, Membership, Organization, Role
from organizations.permissions import ADMIN, VIEWER
from organizations.services import api_keys
from organizations.services.access import Actor
from organizations.tests.keys import actor, make_account, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob)
    return made


def test_a_new_key_is_told_to_its_maker_and_to_the_trail(acme: Organization, bob: User) -> None:
    key, secret = make_key(bob, acme)
    letter = letters_to(bob.email)[-1]
    event = Event.objects.get(action="api_key.created")
    assert letter.kind == "api_key_created"
    assert key.hint in letter.text
    assert secret not in letter.text
    assert (event.actor_id, event.target_id, event.organization_id) == (bob.id, str(key.id), acme.id)
    assert event.data["scopes"] == ["organization:read"]


def test_s216_nobody_gives_a_key_more_than_they_have(acme: Organization, bob: User) -> None:
    with pytest.raises(NotAllowed) as refused:
        make_key(bob, acme, "organization:read", "member:invite")
    assert refused.value.reason == "beyond_own_permissions"
    assert not ApiKey.objects.exists()


def test_s216_a_service_accounts_key_has_no_more_than_its_role(acme: Organization, alice: User) -> None:
    with pytest.raises(ValidationFailed) as refused:
        make_key(alice, acme, "member:invite", account_id=make_account(acme, VIEWER).id)
    assert refused.value.reason == "beyond_owner"


def test_s216_a_member_makes_no_key_for_a_service_account(acme: Organization, bob: User) -> None:
    with pytest.raises(NotAllowed):
        make_key(bob, acme, account_id=make_account(acme).id)


def test_s216_a_viewer_makes_none(acme: Organization, charlie: User) -> None:
    join(acme, charlie, VIEWER)
    with pytest.raises(NotAllowed):
        make_key(charlie, acme)


def test_s216_an_outsider_makes_none_in_another_organization(acme: Organization, charlie: User) -> None:
    with pytest.raises(NotFound):
        make_key(charlie, acme)


def test_s216_a_service_account_of_another_organization_is_not_there(
    acme: Organization, alice: User, charlie: User
) -> None:
    foreign = make_account(make_organization(charlie))
    with pytest.raises(NotFound):
        make_key(alice, acme, account_id=foreign.id)
    with pytest.raises(NotFound):
        make_key(alice, acme, account_id=uuid4())


def test_a_key_makes_no_keys(acme: Organization, alice: User) -> None:
    key, _ = make_key(alice, acme, "key:own", "key:manage", "organization:read")
    by_key = Actor(user=alice, key=ApiKey.objects.with_owners().get(id=key.id))
    asked = api_keys.NewKey(name="child", scopes=["organization:read"])
    with pytest.raises(NotAllowed) as refused:
        api_keys.create(actor=by_key, organization_id=acme.id, asked=asked, now=clock.now())
    assert refused.value.reason == "person_required"
    with pytest.raises(NotAllowed):
        api_keys.rotate(
            actor=by_key, organization_id=acme.id, key_id=key.id, overlap_hours=1, now=clock.now()
        )


def test_a_key_that_was_revoked_meanwhile_changes_nothing_more(acme: Organization, alice: User) -> None:
    key, _ = make_key(alice, acme, "key:manage", "organization:read")
    other, _ = make_key(alice, acme)
    by_key = Actor(user=alice, key=ApiKey.objects.with_owners().get(id=key.id))
    ApiKey.objects.filter(id=key.id).update(revoked_at=clock.now())
    with pytest.raises(NotFound):
        api_keys.revoke(actor=by_key, organization_id=acme.id, key_id=other.id, now=clock.now())


def test_an_old_proof_makes_no_key(acme: Organization, bob: User) -> None:
    who = actor(bob)
    assert who.session is not None
    Session.objects.filter(id=who.session.id).update(sudo_until=clock.now())
    who.session.refresh_from_db()
    asked = api_keys.NewKey(name="x", scopes=["organization:read"])
    with pytest.raises(ReauthenticationRequired):
        api_keys.create(actor=who, organization_id=acme.id, asked=asked, now=clock.now())


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"scopes": []}, "scope_missing"),
        ({"scopes": ["organization:read", "nothing:such"]}, "unknown_scope"),
        ({"scopes": ["organization:delete"]}, "unknown_scope"),
        ({"networks": ["192.0.2.0/33"]}, "bad_network"),
        ({"networks": ["example.com"]}, "bad_network"),
        ({"networks": ["192.0.2.1"] * 21}, "too_many_networks"),
        ({"expires_at": clock.now() - timedelta(seconds=1)}, "bad_expiry"),
    ],
)
def test_bad_input_is_refused_and_leaves_nothing(
    acme: Organization, alice: User, facts: dict[str, Any], reason: str
) -> None:
    asked = api_keys.NewKey(**{"name": "x", "scopes": ["organization:read"], **facts})
    with pytest.raises(ValidationFailed) as refused:
        api_keys.create(actor=actor(alice), organization_id=acme.id, asked=asked, now=clock.now())
    assert refused.value.reason == reason
    assert not ApiKey.objects.exists()


def test_permissions_of_apps_are_scopes_too(acme: Organization, alice: User, bob: User) -> None:
    AppPermission.objects.create(name="invoices:write", client_id="shop", created_at=clock.now())
    assert make_key(alice, acme, "invoices:write")[0].scopes == ["invoices:write"]
    with pytest.raises(NotAllowed):
        make_key(bob, acme, "invoices:write")
    Membership.objects.filter(user=bob).update(role=make_role(acme, "key:own", "invoices:write"))
    assert make_key(bob, acme, "invoices:write")[0].scopes == ["invoices:write"]


def test_the_option_says_how_long_a_key_lives_at_most(
    acme: Organization, bob: User, janua_options: Any
) -> None:
    janua_options(api_key_max_days=30)
    now = clock.now()
    assert make_key(bob, acme, now=now)[0].expires_at == now + timedelta(days=30)
    assert make_key(bob, acme, now=now, expires_at=now + timedelta(days=3))[0].expires_at == now + timedelta(
        days=3
    )
    with pytest.raises(ValidationFailed):
        make_key(bob, acme, now=now, expires_at=now + timedelta(days=31))


def test_one_owner_has_so_many_living_keys_at_most(
    acme: Organization, bob: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_keys, "MAX_LIVING", 1)
    key, _ = make_key(bob, acme)
    with pytest.raises(Conflict):
        make_key(bob, acme)
    make_key(alice, acme)
    api_keys.revoke(actor=actor(bob), organization_id=acme.id, key_id=key.id, now=clock.now())
    make_key(bob, acme)


def listed(user: User, acme: Organization) -> set[Any]:
    page = api_keys.page_of(
        actor=actor(user), organization_id=acme.id, cursor=None, limit=20, now=clock.now()
    )
    return {key.id for key in page.rows}


def test_members_see_their_own_keys_and_managers_all(acme: Organization, alice: User, bob: User) -> None:
    hers, _ = make_key(alice, acme)
    his, _ = make_key(bob, acme)
    robots, _ = make_key(alice, acme, account_id=make_account(acme).id)
    assert listed(bob, acme) == {his.id}
    assert listed(alice, acme) == {hers.id, his.id, robots.id}
    with pytest.raises(NotFound):
        api_keys.get(actor=actor(bob), organization_id=acme.id, key_id=hers.id, now=clock.now())
    with pytest.raises(NotFound):
        api_keys.revoke(actor=actor(bob), organization_id=acme.id, key_id=hers.id, now=clock.now())


def test_a_key_of_another_organization_is_not_there(acme: Organization, alice: User, charlie: User) -> None:
    foreign, _ = make_key(charlie, make_organization(charlie))
    for act in (api_keys.get, api_keys.revoke):
        with pytest.raises(NotFound):
            act(actor=actor(alice), organization_id=acme.id, key_id=foreign.id, now=clock.now())


def test_a_manager_ends_a_members_key_but_gets_no_secret_of_it(
    acme: Organization, alice: User, bob: User
) -> None:
    key, _ = make_key(bob, acme)
    with pytest.raises(NotAllowed) as refused:
        api_keys.rotate(
            actor=actor(alice), organization_id=acme.id, key_id=key.id, overlap_hours=0, now=clock.now()
        )
    assert refused.value.reason == "key_of_another"
    api_keys.revoke(actor=actor(alice), organization_id=acme.id, key_id=key.id, now=clock.now())
    api_keys.revoke(actor=actor(alice), organization_id=acme.id, key_id=key.id, now=clock.now())
    assert ApiKey.objects.get(id=key.id).revoked_at is not None
    assert Event.objects.filter(action="api_key.revoked").count() == 1


def test_a_manager_touches_no_key_that_may_more_than_they(acme: Organization, alice: User, bob: User) -> None:
    AppPermission.objects.create(name="invoices:write", client_id="shop", created_at=clock.now())
    key, _ = make_key(alice, acme, "invoices:write")
    Membership.objects.filter(user=bob).update(role=Role.objects.system(ADMIN))
    with pytest.raises(NotAllowed):
        api_keys.revoke(actor=actor(bob), organization_id=acme.id, key_id=key.id, now=clock.now())


def test_a_key_that_ends_lives_as_long_again_after_a_rotation(acme: Organization, bob: User) -> None:
    now = clock.now()
    nine_days_ago = now - timedelta(days=9)
    Membership.objects.update(joined_at=nine_days_ago)
    key, _ = make_key(bob, acme, now=now, expires_at=now + timedelta(days=1))
    ApiKey.objects.filter(id=key.id).update(created_at=nine_days_ago)
    rotated, _ = api_keys.rotate(
        actor=actor(bob), organization_id=acme.id, key_id=key.id, overlap_hours=168, now=now
    )
    assert rotated.expires_at == now + timedelta(days=10)
    assert rotated.previous_expires_at == now + timedelta(days=1)  # the old secret gains nothing


def test_a_dead_key_is_not_brought_back_by_a_rotation(acme: Organization, bob: User) -> None:
    key, _ = make_key(bob, acme)
    api_keys.revoke(actor=actor(bob), organization_id=acme.id, key_id=key.id, now=clock.now())
    with pytest.raises(Conflict):
        api_keys.rotate(
            actor=actor(bob), organization_id=acme.id, key_id=key.id, overlap_hours=1, now=clock.now()
        )


def test_who_may_have_no_keys_any_more_can_still_end_the_old_ones(acme: Organization, bob: User) -> None:
    key, _ = make_key(bob, acme)
    Membership.objects.filter(user=bob).update(role=Role.objects.system(VIEWER))
    api_keys.revoke(actor=actor(bob), organization_id=acme.id, key_id=key.id, now=clock.now())
    assert listed(bob, acme) == {key.id}
