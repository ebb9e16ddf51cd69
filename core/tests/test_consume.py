"""One conditional UPDATE uses a one-time thing up: one wins, the rest learn that it is gone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db.models import F

from core.consume import consume, update_returning
from core.tests.parallel import in_parallel

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
# One-time rows of the floors above, by name: a test, too, imports only from beneath.
PasswordReset: Any = apps.get_model("accounts", "PasswordReset")
SigningKey: Any = apps.get_model("tokens", "SigningKey")


def a_row(user: Any, *, expires_at: datetime = NOW + timedelta(hours=1), link: str = "l" * 64) -> Any:
    return PasswordReset.objects.create(
        user=user, email=user.email, created_at=NOW, expires_at=expires_at, code_hash="c", link_hash=link
    )


def test_a_living_row_is_used_once(alice: Any) -> None:
    row = a_row(alice)
    used = consume(PasswordReset.objects.filter(pk=row.pk), now=NOW)
    assert used is not None
    assert (used.pk, used.used_at, used.email) == (row.pk, NOW, alice.email)
    assert consume(PasswordReset.objects.filter(pk=row.pk), now=NOW) is None


def test_a_row_is_dead_at_the_very_moment_it_expires(alice: Any) -> None:
    row = a_row(alice, expires_at=NOW)
    assert consume(PasswordReset.objects.filter(pk=row.pk), now=NOW) is None
    assert consume(PasswordReset.objects.filter(pk=row.pk), now=NOW - timedelta(microseconds=1)) is not None


def test_conditions_of_the_caller_hold(alice: Any, bob: Any) -> None:
    row = a_row(alice)
    assert consume(PasswordReset.objects.filter(pk=row.pk, user=bob), now=NOW) is None
    row.refresh_from_db()
    assert row.used_at is None


def test_updated_rows_come_back_as_they_are_now(alice: Any) -> None:
    first, second = a_row(alice), a_row(alice, link="m" * 64)
    found = update_returning(PasswordReset.objects.filter(user=alice), guesses=F("guesses") + 1)
    assert {row.pk for row in found} == {first.pk, second.pk}
    assert [row.guesses for row in found] == [1, 1]
    assert all(row.created_at == NOW for row in found)


@pytest.mark.django_db
def test_json_and_sealed_values_survive_the_way_back() -> None:
    SigningKey.objects.create(
        kid="k",
        algorithm="RS256",
        state="retired",
        private_pem="pem",
        public_jwk={"kty": "RSA"},
        created_at=NOW,
    )
    (row,) = update_returning(SigningKey.objects.filter(kid="k"), dead_at=NOW)
    assert (row.private_pem, row.public_jwk, row.dead_at) == ("pem", {"kty": "RSA"}, NOW)


@pytest.mark.django_db
def test_an_update_over_a_join_is_refused() -> None:
    with pytest.raises(ValueError, match="Exists"):
        update_returning(PasswordReset.objects.filter(user__email="alice@example.com"), used_at=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_many_parallel_uses_one_wins(alice: Any) -> None:
    row = a_row(alice)

    def use() -> Any:
        return consume(PasswordReset.objects.filter(pk=row.pk), now=NOW)

    assert sum(used is not None for used in in_parallel(20, use)) == 1
