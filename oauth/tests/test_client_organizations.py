"""Whose look the sign-ins to a client have: who may say so, and who may not."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.browsers import proven, signed_in
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound
from oauth import ownership
from oauth.factories import register_client
from oauth.models import Client
from oauth.services import client_changes, client_organizations
from oauth.tests.test_clients_api import caller
from organizations.factories import join, make_organization, make_role
from organizations.models import Group, GroupMember, GroupRole, Membership, Organization, RoleGrant
from organizations.permissions import ADMIN, MEMBER
from organizations.services import branding

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(alice: User) -> Client:
    return register_client(owner=alice).client


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def put(actor: User, client: Client, organization: Organization) -> None:
    client_organizations.put(
        session=proven(actor), client=client, organization_id=organization.id, now=clock.now()
    )


def test_who_manages_both_says_so_and_takes_it_back(alice: User, app: Client, acme: Organization) -> None:
    version = client_changes.version_of(ownership.get_client(alice, app.client_id))
    for _again in range(2):
        put(alice, app, acme)
    app.refresh_from_db()
    assert app.organization_id == acme.id
    assert client_changes.version_of(app) != version
    for _again in range(2):
        client_organizations.remove(actor=alice, client=app)
    app.refresh_from_db()
    assert app.organization_id is None
    trail = Event.objects.filter(action="client.organization_changed", organization_id=acme.id)
    assert [event.data["to_organization"] for event in trail.order_by("seq")] == [str(acme.id), ""]


def test_a_move_stands_in_the_trails_of_both_and_tells_neither_of_the_other(
    alice: User, bob: User, app: Client
) -> None:
    """Also where who moves it has left the one: whence they came is not told there."""
    old, new = make_organization(bob, name="Old"), make_organization(alice, name="New")
    place = join(old, alice, ADMIN)
    put(alice, app, old)
    place.delete()
    put(alice, app, new)
    lines = Event.objects.filter(action="client.organization_changed")
    [_put_on, given_up] = lines.filter(organization_id=old.id).order_by("seq")
    left = {"from_organization": str(old.id), "to_organization": "", "from_outside": True}
    assert (given_up.data, given_up.actor_id, given_up.target_id) == (left, alice.id, app.client_id)
    [put_on] = lines.filter(organization_id=new.id)
    came = {"from_organization": "", "to_organization": str(new.id), "from_outside": False}
    assert (put_on.data, put_on.actor_id, put_on.target_id) == (came, alice.id, app.client_id)


def test_a_member_without_the_permission_may_not_and_to_outsiders_it_is_not_there(
    bob: User, charlie: User, acme: Organization
) -> None:
    join(acme, bob, MEMBER)
    for person, refusal in ((bob, NotAllowed), (charlie, NotFound)):
        own = register_client(owner=person).client
        with pytest.raises(refusal):
            put(person, own, acme)
    assert not Client.objects.exclude(organization=None).exists()


def test_managing_the_branding_alone_does_not_reach_clients_of_others(
    bob: User, app: Client, acme: Organization
) -> None:
    join(acme, bob, ADMIN)
    with pytest.raises(NotFound):
        put(bob, app, acme)
    with pytest.raises(NotFound):
        client_organizations.remove(actor=bob, client=app)


def test_an_operator_needs_a_place_in_the_organization_too(
    olivia: User, app: Client, acme: Organization
) -> None:
    with pytest.raises(NotFound):
        put(olivia, app, acme)


def test_a_closed_organization_lends_its_look_to_nobody(alice: User, app: Client, acme: Organization) -> None:
    Organization.objects.filter(id=acme.id).update(suspended_at=clock.now())
    with pytest.raises(Conflict):
        put(alice, app, acme)


def test_another_name_before_the_door_has_to_be_vouched_for_anew(
    alice: User, app: Client, acme: Organization
) -> None:
    Client.objects.filter(pk=app.pk).update(is_verified=True)
    put(alice, app, acme)
    app.refresh_from_db()
    assert not app.is_verified


def test_an_erased_organization_leaves_the_client_behind(
    alice: User, app: Client, acme: Organization
) -> None:
    put(alice, app, acme)
    acme.delete()
    app.refresh_from_db()
    assert app.organization_id is None


def test_the_choices_are_those_whose_branding_the_person_manages(alice: User, bob: User) -> None:
    def place(name: str, role: Any = MEMBER) -> Membership:
        return join(make_organization(alice, name=name), bob, role)

    place("Plain member")
    place("an admin", ADMIN)
    granted = place("By a further role")
    brand = make_role(granted.organization, "branding:manage")
    RoleGrant.objects.create(membership=granted, role=brand, created_at=clock.now())
    grouped, now = place("By a group"), clock.now()
    group = Group.objects.create(organization=grouped.organization, name="G", created_at=now, updated_at=now)
    GroupRole.objects.create(group=group, role=make_role(grouped.organization, "branding:manage"))
    GroupMember.objects.create(group=group, membership=grouped, created_at=now)
    suspended = place("Suspended", ADMIN)
    Membership.objects.filter(pk=suspended.pk).update(suspended_at=now)
    closed = place("Closed", ADMIN)
    Organization.objects.filter(pk=closed.organization_id).update(deletion_due_at=now)
    with CaptureQueriesContext(connection) as asked:
        found = [each.name for each in branding.manageable_by(bob)]
    assert found == ["an admin", "By a further role", "By a group"]
    assert len(asked) == 4


def test_over_rest(alice: User, charlie: User, app: Client, acme: Organization) -> None:
    call, foreign = caller(alice), caller(charlie)
    path = f"/{app.client_id}/organization"
    assert call("GET", f"/{app.client_id}").json()["organization_id"] is None
    body = call("PUT", path, {"organization_id": str(acme.id)}).json()
    assert body["organization_id"] == str(acme.id)
    assert call("PUT", path, {"organization_id": str(uuid4())}).status_code == 404
    assert call("PUT", path, {"organization_id": "acme"}).status_code == 422
    assert call("PUT", path, {"organization_id": None}).status_code == 422
    assert call("PUT", path, {}).status_code == 422
    assert call("PATCH", f"/{app.client_id}", {"organization_id": None}).status_code == 422
    assert foreign("PUT", path, {"organization_id": str(acme.id)}).status_code == 404
    assert foreign("DELETE", path).status_code == 404
    app.refresh_from_db()
    assert app.organization_id == acme.id
    assert call("DELETE", path).status_code == 204
    assert call("GET", f"/{app.client_id}").json()["organization_id"] is None


def test_on_the_page_of_the_client(alice: User, bob: User, app: Client, acme: Organization) -> None:
    browser, path = signed_in(alice), f"/account/clients/{app.client_id}"
    beta = make_organization(bob, name="Beta")
    page = browser.get(path).content.decode()
    assert f'<option value="{acme.id}">Acme</option>' in page
    assert str(beta.id) not in page
    assert browser.post(path, {"belongs": "1", "organization": str(acme.id)}).status_code == 303
    assert f'<option value="{acme.id}" selected>Acme</option>' in browser.get(path).content.decode()
    for nonsense in (str(beta.id), "acme"):
        answer = browser.post(path, {"belongs": "1", "organization": nonsense}, follow=True)
        assert "There is no such organization." in answer.content.decode()
    app.refresh_from_db()
    assert app.organization_id == acme.id
    browser.post(path, {"belongs": "1", "organization": ""})
    app.refresh_from_db()
    assert app.organization_id is None


def test_the_page_of_who_is_in_no_organization_says_nothing_of_them(bob: User) -> None:
    own = register_client(owner=bob).client
    page = signed_in(bob).get(f"/account/clients/{own.client_id}").content.decode()
    assert 'name="organization"' not in page


def test_who_left_the_organization_still_sees_what_the_client_looks_like(
    alice: User, app: Client, acme: Organization
) -> None:
    put(alice, app, acme)
    Membership.objects.filter(user=alice).update(suspended_at=clock.now())
    page = signed_in(alice).get(f"/account/clients/{app.client_id}").content.decode()
    assert f'<option value="{acme.id}" selected>' in page
