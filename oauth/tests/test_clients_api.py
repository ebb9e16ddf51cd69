"""/api/v1/oauth/clients: for owners and operators; to everybody else a client is not there, by any method."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.factories import PASSWORD
from accounts.models import User
from core import clock
from core.tests.pictures import picture
from login.tests.api import call as login_call
from login.tests.api import problem_of
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import Client, ClientSecret, Consent
from oauth.services import clients
from oauth.services.clients import Registered
from oauth.tests.flows import post as provider_post
from oauth.tests.flows import tokens_for

pytestmark = pytest.mark.django_db
CLIENTS = "/api/v1/oauth/clients"
Call = Callable[..., Any]


def caller(user: User) -> Call:
    """Calls as this person, by the access token of a login."""
    login = login_call("login", {"email": user.email, "password": PASSWORD}).json()
    bearer = {"Authorization": f"Bearer {login['tokens']['access_token']}"}
    browser = Browser(enforce_csrf_checks=True)

    def call(method: str, path: str = "", body: Any = None, **headers: str) -> Any:
        raw = b"" if body is None else json.dumps(body).encode()
        kind = {"content_type": "application/json"} if body is not None else {}
        return browser.generic(method, f"{CLIENTS}{path}", raw, headers={**bearer, **headers}, **kind)

    def send_picture(path: str, data: bytes, kind: str = "image/png") -> Any:
        return browser.generic("PUT", f"{CLIENTS}{path}", data, content_type=kind, headers=bearer)

    call.picture = send_picture  # type: ignore[attr-defined]
    return call


@pytest.fixture
def acme(alice: User) -> Registered:
    return register_client(owner=alice)


def one(acme: Registered) -> str:
    return f"/{acme.client.client_id}"


def test_creating_shows_the_secret_this_once(alice: User, janua_options: Callable[..., None]) -> None:
    janua_options(client_registration="people")
    call = caller(alice)
    created = call("POST", "", {"client_name": "New", "redirect_uris": [REDIRECT_URI]})
    assert created.status_code == 201
    body = created.json()
    assert clients.find_by_secret(body["client_id"], body["client_secret"], now=clock.now())
    assert (body["owner"], body["is_verified"]) == ({"id": str(alice.id), "email": alice.email}, False)
    path = f"/{body['client_id']}"
    for later in (
        call("GET", path),
        call("GET"),
        call("PATCH", path, {"client_name": "Newer"}),
        call("GET", f"{path}/secrets"),
    ):
        assert body["client_secret"] not in later.content.decode()
    assert call("GET", path).json()["client_name"] == "Newer"


def test_a_public_client_has_no_secret(olivia: User) -> None:
    members = {"redirect_uris": [REDIRECT_URI], "token_endpoint_auth_method": "none"}
    assert caller(olivia)("POST", "", members).json()["client_secret"] is None


def test_people_register_nothing_where_it_is_not_open_to_them(alice: User) -> None:
    refused = caller(alice)("POST", "", {"redirect_uris": [REDIRECT_URI]})
    assert problem_of(refused) == (403, "AUTHORIZATION_ERROR", "registration_closed")


def test_the_list_has_ones_own_clients_and_for_operators_all(
    alice: User, bob: User, olivia: User, acme: Registered
) -> None:
    register_client(owner=bob, client_name="Bobs Kiosk", publisher="Kiosk Ltd.")
    register_client(client_name="Nobodys")
    names = lambda answer: [item["client_name"] for item in answer.json()["data"]]  # noqa: E731
    assert names(caller(alice)("GET")) == ["Acme"]
    operator = caller(olivia)
    assert names(operator("GET")) == ["Nobodys", "Bobs Kiosk", "Acme"]
    assert names(operator("GET", "?search=kiosk ltd")) == ["Bobs Kiosk"]
    page = operator("GET", "?page=2&per_page=2").json()
    assert {name: page[name] for name in page if name != "data"} == {
        "total": 3, "page": 2, "per_page": 2, "total_pages": 2,
    }  # fmt: skip
    assert len(page["data"]) == 1
    for bad in ("page=0", "per_page=101", "page=x", "owner=bob"):
        assert operator("GET", f"?{bad}").status_code == 422


def test_a_list_of_many_costs_as_many_statements_as_one_of_few(olivia: User) -> None:
    call = caller(olivia)
    counts = []
    for _ in range(2):
        for _ in range(3):
            client = register_client(owner=olivia).client
            assert call.picture(f"/{client.client_id}/logo", picture()).status_code == 200  # type: ignore[attr-defined]
        with CaptureQueriesContext(connection) as statements:
            call("GET")
        counts.append(sum("tokens_signingkey" not in each["sql"] for each in statements.captured_queries))
    assert counts[0] == counts[1] <= 4


def test_what_was_read_is_what_is_changed(alice: User, acme: Registered) -> None:
    call = caller(alice)
    etag = call("GET", one(acme))["ETag"]
    changed = call("PATCH", one(acme), {"client_name": "First"}, **{"If-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] not in ("", etag)
    for stale in (etag, f"W/{changed['ETag']}", "nonsense"):
        refused = call("PATCH", one(acme), {"client_name": "Second"}, **{"If-Match": stale})
        assert problem_of(refused) == (412, "CONFLICT_ERROR", "version_mismatch")
    for fine in (f'"x", {changed["ETag"]}', "*"):
        assert call("PATCH", one(acme), {"client_name": "First"}, **{"If-Match": fine}).status_code == 200
    assert call("GET", one(acme)).json()["client_name"] == "First"


def test_a_change_that_cannot_be_says_why(alice: User, acme: Registered) -> None:
    call = caller(alice)
    refused = call("PATCH", one(acme), {"redirect_uris": ["https://app.example/cb#x"]})
    assert problem_of(refused) == (422, "VALIDATION_ERROR", "invalid_redirect_uri")
    assert "fragment" in refused.json()["detail"]
    refused = call("PATCH", one(acme), {"redirect_uris": "https://app.example/cb"})
    assert problem_of(refused) == (422, "VALIDATION_ERROR", "invalid_client_metadata")


def test_secrets_are_rotated_listed_and_taken_back(alice: User, acme: Registered) -> None:
    call = caller(alice)
    rotated = call("POST", f"{one(acme)}/secrets")
    assert rotated.status_code == 201
    new = rotated.json()
    shown = call("GET", f"{one(acme)}/secrets").json()["data"]
    assert next(each["id"] for each in shown) == new["id"]
    assert [each["expires_at"] is None for each in shown] == [True, False]
    assert set(shown[0]) == {"id", "hint", "created_at", "expires_at"}
    old = shown[1]["id"]
    assert problem_of(call("DELETE", f"{one(acme)}/secrets/{new['id']}"))[2] == "current_secret"
    assert call("DELETE", f"{one(acme)}/secrets/{old}").status_code == 204
    assert problem_of(call("DELETE", f"{one(acme)}/secrets/{old}"))[0] == 404
    now = clock.now()
    assert not clients.find_by_secret(acme.client.client_id, str(acme.secret), now=now)
    assert clients.find_by_secret(acme.client.client_id, new["client_secret"], now=now)


def test_disabled_enabled_and_its_tokens_ended(alice: User, bob: User, acme: Registered) -> None:
    call = caller(alice)
    tokens_for(bob, acme)
    assert call("POST", f"{one(acme)}/revoke-tokens").json() == {"ended": 1}
    assert call("POST", f"{one(acme)}/disable").json()["is_enabled"] is False
    assert call("POST", f"{one(acme)}/enable").json()["is_enabled"] is True


def test_owners_see_subjects_and_operators_people(
    alice: User, bob: User, olivia: User, acme: Registered
) -> None:
    tokens = tokens_for(bob, acme)
    subject = provider_post("/oauth/introspect", acme, token=tokens["access_token"]).json()["sub"]
    [shown] = caller(alice)("GET", f"{one(acme)}/consents").json()["data"]
    assert (shown["subject"], shown["email"], shown["scope"]) == (subject, None, "email openid")
    assert bob.email not in json.dumps(shown)
    [seen] = caller(olivia)("GET", f"{one(acme)}/consents").json()["data"]
    assert seen["email"] == bob.email
    call = caller(alice)
    assert call("DELETE", f"{one(acme)}/consents/{shown['id']}").status_code == 204
    assert call("DELETE", f"{one(acme)}/consents/{shown['id']}").status_code == 404
    assert call("DELETE", f"{one(acme)}/consents").json() == {"ended": 0}
    assert call("GET", f"{one(acme)}/consents").json()["total"] == 0


def test_a_logo_is_put_and_taken_away(alice: User, acme: Registered) -> None:
    call = caller(alice)
    put = call.picture(f"{one(acme)}/logo", picture("JPEG"), "image/jpeg")  # type: ignore[attr-defined]
    url = put.json()["logo_url"]
    assert url.startswith(f"http://localhost:4100/oauth/clients/{acme.client.client_id}/logo/")
    assert call("GET", one(acme)).json()["logo_url"] == url
    bad = call.picture(f"{one(acme)}/logo", b"<svg/>")  # type: ignore[attr-defined]
    assert problem_of(bad) == (422, "VALIDATION_ERROR", "bad_picture")
    large = call.picture(f"{one(acme)}/logo", bytes(1_000_001))  # type: ignore[attr-defined]
    assert problem_of(large)[0] == 413
    svg = call.picture(f"{one(acme)}/logo", b"<svg/>", "image/svg+xml")  # type: ignore[attr-defined]
    assert problem_of(svg)[0] == 415
    assert call("DELETE", f"{one(acme)}/logo").status_code == 204
    assert call("GET", one(acme)).json()["logo_url"] is None


def test_operators_verify_and_hand_over(alice: User, bob: User, olivia: User, acme: Registered) -> None:
    owner, operator = caller(alice), caller(olivia)
    for path, body in (("verify", {}), ("transfer", {"email": bob.email})):
        assert problem_of(owner("POST", f"{one(acme)}/{path}", body))[2] == "operators_only"
    assert operator("POST", f"{one(acme)}/verify", {}).json()["is_verified"] is True
    assert operator("POST", f"{one(acme)}/verify", {"is_verified": False}).json()["is_verified"] is False
    assert operator("POST", f"{one(acme)}/verify", {"is_verified": "yes"}).status_code == 422
    moved = operator("POST", f"{one(acme)}/transfer", {"email": bob.email}).json()
    assert moved["owner"]["email"] == bob.email
    assert owner("GET", one(acme)).status_code == 404


def test_deleting(alice: User, acme: Registered) -> None:
    call = caller(alice)
    assert call("DELETE", one(acme)).status_code == 204
    assert call("GET", one(acme)).status_code == 404
    assert not Client.objects.exists()


PATHS = (
    "", "/disable", "/enable", "/revoke-tokens", "/verify", "/transfer", "/secrets", "/secrets/{secret}",
    "/consents", "/consents/{consent}", "/logo",
)  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("path", PATHS)
def test_a_strangers_client_is_nowhere_by_any_method(
    alice: User, bob: User, charlie: User, acme: Registered, path: str
) -> None:
    """Foreign and made-up clients answer alike, and nothing has changed afterwards."""
    tokens_for(bob, acme)
    secret, consent = ClientSecret.objects.get(), Consent.objects.get()
    path = path.format(secret=secret.id, consent=consent.id)
    before = str(list(Client.objects.values()))
    call = caller(charlie)
    for method in METHODS:
        answers = []
        for client_id in (acme.client.client_id, f"jnu_cl_{uuid4().hex[:25]}"):
            if path == "/logo" and method == "PUT":
                answers.append(call.picture(f"/{client_id}{path}", picture()))  # type: ignore[attr-defined]
            else:
                answers.append(
                    call(method, f"/{client_id}{path}", {} if method in ("POST", "PATCH") else None)
                )
        statuses = {answer.status_code for answer in answers}
        assert statuses in ({404}, {405}), (method, statuses)
        bodies = [{**answer.json(), "request_id": ""} for answer in answers]
        assert bodies[0] == bodies[1]
    assert str(list(Client.objects.values())) == before
    assert list(ClientSecret.objects.all()) == [secret]
    assert Consent.objects.get().revoked_at is None


@pytest.mark.parametrize("who", ["owner", "operator"])
@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/secrets"), ("GET", "/consents"), ("POST", "/disable"), ("POST", "/enable"), ("POST", "/revoke-tokens"), ("POST", "/secrets"), ("DELETE", "/consents"), ("DELETE", "/logo"), ("DELETE", "")])  # fmt: skip
def test_owners_and_operators_find_every_door_open(
    alice: User, olivia: User, acme: Registered, who: str, method: str, path: str
) -> None:
    call = caller(alice if who == "owner" else olivia)
    assert call(method, f"{one(acme)}{path}").status_code < 300
