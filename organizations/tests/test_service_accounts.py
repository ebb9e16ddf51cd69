"""Service accounts: who makes, changes, stops and deletes which."""

import pytest

from accounts.models import Session, User
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired, ValidationFailed
from organizations.factories import join, make_organization, make_role
from organizations.models import ApiKey, Membership, Organization, Role, ServiceAccount
from organizations.permissions import ADMIN
from organizations.services import service_accounts
from organizations.services.access import Actor
from organizations.services.service_accounts import Changes
from organizations.tests.keys import actor, make_account, make_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob)
    return made


def create(user: User, acme: Organization, role: str = "member", name: str = "robot") -> ServiceAccount:
    return service_accounts.create(
        actor=actor(user), organization_id=acme.id, name=name, description="", role=role, now=clock.now()
    )


def test_a_manager_makes_one_and_the_trail_says_so(acme: Organization, alice: User) -> None:
    account = create(alice, acme)
    event = Event.objects.get(action="service_account.created")
    assert (event.actor_id, event.target_id) == (alice.id, str(account.id))
    assert event.data == {"name": "robot", "role": "member"}


def test_members_neither_see_nor_make_them(acme: Organization, bob: User) -> None:
    with pytest.raises(NotAllowed):
        create(bob, acme)
    with pytest.raises(NotAllowed):
        service_accounts.rows_of(actor=actor(bob), organization_id=acme.id, now=clock.now())


def test_to_outsiders_none_is_there(acme: Organization, alice: User, charlie: User) -> None:
    account = create(alice, acme)
    with pytest.raises(NotFound):
        service_accounts.get(
            actor=actor(charlie), organization_id=acme.id, account_id=account.id, now=clock.now()
        )
    own = make_organization(charlie)
    with pytest.raises(NotFound):
        service_accounts.delete(
            actor=actor(charlie), organization_id=own.id, account_id=account.id, now=clock.now()
        )


def test_only_people_are_owners(acme: Organization, alice: User) -> None:
    with pytest.raises(ValidationFailed) as refused:
        create(alice, acme, "owner")
    assert refused.value.reason == "owner_is_a_person"


def test_a_role_of_another_organization_is_not_there(acme: Organization, alice: User, charlie: User) -> None:
    make_role(make_organization(charlie), "organization:read", key="theirs")
    with pytest.raises(ValidationFailed):
        create(alice, acme, "theirs")


def test_nobody_gives_a_role_beyond_their_own_or_touches_who_has_one(
    acme: Organization, alice: User, bob: User
) -> None:
    keeper = make_role(acme, "organization:read", "key:manage", key="keeper")
    Membership.objects.filter(user=bob).update(role=keeper)
    with pytest.raises(NotAllowed):
        create(bob, acme, ADMIN)
    strong = make_account(acme, ADMIN)
    for act in (service_accounts.disable, service_accounts.enable, service_accounts.delete):
        with pytest.raises(NotAllowed):
            act(actor=actor(bob), organization_id=acme.id, account_id=strong.id, now=clock.now())
    weak = create(bob, acme, "keeper", "weak")
    with pytest.raises(NotAllowed):
        service_accounts.update(
            actor=actor(bob),
            organization_id=acme.id,
            account_id=weak.id,
            changes=Changes(role=ADMIN),
            now=clock.now(),
        )


def test_a_name_is_taken_once(acme: Organization, alice: User) -> None:
    create(alice, acme)
    with pytest.raises(Conflict):
        create(alice, acme)


def test_what_changes_is_told_and_what_stays_is_not(acme: Organization, alice: User) -> None:
    account = create(alice, acme)
    facts = {"actor": actor(alice), "organization_id": acme.id, "account_id": account.id, "now": clock.now()}
    service_accounts.update(**facts, changes=Changes(name="robot"))  # type: ignore[arg-type]
    assert not Event.objects.filter(action="service_account.updated").exists()
    service_accounts.update(**facts, changes=Changes(description="Deploys", role="viewer"))  # type: ignore[arg-type]
    assert Event.objects.get(action="service_account.updated").data["changed"] == ["description", "role"]


def test_deleting_one_takes_its_keys_along(acme: Organization, alice: User) -> None:
    account = create(alice, acme)
    make_key(alice, acme, account_id=account.id)
    service_accounts.delete(
        actor=actor(alice), organization_id=acme.id, account_id=account.id, now=clock.now()
    )
    assert not ApiKey.objects.exists()
    assert Event.objects.get(action="service_account.deleted").data["keys"] == 1


def test_deleting_and_enabling_ask_for_a_fresh_proof(acme: Organization, alice: User) -> None:
    account = create(alice, acme)
    who = actor(alice)
    Session.objects.update(sudo_until=clock.now())
    assert who.session is not None
    who.session.refresh_from_db()
    for act in (service_accounts.delete, service_accounts.enable):
        with pytest.raises(ReauthenticationRequired):
            act(actor=who, organization_id=acme.id, account_id=account.id, now=clock.now())
    service_accounts.disable(actor=who, organization_id=acme.id, account_id=account.id, now=clock.now())


def test_a_service_account_acts_under_its_own_name(acme: Organization, alice: User) -> None:
    account = make_account(acme, ADMIN)
    key, _ = make_key(alice, acme, "key:manage", "organization:read", account_id=account.id)
    by_key = Actor(key=ApiKey.objects.with_owners().get(id=key.id))
    Role.objects.system("viewer")
    with pytest.raises(NotAllowed):  # the role may more than this key
        service_accounts.disable(
            actor=by_key, organization_id=acme.id, account_id=account.id, now=clock.now()
        )
    bare = make_role(acme, "organization:read", key="bare")
    other = ServiceAccount.objects.create(organization=acme, name="bare", role=bare, created_at=clock.now())
    service_accounts.disable(actor=by_key, organization_id=acme.id, account_id=other.id, now=clock.now())
    event = Event.objects.get(action="service_account.disabled")
    assert (event.actor_type, event.actor_id) == ("service_account", account.id)
