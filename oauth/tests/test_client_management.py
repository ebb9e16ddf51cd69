"""Creating, deleting, verifying and handing over clients, and ending what people gave them."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound, ValidationFailed
from oauth import metadata, ownership
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import AuthorizationCode, Client, ClientSecret, Consent
from oauth.services import clients, consents
from oauth.services.clients import Registered
from oauth.tests.flows import authorize, code_for, error_of, is_waiting, post, signed_in, tokens_for

pytestmark = pytest.mark.django_db
MEMBERS = {"client_name": "New", "redirect_uris": [REDIRECT_URI]}


@pytest.fixture
def acme(alice: User) -> Registered:
    return register_client(owner=alice)


def create(actor: User, **more: Any) -> Registered:
    return clients.create(actor=actor, metadata=metadata.from_json({**MEMBERS, **more}), now=clock.now())


def test_operators_register_clients_and_people_only_where_it_is_open_to_them(
    alice: User, olivia: User, janua_options: Callable[..., None]
) -> None:
    assert create(olivia).client.user == olivia
    with pytest.raises(NotAllowed):
        create(alice)
    janua_options(client_registration="people")
    made = create(alice)
    assert made.client.user == alice
    assert (made.client.is_verified, made.client.skip_authorization) == (False, False)
    assert Event.objects.filter(action="client.registered", actor_id=alice.id).count() == 1
    alice.email_verified = False
    with pytest.raises(NotAllowed):
        create(alice)


def test_people_ask_for_nothing_that_reaches_past_their_client(
    alice: User, janua_options: Callable[..., None]
) -> None:
    janua_options(client_registration="people")
    for wider in ({"scope": "openid admin"}, {"resources": ["https://api.example"]}):
        with pytest.raises(NotAllowed):
            create(alice, **wider)


def test_people_have_so_many_clients(
    alice: User, janua_options: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    janua_options(client_registration="people")
    monkeypatch.setattr(ownership, "MAX_CLIENTS_OF_A_PERSON", 1)
    create(alice)
    with pytest.raises(Conflict):
        create(alice)


def test_a_deleted_client_is_gone_with_all_it_had(alice: User, bob: User, acme: Registered) -> None:
    tokens = tokens_for(bob, acme)
    code = code_for(bob, acme)
    clients.delete(session=proven(alice), client=acme.client, now=clock.now())
    for model in (Client, ClientSecret, Consent, AuthorizationCode):
        assert not model.objects.exists()
    refused = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert error_of(refused) == (401, "invalid_client")
    assert error_of(post("/oauth/token", acme, grant_type="authorization_code", code=code))[0] == 401
    other = register_client()
    assert post("/oauth/introspect", other, token=tokens["access_token"]).json() == {"active": False}
    assert Event.objects.filter(action="client.deleted", target_id=acme.client.client_id).count() == 1
    assert Event.objects.filter(action="token.family_revoked").count() >= 1


def test_ending_the_tokens_leaves_the_client_and_the_consents(
    alice: User, bob: User, acme: Registered
) -> None:
    tokens, code = tokens_for(bob, acme), code_for(bob, acme)
    assert clients.end_tokens(actor=alice, client=acme.client, now=clock.now()) == 1
    assert post("/oauth/introspect", acme, token=tokens["access_token"]).json() == {"active": False}
    assert (
        error_of(post("/oauth/token", acme, grant_type="authorization_code", code=code))[1] == "invalid_grant"
    )
    assert not is_waiting(authorize(signed_in(bob), acme)), "nobody is asked anew"


def test_disabling_burns_the_codes_that_are_on_their_way(alice: User, bob: User, acme: Registered) -> None:
    code = code_for(bob, acme)
    clients.disable(actor=alice, client=acme.client, now=clock.now())
    clients.enable(actor=alice, client=acme.client)
    assert (
        error_of(post("/oauth/token", acme, grant_type="authorization_code", code=code))[1] == "invalid_grant"
    )


def test_the_verified_mark_is_an_operators_to_give(
    alice: User, bob: User, olivia: User, acme: Registered
) -> None:
    with pytest.raises(NotAllowed):
        clients.set_verified(actor=alice, client=acme.client, is_verified=True)
    with pytest.raises(NotFound):
        clients.set_verified(actor=bob, client=acme.client, is_verified=True)
    clients.set_verified(actor=olivia, client=acme.client, is_verified=True)
    clients.set_verified(actor=olivia, client=acme.client, is_verified=True)
    assert Client.objects.get(pk=acme.client.pk).is_verified
    assert Event.objects.filter(action="client.verified").count() == 1


def test_the_new_owner_manages_it_instead_of_the_old(
    alice: User, bob: User, olivia: User, acme: Registered
) -> None:
    with pytest.raises(NotAllowed):
        clients.transfer(session=proven(alice), client=acme.client, email=bob.email, now=clock.now())
    clients.transfer(session=proven(olivia), client=acme.client, email="Bob@Example.com", now=clock.now())
    assert ownership.get_client(bob, acme.client.client_id) == acme.client
    with pytest.raises(NotFound):
        ownership.get_client(alice, acme.client.client_id)
    event = Event.objects.get(action="client.transferred")
    assert event.data == {"from_owner": str(alice.id), "to_owner": str(bob.id)}


@pytest.mark.parametrize("email", ["nobody@example.com", "not an address"])
def test_there_is_no_handing_over_to_nobody(olivia: User, acme: Registered, email: str) -> None:
    with pytest.raises(ValidationFailed):
        clients.transfer(session=proven(olivia), client=acme.client, email=email, now=clock.now())


def test_a_suspended_person_is_no_owner_to_be(olivia: User, bob: User, acme: Registered) -> None:
    User.objects.filter(id=bob.id).update(status=User.Status.SUSPENDED)
    with pytest.raises(ValidationFailed):
        clients.transfer(session=proven(olivia), client=acme.client, email=bob.email, now=clock.now())


def test_ending_consents_ends_the_tokens_and_people_are_asked_anew(
    alice: User, bob: User, charlie: User, acme: Registered
) -> None:
    tokens = {person: tokens_for(person, acme) for person in (bob, charlie)}
    bobs = Consent.objects.get(user=bob)
    now = clock.now()
    assert consents.end_for_client(actor=alice, client=acme.client, consent_id=bobs.id, now=now) == 1
    assert consents.end_for_client(actor=alice, client=acme.client, consent_id=bobs.id, now=now) == 0
    alive = {
        p.email: post("/oauth/introspect", acme, token=t["refresh_token"]).json()["active"]
        for p, t in tokens.items()
    }
    assert alive == {bob.email: False, charlie.email: True}
    assert is_waiting(authorize(signed_in(bob), acme))
    assert consents.end_for_client(actor=alice, client=acme.client, now=now) == 1
    assert Event.objects.filter(action="consent.ended", actor_id=alice.id, target_id=str(bob.id)).count() == 1


def test_strangers_end_nothing(bob: User, acme: Registered) -> None:
    now = clock.now()
    acts: list[Callable[[], object]] = [
        lambda: clients.disable(actor=bob, client=acme.client, now=now),
        lambda: clients.enable(actor=bob, client=acme.client),
        lambda: clients.end_tokens(actor=bob, client=acme.client, now=now),
        lambda: clients.delete(session=proven(bob), client=acme.client, now=now),
        lambda: clients.transfer(session=proven(bob), client=acme.client, email=bob.email, now=clock.now()),
        lambda: consents.end_for_client(actor=bob, client=acme.client, now=now),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert Client.objects.get(pk=acme.client.pk).is_enabled


def test_what_an_operator_disabled_its_owner_does_not_enable(
    acme: Registered, alice: User, bob: User, olivia: User
) -> None:
    """Else the stop of a client that does harm would last until its owner reads of it."""
    clients.disable(actor=alice, client=acme.client, now=clock.now())  # nor by having been first
    clients.disable(actor=olivia, client=acme.client, now=clock.now())
    clients.disable(actor=alice, client=acme.client, now=clock.now())
    with pytest.raises(NotAllowed):
        clients.enable(actor=alice, client=acme.client)
    response = signed_in(alice).post(f"/account/clients/{acme.client.client_id}/danger", {"act": "enable"})
    assert response.status_code == 303
    clients.transfer(session=proven(olivia), client=acme.client, email=bob.email, now=clock.now())
    with pytest.raises(NotAllowed):
        clients.enable(actor=bob, client=acme.client)
    assert not Client.objects.get(pk=acme.client.pk).is_enabled
    clients.enable(actor=olivia, client=acme.client)
    clients.disable(actor=bob, client=acme.client, now=clock.now())
    clients.enable(actor=bob, client=acme.client)  # his own stop is his own to undo
    assert Client.objects.get(pk=acme.client.pk).is_enabled
