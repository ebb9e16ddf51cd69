"""A foreign hash becomes one of ours in the login that proves it."""

from typing import Any

import pytest

from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from accounts.services import rehash
from accounts.services.imports import foreign_hash
from login.tests.api import call

FOREIGN = [
    ("phpass", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", "test12345"),
    ("bcrypt", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
    ("ldap", "{SSHA}pKqkNr1tq3wtQqk+UcPyA3HnA2NsU5NJ", "password"),
]


def log_in(user: User, password: str) -> int:
    return call("login", {"email": user.email, "password": password}).status_code


def hash_of(user: User) -> str:
    return User.objects.get(id=user.id).password


@pytest.mark.parametrize(("kind", "text", "password"), FOREIGN)
def test_the_first_login_makes_it_ours(db: None, kind: str, text: str, password: str) -> None:
    user = UserFactory(password=foreign_hash(kind, text))
    assert log_in(user, password + "x") == 401
    assert hash_of(user).startswith("foreign_")
    assert log_in(user, password) == 200
    assert hash_of(user).startswith("argon2$argon2id$")
    assert log_in(user, password + "x") == 401
    assert log_in(user, password) == 200


def test_ours_of_earlier_figures_are_made_anew(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory()
    before = hash_of(user)
    assert log_in(user, PASSWORD) == 200
    assert hash_of(user) == before
    monkeypatch.setattr("accounts.hashers.Argon2idHasher.time_cost", 3)
    assert log_in(user, PASSWORD) == 200
    assert "t=3" in hash_of(user)


def test_a_password_that_was_changed_meanwhile_stays(db: None) -> None:
    user = UserFactory(password=foreign_hash(*FOREIGN[0][:2]))
    User.objects.filter(id=user.id).update(password="argon2$changed")
    rehash.bring_up_to_date(user, FOREIGN[0][2])
    assert hash_of(user) == "argon2$changed"


def test_it_costs_one_statement_more_and_only_once(db: None, django_assert_num_queries: Any) -> None:
    user = UserFactory(password=foreign_hash(*FOREIGN[0][:2]))
    with django_assert_num_queries(1):
        rehash.bring_up_to_date(user, FOREIGN[0][2])
    user.refresh_from_db()
    with django_assert_num_queries(0):
        rehash.bring_up_to_date(user, FOREIGN[0][2])
