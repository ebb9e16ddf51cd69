"""Logos: taken in as pictures, given out as our own PNG under an address that never changes."""

import hashlib
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import User
from accounts.tests.browsers import signed_in
from audit.models import Event
from core import clock
from core.errors import NotFound, ValidationFailed
from core.tests.pictures import picture
from oauth.factories import register_client
from oauth.models import Client, ClientLogo
from oauth.services import clients, logos
from oauth.tests.flows import authorize


@pytest.fixture
def acme(alice: User) -> Client:
    return register_client(owner=alice).client


def put(actor: User, client: Client, data: bytes | None = None) -> ClientLogo:
    return logos.put(actor=actor, client=client, picture=data or picture(), now=clock.now())


def test_it_is_served_as_a_picture_and_nothing_else(alice: User, acme: Client) -> None:
    logo = put(alice, acme)
    path = logos.path_of(acme)
    assert path == f"/oauth/clients/{acme.client_id}/logo/{logo.digest}.png"
    response: Any = Browser().get(path)
    assert response.content == bytes(ClientLogo.objects.get().png)
    assert hashlib.sha256(response.content).hexdigest().startswith(logo.digest)
    expected = {
        "Content-Type": "image/png",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'inline; filename="logo.png"',
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    assert {name: response[name] for name in expected} == expected
    assert not response.cookies


def test_a_new_picture_has_a_new_address_and_the_old_one_is_gone(alice: User, acme: Client) -> None:
    put(alice, acme)
    old = logos.path_of(acme)
    put(alice, acme, picture(colour="red"))
    assert Browser().get(old).status_code == 404
    assert Browser().get(logos.path_of(acme)).status_code == 200
    logos.remove(actor=alice, client=acme)
    logos.remove(actor=alice, client=acme)
    assert logos.path_of(acme) == ""
    digests = list(
        Event.objects.filter(action="client.logo_changed").order_by("seq").values_list("data", flat=True)
    )
    assert [bool(data["digest"]) for data in digests] == [True, True, False]


def test_another_clients_picture_is_not_under_this_ones_address(alice: User, acme: Client) -> None:
    logo = put(alice, acme)
    other = register_client(owner=alice).client
    assert Browser().get(logos.path_to(other.client_id, logo.digest)).status_code == 404


def test_strangers_set_and_remove_nothing(alice: User, bob: User, acme: Client) -> None:
    put(alice, acme)
    with pytest.raises(NotFound):
        put(bob, acme)
    with pytest.raises(NotFound):
        logos.remove(actor=bob, client=acme)
    assert logos.path_of(acme)


def test_a_bad_picture_leaves_the_old_one(alice: User, acme: Client) -> None:
    put(alice, acme)
    before = logos.path_of(acme)
    with pytest.raises(ValidationFailed):
        put(alice, acme, b"<svg onload=alert(1)>")
    assert logos.path_of(acme) == before


def test_an_owners_new_logo_takes_the_verified_mark_away(alice: User, olivia: User, acme: Client) -> None:
    clients.set_verified(actor=olivia, client=acme, is_verified=True)
    put(olivia, acme)
    assert Client.objects.get(pk=acme.pk).is_verified
    put(alice, acme, picture(colour="red"))
    assert not Client.objects.get(pk=acme.pk).is_verified


def test_people_see_it_where_they_sign_in_and_where_they_allow(alice: User, bob: User) -> None:
    registered = register_client(owner=alice)
    put(alice, registered.client)
    path = logos.path_of(registered.client)
    waiting = authorize(Browser(), registered)["Location"]
    assert f'src="{path}"' in Browser().get("/login", {"next": waiting}).content.decode()
    consent = signed_in(bob).get(authorize(signed_in(bob), registered)["Location"])
    assert f'src="{path}"' in consent.content.decode()
