"""API keys over REST: what they open, what they never open, and what other services learn of them (S215, S216, S217)."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit.models import Event
from core import clock
from core.policy import Credential
from oauth.factories import register_client
from oauth.services.clients import Registered
from organizations.factories import join, make_organization
from organizations.models import ApiKey, Membership, Organization, Role
from organizations.permissions import ADMIN, SYSTEM_ROLES
from organizations.tests.keys import make_account, make_key, send
from tests.adversarial.tools import api_login, bearer
from tests.architecture.routes import ANY_ID, Route, all_routes, named

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_FOR_KEYS = [
    route
    for route in all_routes()
    if Credential.BEARER in route.policy.accepts and Credential.API_KEY not in route.policy.accepts
]
KEYS_EVERYTHING = sorted(SYSTEM_ROLES[ADMIN])
FOR_KEYS = [route for route in all_routes() if Credential.API_KEY in route.policy.accepts]
OF_ONE_ORGANIZATION = [route for route in FOR_KEYS if ANY_ID in route.path]


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob)
    return made


def keys_of(acme: Organization) -> str:
    return f"/organizations/{acme.id}/api-keys"


def own_key(user: User, acme: Organization, *scopes: str, **more: Any) -> str:
    return make_key(user, acme, *(scopes or ("organization:read", "key:own")), **more)[1]


@pytest.mark.parametrize("route", NOT_FOR_KEYS, ids=named)
def test_s215_a_living_key_opens_no_route_that_does_not_name_it(
    acme: Organization, alice: User, route: Route
) -> None:
    secret = own_key(alice, acme)
    for method in METHODS:
        answer = send(method, route.path.removeprefix("/api/v1"), secret)
        assert answer.status_code == 403, method
        assert answer.json()["code"] == "AUTHORIZATION_ERROR"
        assert answer.json()["reason"] == "key_not_accepted"


@pytest.mark.parametrize("route", OF_ONE_ORGANIZATION, ids=named)
def test_s215_a_key_of_one_organization_finds_no_other(acme: Organization, alice: User, route: Route) -> None:
    secret = own_key(alice, acme, "organization:read", "key:manage")
    for method in METHODS:
        answer = send(method, route.path.removeprefix("/api/v1"), secret, body="{}")
        assert answer.status_code in {404, 405, 415, 422}, (method, answer.content)
        if method == "GET":
            assert answer.status_code in {404, 405}


@pytest.mark.parametrize("route", FOR_KEYS, ids=named)
@pytest.mark.parametrize("owner", ["person", "service account"])
def test_a_key_that_may_everything_trips_nothing_in_its_own_organization(
    acme: Organization, alice: User, route: Route, owner: str
) -> None:
    """Whoever has no session, and perhaps is no person, is no fault anywhere."""
    account_id = make_account(acme, ADMIN).id if owner == "service account" else None
    secret = own_key(alice, acme, *KEYS_EVERYTHING, account_id=account_id)
    path = route.path.removeprefix("/api/v1").replace(ANY_ID, str(acme.id), 1)
    for method in METHODS:
        answer = send(method, path, secret, body="{}")
        assert answer.status_code in {200, 204, 403, 404, 405, 415, 422}, (method, answer.content)
        if answer.status_code == 403:
            assert answer.json()["reason"] in {"person_required", "permission_missing"}


def test_there_are_routes_of_both_kinds() -> None:
    assert len(NOT_FOR_KEYS) > 60
    assert len(OF_ONE_ORGANIZATION) > 30


def test_a_key_reads_what_its_owner_may(acme: Organization, bob: User) -> None:
    secret = own_key(bob, acme)
    answer = send("GET", keys_of(acme), secret)
    assert answer.status_code == 200
    assert [row["owner"]["id"] for row in answer.json()["data"]] == [str(bob.id)]
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("act", [("GET", ""), ("GET", "/{key}"), ("POST", "/{key}/revoke")])
def test_s215_a_key_without_a_scope_for_keys_neither_reads_nor_ends_itself(
    acme: Organization, alice: User, act: tuple[str, str]
) -> None:
    key, secret = make_key(alice, acme, "organization:read", "member:read")
    method, path = act
    answer = send(method, keys_of(acme) + path.format(key=key.id), secret)
    assert (answer.status_code, answer.json()["reason"]) == (403, "permission_missing")


def test_s215_fewer_scopes_than_the_act_are_403(acme: Organization, bob: User) -> None:
    answer = send("GET", keys_of(acme), own_key(bob, acme, "organization:read"))
    assert answer.status_code == 403
    assert answer.json()["reason"] == "permission_missing"


def test_s215_what_does_not_work_is_answered_in_the_same_words(acme: Organization, bob: User) -> None:
    revoked, expired, elsewhere = (own_key(bob, acme) for _ in range(3))
    for secret, facts in (
        (revoked, {"revoked_at": clock.now()}),
        (expired, {"expires_at": clock.now()}),
        (elsewhere, {"networks": ["192.0.2.0/24"]}),
    ):
        ApiKey.objects.filter(secret_hash=ApiKey.hash_of(secret)).update(**facts)
    answers = [
        send("GET", keys_of(acme), each) for each in (revoked, expired, elsewhere, "jnu_sk_" + "x" * 43)
    ]
    told = [{**answer.json(), "request_id": ""} for answer in answers]
    assert {answer.status_code for answer in answers} == {401}
    assert all(each == told[0] for each in told)
    assert all(answer["WWW-Authenticate"] == 'Bearer error="invalid_token"' for answer in answers)


def test_s215_a_key_in_the_query_or_in_another_header_is_never_read(acme: Organization, bob: User) -> None:
    secret = own_key(bob, acme)
    for query in (f"?api_key={secret}", f"?access_token={secret}"):
        assert Browser().get(f"/api/v1{keys_of(acme)}{query}").status_code == 401
    for header in ("X-API-Key", "Api-Key", "Cookie"):
        assert Browser().get(f"/api/v1{keys_of(acme)}", headers={header: secret}).status_code == 401
    basic = b64encode(f"{secret}:".encode()).decode()
    refused = Browser().get(f"/api/v1{keys_of(acme)}", headers={"Authorization": f"Basic {basic}"})
    assert refused.status_code == 401


def test_wrong_keys_of_one_network_come_to_an_end(
    acme: Organization, bob: User, janua_options: Callable[..., None]
) -> None:
    janua_options(rate_limits="on")
    wrong, right = "jnu_sk_" + "x" * 43, own_key(bob, acme)
    statuses = [send("GET", keys_of(acme), wrong).status_code for _ in range(61)]
    assert statuses == [401] * 60 + [429]
    assert send("GET", keys_of(acme), right).status_code == 200


def test_the_trail_names_the_key_that_did_it(acme: Organization, alice: User) -> None:
    account = make_account(acme, ADMIN)
    key, secret = make_key(alice, acme, "organization:read", "key:manage", account_id=account.id)
    other, _ = make_key(alice, acme, "organization:read", account_id=account.id)
    assert send("POST", f"{keys_of(acme)}/{other.id}/revoke", secret).status_code == 204
    event = Event.objects.get(action="api_key.revoked")
    assert (event.actor_type, event.actor_id) == ("service_account", account.id)
    assert (event.client_id, event.session_id) == (f"api_key:{key.id}", None)


def test_a_service_account_suspends_a_member(acme: Organization, alice: User, bob: User) -> None:
    account = make_account(acme, ADMIN)
    secret = own_key(alice, acme, *KEYS_EVERYTHING, account_id=account.id)
    place = Membership.objects.get(user=bob)
    path = f"/organizations/{acme.id}/members"
    assert send("POST", f"{path}/{place.id}/suspend", secret).status_code == 200
    owner = Membership.objects.get(user=alice)
    assert send("POST", f"{path}/{owner.id}/suspend", secret).status_code == 403
    event = Event.objects.get(action="organization.member_suspended")
    assert (event.actor_type, event.actor_id) == ("service_account", account.id)


def test_a_key_ends_itself(acme: Organization, bob: User) -> None:
    key, secret = make_key(bob, acme, "organization:read", "key:own")
    assert send("POST", f"{keys_of(acme)}/{key.id}/revoke", secret).status_code == 204
    assert send("GET", keys_of(acme), secret).status_code == 401


def test_s216_keys_are_made_by_people_only(acme: Organization, alice: User) -> None:
    secret = own_key(alice, acme, "organization:read", "key:own", "key:manage")
    answer = send("POST", keys_of(acme), secret, json.dumps({"name": "x", "scopes": ["organization:read"]}))
    assert answer.status_code == 403
    assert answer.json()["reason"] == "person_required"
    named = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once-and-only"}
    body = {"name": "worker", "role": "viewer"}
    path = f"/api/v1/organizations/{acme.id}/service-accounts"
    first, again = (
        Browser().post(path, body, content_type="application/json", headers=named) for _ in range(2)
    )
    assert (first.status_code, first.json()) == (403, first.json())  # a viewer may more than this key
    assert again.status_code == 403


def test_a_repeated_post_of_a_key_is_done_once(acme: Organization, alice: User) -> None:
    Membership.objects.filter(user=alice).update(role=Role.objects.system(ADMIN))
    viewer = ("organization:read", "member:read", "role:read", "group:read", "key:manage")
    secret = own_key(alice, acme, *viewer)
    named = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "once-and-only"}
    path = f"/api/v1/organizations/{acme.id}/service-accounts"
    first, again = (
        Browser().post(path, {"name": "w", "role": "viewer"}, content_type="application/json", headers=named)
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


@pytest.mark.parametrize("field", ["id", "user_id", "organization_id", "secret", "secret_hash", "created_at"])
def test_s204_s216_a_body_says_nothing_that_is_not_asked(acme: Organization, bob: User, field: str) -> None:
    header = bearer(api_login(Browser(), bob)["access_token"])
    body = {"name": "x", "scopes": ["organization:read"], field: str(acme.id)}
    answer = Browser().post(f"/api/v1{keys_of(acme)}", body, content_type="application/json", **header)
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


# What other services learn


@pytest.fixture
def service() -> Registered:
    return register_client()


def verify(service: Registered | None, key: str, **more: Any) -> Any:
    headers = {}
    if service is not None:
        pair = f"{service.client.client_id}:{service.secret}"
        headers = {"Authorization": "Basic " + b64encode(pair.encode()).decode()}
    body = {"key": key, **more}
    return Browser().post("/api/v1/api-keys/verify", body, content_type="application/json", headers=headers)


def test_a_service_learns_whose_key_it_is_and_what_it_may(
    acme: Organization, bob: User, service: Registered
) -> None:
    key, secret = make_key(bob, acme, "organization:read", "member:read")
    verify(service, secret)
    with CaptureQueriesContext(connection) as statements:
        answer = verify(service, secret, permission="member:read")
    assert len(statements) == 3
    assert answer.json() == {
        "valid": True,
        "allowed": True,
        "key_id": str(key.id),
        "owner": {"type": "user", "id": str(bob.id), "name": bob.email},
        "organization": {"id": str(acme.id), "slug": "acme", "name": "Acme"},
        "scopes": ["member:read", "organization:read"],
        "expires_at": None,
    }
    assert verify(service, secret, permission="member:invite").json()["allowed"] is False


NOTHING = {
    "valid": False,
    "allowed": False,
    "key_id": None,
    "owner": None,
    "organization": None,
    "scopes": None,
    "expires_at": None,
}


def test_a_service_learns_nothing_of_a_key_that_does_not_work(
    acme: Organization, bob: User, service: Registered
) -> None:
    _, secret = make_key(bob, acme, networks=["192.0.2.0/24"])
    assert verify(service, "jnu_sk_" + "x" * 43).json() == NOTHING
    assert verify(service, secret).json() == NOTHING
    assert verify(service, secret, ip="198.51.100.1").json() == NOTHING
    assert verify(service, secret, ip="192.0.2.3").json()["valid"] is True
    Membership.objects.filter(user=bob).delete()
    assert verify(service, secret, ip="192.0.2.3").json() == NOTHING


def test_strangers_are_told_nothing_whatever_they_ask(acme: Organization, bob: User) -> None:
    secret = own_key(bob, acme)
    public = register_client(token_endpoint_auth_method="none")
    named = {"client_assertion": "x", "client_assertion_type": "y"}
    answers = [
        verify(None, secret),
        verify(None, "x"),
        verify(Registered(public.client, "wrong"), secret),
        verify(None, secret, **named),
        send("POST", "/api-keys/verify", secret, json.dumps({"key": secret})),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert all(answer["WWW-Authenticate"].startswith("Basic") for answer in answers)
    assert all(answer["Content-Type"] == "application/problem+json" for answer in answers)


def test_keys_that_open_nothing_come_to_an_end_for_one_client(
    service: Registered, janua_options: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from core import limits
    from core.throttle import Limit

    monkeypatch.setattr(limits, "API_KEY_VERIFY_FAILURES", Limit("api_key_verify_failures", 2, 60))
    janua_options(rate_limits="on")
    assert [verify(service, "x").status_code for _ in range(3)] == [200, 200, 429]
