"""GET /api/v1/auth/me, GET and PATCH /api/v1/users/me: oneself, by access token."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import ModelSerializer

from accounts.api.serializers import SessionSerializer, UserSerializer
from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.tests.browsers import signed_in
from core import clock

ME, PROFILE = "/api/v1/auth/me", "/api/v1/users/me"


def access_token_of(user: User) -> str:
    body = {"email": user.email, "password": PASSWORD}
    response = Client().post("/api/v1/auth/login", body, content_type="application/json")
    return str(response.json()["tokens"]["access_token"])


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {access_token_of(user)}"}


def patch(client: Client, user: User, body: Any) -> Any:
    return client.patch(PROFILE, body, content_type="application/json", headers=bearer(user))


@pytest.mark.parametrize("path", [ME, PROFILE])
def test_one_reads_oneself(alice: User, client: Client, path: str) -> None:
    response = client.get(path, headers=bearer(alice))
    assert response.status_code == 200
    body = response.json()
    assert (body["id"], body["email"], body["name"]) == (str(alice.id), alice.email, "Alice")
    assert "password" not in body


def test_a_shown_model_says_what_drf_says_of_it(alice: User) -> None:
    """`ShownModelSerializer` builds no fields; the API is described from those fields."""
    now = clock.now()
    alice.address, alice.phone_number = {"locality": "Zürich"}, "+41440000000"
    session = Session(
        user=alice, kind=Session.Kind.API, amr=["pwd"], auth_time=now, created_at=now, expires_at=now
    )
    for serializer in (UserSerializer(alice), SessionSerializer(session)):
        by_fields = ModelSerializer.to_representation(serializer, serializer.instance)
        assert JSONRenderer().render(serializer.data) == JSONRenderer().render(by_fields)


def test_the_profile_is_changed(alice: User, client: Client) -> None:
    change = {
        "nickname": "al",
        "locale": "pt-BR",
        "timezone": "Europe/Berlin",
        "address": {"locality": "Berlin", "country": "DE"},
    }
    response = patch(client, alice, change)
    assert response.status_code == 200
    assert {name: response.json()[name] for name in change} == change
    assert client.get(ME, headers=bearer(alice)).json()["nickname"] == "al"


def test_an_empty_change_changes_nothing(alice: User, client: Client) -> None:
    response = patch(client, alice, {})
    assert response.status_code == 200
    assert response.json()["given_name"] == "Alice"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "mallory@example.com"}, "email"),
        ({"email_verified": True}, "email_verified"),
        ({"role": "superadmin"}, "role"),
        ({"status": "active"}, "status"),
        ({"metadata": {}}, "metadata"),
        ({"password": "x"}, "password"),
        ({"phone_number_verified": True}, "phone_number_verified"),
        ({"locale": "english please"}, "locale"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"phone_number": "+4930123456"}, "phone_number"),
        ({"given_name": "x" * 101}, "given_name"),
        ({"given_name": None}, "given_name"),
        ({"given_name": {"a": 1}}, "given_name"),
        ({"address": {"planet": "Mars"}}, "address"),
        ({"address": "Berlin"}, "address"),
    ],
)
def test_faulty_and_foreign_fields_are_refused(
    alice: User, client: Client, body: dict[str, Any], field: str
) -> None:
    response = patch(client, alice, body)
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert list(response.json()["details"]) == [field]


def test_a_phone_number_is_sent_to_its_own_operation(alice: User, client: Client) -> None:
    response = patch(client, alice, {"phone_number": "+4915123456789"})
    assert response.status_code == 422
    assert "POST /api/v1/users/me/phone" in response.json()["detail"]


def test_a_form_is_no_json(alice: User, client: Client) -> None:
    response = client.patch(PROFILE, "nickname=al", content_type="text/plain", headers=bearer(alice))
    assert response.status_code == 415


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Bearer a b", "Basic YTpi", "Token x"]
)
def test_without_a_good_token_nothing_is_told(alice: User, client: Client, header: str) -> None:
    response = client.get(ME, headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_a_cookie_or_a_query_is_no_credential(alice: User) -> None:
    token = access_token_of(alice)
    assert signed_in(alice).get(f"{ME}?access_token={token}").status_code == 401


def test_a_change_is_made_only_to_what_was_read(alice: User, client: Client) -> None:
    seen = client.get(PROFILE, headers=bearer(alice))["ETag"]

    def change(name: str, tag: str) -> Any:
        headers = {**bearer(alice), "If-Match": tag}
        return client.patch(PROFILE, {"nickname": name}, content_type="application/json", headers=headers)

    first = change("al", seen)
    assert first.status_code == 200
    assert first["ETag"] == client.get(PROFILE, headers=bearer(alice))["ETag"] != seen
    second = change("ali", seen)
    assert (second.status_code, second.json()["reason"]) == (412, "version_mismatch")
    assert change("ali", f"W/{first['ETag']}").status_code == 412
    assert change("ali", f"{seen}, {first['ETag']}").status_code == 200
    assert change("alice", "*").status_code == 200
