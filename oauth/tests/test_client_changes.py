"""Changing a client: by its owner or an operator, member by member, and never two at once unseen."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import NotAllowed, NotFound, PreconditionFailed
from oauth.errors import InvalidClientMetadata
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import Client, ClientSecret
from oauth.services import client_changes, clients
from oauth.services.clients import Registered

pytestmark = pytest.mark.django_db
OTHER_URI = "https://app.example/other"


@pytest.fixture
def acme(alice: User) -> Client:
    return register_client(owner=alice).client


def change(actor: User, client: Client, **changes: Any) -> Registered:
    return client_changes.update(session=proven(actor), client=client, changes=changes, now=clock.now())


def test_the_named_members_change_and_the_rest_stays(alice: User, acme: Client) -> None:
    change(alice, acme, client_name="Acme 2", redirect_uris=[REDIRECT_URI, OTHER_URI])
    stored = Client.objects.get(pk=acme.pk)
    assert (stored.name, stored.redirect_uri_list) == ("Acme 2", [REDIRECT_URI, OTHER_URI])
    assert stored.grant_types == ["authorization_code", "refresh_token"]
    event = Event.objects.get(action="client.updated")
    assert event.data["fields"] == ["client_name", "redirect_uris"]
    assert event.actor_id == alice.id


def test_null_goes_back_to_the_default(alice: User, acme: Client) -> None:
    change(alice, acme, grant_types=None)
    assert Client.objects.get(pk=acme.pk).grant_types == ["authorization_code"]


def test_nothing_changed_leaves_no_trace(alice: User, acme: Client) -> None:
    change(alice, acme, client_name=acme.name)
    assert not Event.objects.filter(action="client.updated").exists()


def test_a_bad_change_changes_nothing(alice: User, acme: Client) -> None:
    for bad in (
        {"redirect_uris": ["http://app.example/cb"]},
        {"redirect_uris": []},
        {"grant_types": ["password"]},
        {"client_name": "x" * 256},
        {"access_token_lifetime_seconds": 1},
    ):
        with pytest.raises(InvalidClientMetadata):
            change(alice, acme, **bad)
    assert client_changes.version_of(Client.objects.get(pk=acme.pk)) == client_changes.version_of(acme)


def test_from_a_browser_client_to_a_machine_and_back(olivia: User, acme: Client) -> None:
    change(olivia, acme, grant_types=["client_credentials"], redirect_uris=[])
    change(olivia, acme, grant_types=["authorization_code"], redirect_uris=[REDIRECT_URI])
    assert Client.objects.get(pk=acme.pk).redirect_uri_list == [REDIRECT_URI]


def test_coming_to_authenticate_by_a_secret_gives_one(alice: User) -> None:
    public = register_client(owner=alice, token_endpoint_auth_method="none").client
    given = change(alice, public, token_endpoint_auth_method="client_secret_post")
    assert given.secret is not None
    assert clients.find_by_secret(public.client_id, given.secret, now=clock.now()) == public


def test_going_public_takes_the_secrets_away(alice: User) -> None:
    registered = register_client(owner=alice)
    given = change(alice, registered.client, token_endpoint_auth_method="none")
    assert given.secret is None
    assert not ClientSecret.objects.exists()
    assert clients.find_by_secret(given.client.client_id, str(registered.secret), now=clock.now()) is None


def test_from_one_way_of_sending_the_secret_to_another_it_stays(alice: User) -> None:
    registered = register_client(owner=alice)
    assert change(alice, registered.client, token_endpoint_auth_method="client_secret_post").secret is None
    assert clients.find_by_secret(registered.client.client_id, str(registered.secret), now=clock.now())


def test_a_pairwise_sector_follows_the_redirect_uris(alice: User) -> None:
    client = register_client(owner=alice, subject_type="pairwise").client
    assert client.sector_identifier == "app.example"
    moved = change(alice, client, redirect_uris=["https://new.example/cb"])
    assert moved.client.sector_identifier == "new.example"
    with pytest.raises(InvalidClientMetadata, match="sector_identifier_uri"):
        change(alice, client, redirect_uris=["https://one.example/cb", "https://two.example/cb"])
    assert Client.objects.get(pk=client.pk).redirect_uri_list == ["https://new.example/cb"]


def test_only_the_version_that_was_seen_is_changed(alice: User, acme: Client) -> None:
    seen = client_changes.version_of(acme)
    update: dict[str, Any] = {
        "session": proven(alice),
        "client": acme,
        "if_version": [seen],
        "now": clock.now(),
    }
    client_changes.update(changes={"client_name": "First"}, **update)
    with pytest.raises(PreconditionFailed):
        client_changes.update(changes={"client_name": "Second"}, **update)
    assert Client.objects.get(pk=acme.pk).name == "First"


def test_to_others_it_is_not_there(bob: User, acme: Client) -> None:
    with pytest.raises(NotFound):
        change(bob, acme, client_name="Mine")


WIDER = (
    {"scope": "openid reports"},
    {"resources": ["https://api.example/"]},
    {"claim_mapping": {"preferred_username": "email"}},
    {"access_token_lifetime_seconds": 3600},
    {"id_token_lifetime_seconds": 7200},
    {"refresh_token_lifetime_seconds": 30 * 86_400},
)


@pytest.mark.parametrize("wider", WIDER, ids=lambda wider: next(iter(wider)))
def test_what_reaches_past_the_client_is_an_operators_to_give(
    alice: User, olivia: User, acme: Client, wider: dict[str, Any]
) -> None:
    with pytest.raises(NotAllowed, match=next(iter(wider))):
        change(alice, acme, **wider)
    change(olivia, acme, **wider)
    change(alice, acme, client_name="Keeps it", **wider)
    change(alice, acme, **dict.fromkeys(wider))


def test_an_owner_may_shorten_what_lives(alice: User, acme: Client) -> None:
    change(alice, acme, access_token_lifetime_seconds=60, refresh_token_lifetime_seconds=3600)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_name": "Bank"},
        {"publisher": "Bank Inc."},
        {"client_uri": "https://bank.example"},
        {"redirect_uris": [OTHER_URI]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_owner_who_changes_what_was_vouched_for_is_no_longer_verified(
    alice: User, olivia: User, acme: Client, changes: dict[str, Any]
) -> None:
    clients.set_verified(actor=olivia, client=acme, is_verified=True)
    assert not change(alice, acme, **changes).client.is_verified
    assert Event.objects.get(action="client.updated").data["has_lost_verification"]


def test_an_operators_change_and_a_harmless_one_keep_the_mark(
    alice: User, olivia: User, acme: Client
) -> None:
    clients.set_verified(actor=olivia, client=acme, is_verified=True)
    assert change(olivia, acme, client_name="Bank").client.is_verified
    assert change(alice, acme, policy_uri="https://app.example/policy").client.is_verified
