"""Providers in the operators' console: added, changed, removed; the secret is never shown."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from audit.models import Event
from core import clock
from sso.factories import add_provider
from sso.models import SocialProvider

LIST, ADD = "/admin/sso/socialprovider/", "/admin/sso/socialprovider/add/"
SECRET = "very-secret-of-herbs"
pytestmark = pytest.mark.usefixtures("providers_on_loopback")


def form(**more: Any) -> dict[str, Any]:
    return {
        "slug": "herbs", "kind": "openid", "name": "Herbs", "client_id": "janua", "client_secret": SECRET,
        "issuer": "http://127.0.0.1:9999/", "options": "{}", "authoritative_domains": "[]", "order": "5",
        "is_enabled": "on", "allows_sign_up": "on", **more,
    }  # fmt: skip


def test_an_operator_adds_a_provider(olivia: User) -> None:
    response = signed_in(olivia).post(ADD, form())
    assert response.status_code == 302, response.context["errors"]
    row = SocialProvider.objects.get()
    assert (row.slug, row.client_secret, row.order) == ("herbs", SECRET, 5)
    event = Event.objects.get(action="social_provider.added")
    assert (event.actor_id, event.data["connection"]) == (olivia.id, "openid:http://127.0.0.1:9999")
    assert SECRET not in str(event.data)


def test_the_secret_goes_in_and_never_out(olivia: User) -> None:
    row = add_provider(issuer="http://127.0.0.1:9999", client_secret=SECRET)
    browser = signed_in(olivia)
    page = browser.get(f"{LIST}{row.id}/change/")
    assert page.status_code == 200
    assert SECRET not in page.content.decode()
    assert (
        browser.post(f"{LIST}{row.id}/change/", form(client_secret="", name="Herbs & Co")).status_code == 302
    )
    row.refresh_from_db()
    assert (row.name, row.client_secret) == ("Herbs & Co", SECRET)
    event = Event.objects.get(action="social_provider.changed")
    assert "name" in event.data["fields"]


def test_djangos_own_log_stays_empty_as_the_data_map_says(olivia: User) -> None:
    browser = signed_in(olivia)
    browser.post(ADD, form())
    row = SocialProvider.objects.get()
    browser.post(f"{LIST}{row.id}/change/", form(client_secret="", name="Herbs & Co"))
    browser.post(f"{LIST}{row.id}/delete/", {"post": "yes"})
    assert not SocialProvider.objects.exists()
    assert not LogEntry.objects.exists()


def test_removing_one_is_written(olivia: User) -> None:
    row = add_provider(issuer="http://127.0.0.1:9999")
    signed_in(olivia).post(f"{LIST}{row.id}/delete/", {"post": "yes"})
    assert not SocialProvider.objects.exists()
    assert Event.objects.get(action="social_provider.removed").actor_id == olivia.id


@pytest.mark.parametrize("path", ["add/", "{id}/change/", "{id}/delete/"])
def test_each_act_asks_for_a_fresh_proof(olivia: User, path: str) -> None:
    row = add_provider(issuer="http://127.0.0.1:9999")
    browser = signed_in(olivia, auth_time=clock.now() - timedelta(hours=1))
    for answer in (browser.get, browser.post):
        response = answer(LIST + path.format(id=row.id))
        assert response["Location"].startswith("/account/confirm?next=%2Fadmin%2Fsso")
    assert browser.get(LIST).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issuer": ""}, "issuer"),
        ({"issuer": "http://10.0.0.1"}, "issuer"),
        ({"issuer": "javascript:alert(1)"}, "issuer"),
        ({"kind": "oauth2", "issuer": ""}, "authorize_url"),
        ({"client_secret": ""}, "client_secret"),
        ({"slug": "Herbs!"}, "slug"),
        ({"options": '"x"'}, "options"),
        ({"options": "[1]"}, "options"),
        ({"authoritative_domains": '{"a": 1}'}, "authoritative_domains"),
        ({"authoritative_domains": "[1]"}, "authoritative_domains"),
    ],
)
def test_what_cannot_work_is_refused(olivia: User, changes: dict[str, str], field: str) -> None:
    response = signed_in(olivia).post(ADD, form(**changes))
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not SocialProvider.objects.exists()


def test_allauths_empty_tables_are_not_shown(olivia: User) -> None:
    page = signed_in(olivia).get("/admin/").content.decode()
    assert "/admin/sso/socialprovider/" in page
    assert "/admin/socialaccount/" not in page
    assert "/admin/account/" not in page


def test_it_is_not_for_everybody(alice: User, client: Client) -> None:
    assert signed_in(alice).get(ADD).status_code == 403
