"""GET and PATCH /api/v1/users/me/preferences."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.test_me_api import bearer
from audit.models import Event

PATH = "/api/v1/users/me/preferences"


def patch(user: User, body: Any) -> Any:
    return Client().patch(PATH, body, content_type="application/json", headers=bearer(user))


def read(user: User) -> Any:
    return Client().get(PATH, headers=bearer(user)).json()


def test_nobody_gets_a_newsletter_unasked(alice: User) -> None:
    assert read(alice) == {"theme": "auto", "newsletter": False}


def test_named_ones_change_and_others_stay(alice: User) -> None:
    assert patch(alice, {"theme": "dark", "notes.sidebar": {"open": [1, 2]}}).status_code == 200
    patch(alice, {"newsletter": True})
    assert read(alice) == {"theme": "dark", "newsletter": True, "notes.sidebar": {"open": [1, 2]}}
    patch(alice, {"theme": None, "newsletter": False, "notes.sidebar": None})
    assert read(alice) == {"theme": "auto", "newsletter": False}
    alice.refresh_from_db()
    assert alice.preferences == {}


def test_the_trail_names_only_what_we_know(alice: User) -> None:
    patch(alice, {"theme": "dark", "notes.my-secret-diary": 1})
    patch(alice, {"theme": "dark"})
    event = Event.objects.get(action="user.preferences_changed")
    assert event.data == {"fields": ["theme"]}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"theme": "pink"}, "theme"),
        ({"theme": []}, "theme"),
        ({"newsletter": "yes"}, "newsletter"),
        ({"newsletter": 1}, "newsletter"),
        ({"colour": "red"}, "colour"),
        ({"role": "admin"}, "role"),
        ({"a." + "b" * 65: 1}, "a." + "b" * 65),
        ({"a.b": [[[[[[1]]]]]]}, "a.b"),
        ({"": 1}, ""),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_changes(alice: User, body: Any, name: str) -> None:
    response = patch(alice, {"theme": "dark"} | body)
    assert (response.status_code, response.json()["code"]) == (422, "VALIDATION_ERROR")
    assert list(response.json()["details"]) == [name]
    assert read(alice) == {"theme": "auto", "newsletter": False}


def test_they_stay_small(alice: User) -> None:
    assert patch(alice, {"a.b": "x" * 4000}).status_code == 200
    response = patch(alice, {"a.c": "x" * 5000})
    assert (response.status_code, response.json()["reason"]) == (422, "preferences_too_large")
    assert patch(alice, {"a.b": None, "a.c": "x" * 5000}).status_code == 200


def test_each_has_their_own(alice: User, bob: User) -> None:
    patch(alice, {"theme": "dark"})
    assert read(bob)["theme"] == "auto"
