"""Userinfo knows what a client is registered for from a second ago; whether it may be answered is read each time."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.browsers import proven
from core import clock
from oauth.factories import register_client
from oauth.models import Client
from oauth.services import client_settings, clients
from oauth.services.clients import Registered
from oauth.tests.flows import tokens_for
from oauth.tests.test_userinfo import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Registered:
    monkeypatch.setattr(client_settings, "SECONDS", 3600.0)
    return register_client()


@pytest.fixture
def token(alice: User, acme: Registered) -> str:
    found = str(tokens_for(alice, acme)["access_token"])
    assert read(found).status_code == 200  # from now on the settings are known
    return found


def map_tenant(acme: Registered) -> None:
    Client.objects.filter(pk=acme.client.pk).update(claim_mapping={"tenant": {"value": "acme"}})


def test_they_are_read_again_after_a_second(
    token: str, acme: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    map_tenant(acme)
    assert "tenant" not in read(token).json()
    monkeypatch.setattr(client_settings, "SECONDS", 0.0)
    assert read(token).json()["tenant"] == "acme"


def _delete(*, actor: User, client: Client, now: datetime) -> None:
    clients.delete(session=proven(actor), client=client, now=now)


@pytest.mark.parametrize("end", [clients.disable, _delete])
def test_a_client_that_is_no_more_gets_nothing_at_once(
    token: str, acme: Registered, olivia: User, end: Any
) -> None:
    end(actor=olivia, client=acme.client, now=clock.now())
    assert read(token).status_code == 401


def test_of_many_clients_some_are_forgotten(
    alice: User, token: str, acme: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_settings, "MAX_CLIENTS", 1)
    other = register_client()
    assert read(str(tokens_for(alice, other)["access_token"])).status_code == 200
    map_tenant(acme)
    assert read(token).json()["tenant"] == "acme"
