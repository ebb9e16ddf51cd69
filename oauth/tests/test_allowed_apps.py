"""The apps that a person allowed, with what people want to know: on /account/apps, and over REST."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from accounts.tests.test_me_api import bearer
from core import clock
from core.tests.pictures import picture
from oauth.factories import register_client
from oauth.models import Consent
from oauth.services import apps, consents, logos
from oauth.services.clients import Registered
from oauth.tests.flows import post, tokens_for
from tokens.models import TokenFamily

PATH = "/api/v1/users/me/apps"
pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(olivia: User) -> Registered:
    registered = register_client(client_uri="https://app.example", publisher="Acme Ltd", owner=olivia)
    logos.put(actor=olivia, client=registered.client, picture=picture(), now=clock.now())
    registered.client.is_verified = True
    registered.client.save()
    return registered


def read(user: User) -> Any:
    return Client().get(PATH, headers=bearer(user)).json()["data"]


def test_the_page_tells_of_an_app_in_words(alice: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ("email",), now=clock.now())
    response = signed_in(alice).get("/account/apps")
    (shown,) = response.context["apps"]
    assert (shown.client_name, shown.client_uri, shown.publisher) == (
        "Acme",
        "https://app.example",
        "Acme Ltd",
    )
    assert shown.scopes == [("email", "See your email address")]
    html = response.content.decode()
    assert f'src="{logos.path_of(acme.client)}"' in html
    assert "Verified" in html
    assert "Not used in the last 30 days" in html


def test_over_rest_too(alice: User, bob: User, acme: Registered) -> None:
    tokens_for(alice, acme)
    [app] = read(alice)
    assert app | {"id": 0, "first_allowed_at": 0, "last_used_at": 0} == {
        "id": 0,
        "client_id": acme.client.client_id,
        "client_name": "Acme",
        "client_uri": "https://app.example",
        "publisher": "Acme Ltd",
        "is_verified": True,
        "logo_url": f"http://localhost:4100{logos.path_of(acme.client)}",
        "scopes": [
            {"scope": "email", "description": "See your email address"},
            {"scope": "openid", "description": "Know who you are (your account's id)"},
        ],
        "first_allowed_at": 0,
        "last_used_at": 0,
    }
    assert read(bob) == []


def test_the_last_use_is_that_of_the_newest_token(alice: User, bob: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ("openid",), now=clock.now())
    [app] = apps.allowed_by(alice)
    assert app.last_used_at is None
    tokens_for(bob, acme)
    [app] = apps.allowed_by(alice)
    assert app.last_used_at is None
    token = tokens_for(alice, acme)["refresh_token"]
    [opened] = apps.allowed_by(alice)
    post("/oauth/token", acme, grant_type="refresh_token", refresh_token=token)
    [refreshed] = apps.allowed_by(alice)
    assert opened.last_used_at
    assert refreshed.last_used_at
    assert refreshed.last_used_at > opened.last_used_at


def test_the_first_day_stays_when_more_is_allowed(alice: User, acme: Registered) -> None:
    first = clock.now() - timedelta(days=3)
    consents.grant(alice, acme.client, ("openid",), now=first)
    consents.grant(alice, acme.client, ("email",), now=clock.now())
    [app] = apps.allowed_by(alice)
    assert app.first_allowed_at == first
    Consent.objects.update(first_granted_at=None)  # from before it was kept
    [app] = apps.allowed_by(alice)
    assert app.first_allowed_at == Consent.objects.get().granted_at


def test_an_app_is_removed_once_and_its_tokens_end(alice: User, acme: Registered) -> None:
    tokens_for(alice, acme)
    [app] = read(alice)
    path = f"{PATH}/{app['id']}"
    assert Client().delete(path, headers=bearer(alice)).status_code == 204
    assert Client().delete(path, headers=bearer(alice)).status_code == 404
    assert read(alice) == []
    assert TokenFamily.objects.get(client_id=acme.client.client_id).revoked_reason == "consent_revoked"


def test_another_persons_app_is_not_there(alice: User, charlie: User, acme: Registered) -> None:
    tokens_for(alice, acme)
    for app_id in (read(alice)[0]["id"], uuid4()):
        assert Client().delete(f"{PATH}/{app_id}", headers=bearer(charlie)).status_code == 404
    assert len(read(alice)) == 1


def test_many_apps_take_two_statements(alice: User, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        tokens_for(alice, register_client())
    with django_assert_num_queries(2):
        assert len(apps.allowed_by(alice)) == 3
