"""One's own profile: what may be changed, and what a change takes with it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import User
from accounts.services import users
from audit.models import Event

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_changes_are_kept_and_named_in_the_trail(alice: User) -> None:
    users.update_profile(user=alice, changes={"nickname": "al", "locale": "de"}, now=NOW)
    alice.refresh_from_db()
    assert (alice.nickname, alice.locale, alice.updated_at) == ("al", "de", NOW)
    event = Event.objects.get(action="user.updated")
    assert event.data["fields"] == ["locale", "nickname"]
    assert "al" not in event.data.values()


def test_no_change_writes_nothing(alice: User, django_assert_num_queries: Any) -> None:
    before = alice.updated_at
    with django_assert_num_queries(0):
        users.update_profile(user=alice, changes={"given_name": alice.given_name}, now=NOW)
    assert alice.updated_at == before


@pytest.mark.parametrize(
    "field",
    [
        "email",
        "email_verified",
        "role",
        "status",
        "password",
        "metadata",
        "phone_number",
    ],
)
def test_other_fields_are_no_profile(alice: User, field: str) -> None:
    with pytest.raises(ValueError, match="not fields of a profile"):
        users.update_profile(user=alice, changes={field: "changed"}, now=NOW)
    assert User.objects.get(id=alice.id).email == "alice@example.com"
