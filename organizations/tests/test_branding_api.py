"""/api/v1/organizations/{id}/branding."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from accounts.models import User
from organizations.factories import join, make_organization
from organizations.models import Organization
from organizations.tests.rest import Rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def call(user: User, method: str, organization_id: Any, body: Any = None) -> Any:
    return Rest(user)(method, f"/organizations/{organization_id}/branding", body)


def problem_of(response: Any) -> tuple[int, str, str]:
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    return response.status_code, body["code"], body.get("reason", "")


def test_it_is_read_set_and_taken_back(alice: User, acme: Organization) -> None:
    plain = call(alice, "GET", acme.id).json()
    assert plain == {
        "accent": "",
        "accent_dark": "",
        "corners": "soft",
        "logo_url": None,
        "look": {"accent": None, "accent_dark": None, "corners": "soft", "css_url": None},
    }
    set_to = call(alice, "PUT", acme.id, {"accent": "#0b6b3a", "corners": "square"})
    assert set_to.status_code == 200
    body = set_to.json()
    assert (body["accent"], body["accent_dark"], body["corners"]) == ("#0b6b3a", "", "square")
    assert body["look"]["accent"] == "#0b6b3a"
    assert body["look"]["accent_dark"] not in {"", None, "#0b6b3a"}  # as it is, it could not be read by night
    assert call(alice, "GET", acme.id).json() == body
    path = body["look"]["css_url"].removeprefix("http://localhost:4100")
    assert Browser().get(path).status_code == 200
    assert call(alice, "DELETE", acme.id).status_code == 204
    assert call(alice, "GET", acme.id).json() == plain


def test_put_sets_all_of_it(alice: User, acme: Organization) -> None:
    call(alice, "PUT", acme.id, {"accent": "#0b6b3a", "accent_dark": "#6fd6a5", "corners": "round"})
    body = call(alice, "PUT", acme.id, {"accent": "#2847d4"}).json()
    assert (body["accent_dark"], body["corners"]) == ("", "soft")


@pytest.mark.parametrize(
    "body",
    [
        {"accent": "#ffd400"},
        {"accent": "gold"},
        {"accent": 7},
        {"accent": None},
        {"accent": ["#0b6b3a"]},
        {"corners": "SOFT"},
        {"accent": "#0b6b3a", "css": "a{}"},
        {"accent": "#0b6b3a", "organization_id": str(uuid4())},
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(body: Any, alice: User, acme: Organization) -> None:
    response = call(alice, "PUT", acme.id, body)
    assert problem_of(response)[:2] == (422, "VALIDATION_ERROR")
    assert call(alice, "GET", acme.id).json()["look"]["css_url"] is None


def test_the_refusal_names_the_field_the_ratio_and_a_shade(alice: User, acme: Organization) -> None:
    body = call(alice, "PUT", acme.id, {"accent": "#ffd400"}).json()
    assert body["reason"] == "bad_branding"
    assert ":1" in body["details"]["accent"][0]


def test_members_read_admins_write_and_outsiders_find_nothing(
    alice: User, bob: User, charlie: User, acme: Organization
) -> None:
    join(acme, bob)
    assert call(bob, "GET", acme.id).status_code == 200
    assert problem_of(call(bob, "PUT", acme.id, {}))[0] == 403
    assert problem_of(call(bob, "DELETE", acme.id))[0] == 403
    for method, body in (("GET", None), ("PUT", {"accent": "#0b6b3a"}), ("DELETE", None)):
        foreign = call(charlie, method, acme.id, body)
        missing = call(charlie, method, uuid4(), body)
        assert problem_of(foreign) == problem_of(missing)
        assert foreign.status_code == 404
