"""Those who manage an organization's branding see which clients have its look, and take it back."""

from uuid import uuid4

import pytest
from django.test import Client as Browser
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from accounts.models import User
from accounts.tests.address_cast import bearer_of
from accounts.tests.browsers import proven, signed_in
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound
from oauth.factories import register_client
from oauth.models import Client
from oauth.services import client_organizations
from organizations.factories import join, make_organization
from organizations.models import Membership, Organization
from organizations.permissions import ADMIN, MEMBER

pytestmark = pytest.mark.django_db
EVENT = "client.organization_changed"


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


@pytest.fixture
def left(bob: User, acme: Organization) -> Client:
    """A client with the organization's look, whose owner was an admin in it and has left."""
    place = join(acme, bob, ADMIN)
    app = register_client(owner=bob, client_name="Left behind").client
    client_organizations.put(session=proven(bob), client=app, organization_id=acme.id, now=clock.now())
    place.delete()
    return Client.objects.get(pk=app.pk)


def carrying(actor: User, organization: Organization) -> list[str]:
    rows = client_organizations.carrying(
        session=proven(actor), organization_id=organization.id, now=clock.now()
    )
    return [row.client_id for row in rows]


def take_back(actor: User, organization: Organization, client_id: str) -> None:
    client_organizations.take_back(
        session=proven(actor), organization_id=organization.id, client_id=client_id, now=clock.now()
    )


def test_an_organization_takes_its_look_off_the_client_of_somebody_who_left(
    alice: User, bob: User, left: Client, acme: Organization
) -> None:
    Client.objects.filter(pk=left.pk).update(is_verified=True)
    assert carrying(alice, acme) == [left.client_id]
    take_back(alice, acme, left.client_id)
    left.refresh_from_db()
    assert (left.organization_id, left.is_verified) == (None, False)
    assert carrying(alice, acme) == []
    event = Event.objects.filter(action=EVENT).latest("seq")
    assert (event.actor_id, event.target_id) == (alice.id, left.client_id)
    assert event.organization_id == acme.id
    assert event.data["to_organization"] == ""
    with pytest.raises(NotFound):  # who has left cannot put it on again
        client_organizations.put(session=proven(bob), client=left, organization_id=acme.id, now=clock.now())


def test_it_asks_for_the_permission_and_is_not_there_for_outsiders(
    bob: User, charlie: User, olivia: User, left: Client, acme: Organization
) -> None:
    join(acme, bob, MEMBER)
    for person, refusal in ((bob, NotAllowed), (charlie, NotFound), (olivia, NotFound)):
        with pytest.raises(refusal):
            carrying(person, acme)
        with pytest.raises(refusal):
            take_back(person, acme, left.client_id)
    left.refresh_from_db()
    assert left.organization_id == acme.id


def test_clients_without_its_look_are_not_there(alice: User, charlie: User, acme: Organization) -> None:
    """Neither another organization's nor nobody's."""
    rival = make_organization(charlie, name="Rival")
    theirs, plain = (register_client(owner=charlie).client for _ in range(2))
    Client.objects.filter(pk=theirs.pk).update(organization=rival)
    for client_id in (theirs.client_id, plain.client_id, "no such client", ""):
        with pytest.raises(NotFound):
            take_back(alice, acme, client_id)
    theirs.refresh_from_db()
    assert theirs.organization_id == rival.id
    assert not Event.objects.filter(action=EVENT).exists()


def test_nothing_is_taken_back_in_an_organization_that_is_shut(
    alice: User, left: Client, acme: Organization
) -> None:
    Organization.objects.filter(id=acme.id).update(suspended_at=clock.now())
    with pytest.raises(Conflict):
        take_back(alice, acme, left.client_id)


def test_over_rest(alice: User, bob: User, charlie: User, left: Client, acme: Organization) -> None:
    path = f"/api/v1/organizations/{acme.id}/branding/clients"
    mine, foreign = bearer_of(alice), bearer_of(charlie)
    body = Browser().get(path, headers=mine).json()
    assert body["total"] == 1
    [told] = body["data"]
    assert (told["client_id"], told["client_name"]) == (left.client_id, "Left behind")
    assert bob.email not in str(body)
    assert str(bob.id) not in str(body)
    for refused in (f"{path}/{left.client_id}", f"/api/v1/organizations/{uuid4()}/branding/clients/x"):
        assert Browser().delete(refused, headers=foreign).status_code == 404
    assert Browser().get(path, headers=foreign).status_code == 404
    assert Browser().get(f"{path}?per_page=1000000000", headers=mine).status_code == 422
    for status in (204, 404):
        assert Browser().delete(f"{path}/{left.client_id}", headers=mine).status_code == status
    assert Browser().get(path, headers=mine).json()["total"] == 0


def test_on_the_page(alice: User, bob: User, charlie: User, left: Client, acme: Organization) -> None:
    path = f"/organizations/{acme.slug}/branding/clients"
    browser = signed_in(alice)
    assert path in browser.get(f"/organizations/{acme.slug}/branding").content.decode()
    page = browser.get(path).content.decode()
    assert "Left behind" in page
    assert bob.email not in page
    for form in ({}, {"client": "x"}, {"client": str(uuid4())}):
        assert browser.post(path, form).status_code == 404
    nul = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="client"\r\n\r\na\0b\r\n--{BOUNDARY}--\r\n'
    assert browser.generic("POST", path, nul, MULTIPART_CONTENT).status_code == 404
    assert signed_in(charlie).post(path, {"client": left.client_id}).status_code == 404
    answer = browser.post(path, {"client": left.client_id}, follow=True)
    assert "Left behind" not in answer.content.decode()
    left.refresh_from_db()
    assert left.organization_id is None
    Membership.objects.filter(user=alice).delete()
    assert browser.get(path).status_code == 404


CAME_FROM = {"REMOTE_ADDR": "192.0.2.77", "HTTP_USER_AGENT": "Operator/9.9"}


@pytest.mark.parametrize("way", ["rest", "page"])
def test_the_organizations_trail_does_not_say_whence_an_operator_took_its_look_off_a_client(
    alice: User, olivia: User, left: Client, acme: Organization, way: str
) -> None:
    if way == "rest":
        path = f"/api/v1/oauth/clients/{left.client_id}/organization"
        answer = Browser().delete(path, headers=bearer_of(olivia), **CAME_FROM)
    else:
        form = {"belongs": "1", "organization": ""}
        answer = signed_in(olivia).post(f"/account/clients/{left.client_id}", form, **CAME_FROM)
    assert answer.status_code in (204, 303)
    event = Event.objects.filter(action=EVENT).latest("seq")
    assert event.personal.data["ip"] == "192.0.2.77"  # operators find it in the trail itself
    for told in trails_of(acme, alice):
        assert str(event.id) in told or "client.organization_changed" in told or "App given" in told
        assert "192.0.2.77" not in told
        assert "Operator" not in told


def test_it_does_say_whence_a_member_did(alice: User, left: Client, acme: Organization) -> None:
    path = f"/api/v1/organizations/{acme.id}/branding/clients/{left.client_id}"
    assert Browser().delete(path, headers=bearer_of(alice), **CAME_FROM).status_code == 204
    assert all("192.0.2.77" in told for told in trails_of(acme, alice))


def trails_of(organization: Organization, owner: User) -> list[str]:
    """What the owner reads of the organization's trail: list, both files, page."""
    path, headers = f"/api/v1/organizations/{organization.id}/audit", bearer_of(owner)
    files = [
        Browser().post(f"{path}/export", {"format": kind}, content_type="application/json", headers=headers)
        for kind in ("jsonl", "csv")
    ]
    told = [b"".join(answer).decode() for answer in files]  # type: ignore[arg-type]
    page = signed_in(owner).get(f"/organizations/{organization.slug}/audit")
    return [*told, Browser().get(path, headers=headers).content.decode(), page.content.decode()]
