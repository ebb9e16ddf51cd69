"""One's own profile: what may be changed, and what a change takes with it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts import profile_rules
from accounts.models import User
from accounts.services import profile
from audit.models import Event
from core.errors import PreconditionFailed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_changes_are_kept_and_named_in_the_trail(alice: User) -> None:
    profile.update(user=alice, changes={"nickname": "al", "locale": "de"}, now=NOW)
    alice.refresh_from_db()
    assert (alice.nickname, alice.locale, alice.updated_at) == ("al", "de", NOW)
    event = Event.objects.get(action="user.updated")
    assert event.data["fields"] == ["locale", "nickname"]
    assert "al" not in event.data.values()


def test_no_change_writes_nothing(alice: User, django_assert_num_queries: Any) -> None:
    before = alice.updated_at
    with django_assert_num_queries(0):
        profile.update(user=alice, changes={"given_name": alice.given_name}, now=NOW)
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
        profile.update(user=alice, changes={field: "changed"}, now=NOW)
    assert User.objects.get(id=alice.id).email == "alice@example.com"


def test_a_change_is_made_only_to_the_version_that_was_read(alice: User) -> None:
    seen = profile.version_of(alice)
    changed = profile.update(user=alice, changes={"nickname": "al"}, if_version={seen}, now=NOW)
    assert profile.version_of(changed) == profile.version_of(User.objects.get(id=alice.id)) != seen
    with pytest.raises(PreconditionFailed):
        profile.update(user=alice, changes={"nickname": "ali"}, if_version={seen}, now=NOW)
    assert User.objects.get(id=alice.id).nickname == "al"


@pytest.mark.parametrize(
    "value", ["1990", "1990-04-30", "0000-04-30", "0000-02-29", "2000-02-29", "1900-01-01"]
)
def test_dates_of_birth(value: str) -> None:
    profile_rules.birthdate(value)


@pytest.mark.parametrize(
    "value",
    [
        "90",
        "0000",
        "1899",
        "9999",
        "1990-02-30",
        "1990-4-30",
        "30.04.1990",
        "9999-01-01",
        "1990-04",
        "１９９０",
        "1990\n",
    ],
)
def test_what_is_no_date_of_birth(value: str) -> None:
    with pytest.raises(ValidationError):
        profile_rules.birthdate(value)


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "ftp://a.example", "//a.example", "a.example", "data:,x", "https://"]
)
def test_what_is_no_web_address(value: str) -> None:
    with pytest.raises(ValidationError):
        profile_rules.web_address(value)
    profile_rules.web_address("https://a.example/me")


def test_initials_stand_where_there_is_no_picture(alice: User) -> None:
    assert alice.initials == "A"
    alice.family_name = "liddell"
    assert alice.initials == "AL"
    assert User(email="zoe@example.com").initials == "Z"
