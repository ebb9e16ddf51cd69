"""The first operator is made once, and no account that exists is ever taken over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from accounts.services import bootstrap, recovery
from core.errors import Conflict, ValidationFailed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADMIN = "admin@madfam.io"
pytestmark = pytest.mark.django_db


def ensure(password: str = "", email: str = ADMIN, now: datetime = NOW) -> bootstrap.FirstOperator | None:
    return bootstrap.ensure_first_operator(email=email, password=password, now=now)


def token_of(first: bootstrap.FirstOperator | None) -> str:
    assert first is not None
    assert "/password/reset?token=" in first.set_up_link
    return first.set_up_link.partition("token=")[2]


def test_a_password_from_the_environment_makes_the_operator() -> None:
    first = ensure(PASSWORD)
    assert first == bootstrap.FirstOperator(ADMIN, "", is_new=True)
    operator = User.objects.get()
    assert (operator.role, operator.email_verified) == ("superadmin", True)
    assert passwords.is_correct(PASSWORD, operator.password)


def test_without_a_password_a_link_chooses_one() -> None:
    token = token_of(ensure())
    assert not User.objects.get().has_usable_password()
    recovery.reset_by_link(token, PASSWORD, now=NOW + timedelta(hours=23))
    assert passwords.is_correct(PASSWORD, User.objects.get().password)


def test_the_link_works_once_and_for_a_day() -> None:
    token = token_of(ensure())
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(token, PASSWORD, now=NOW + timedelta(hours=24))
    recovery.reset_by_link(token, PASSWORD, now=NOW)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(token, PASSWORD + "-2", now=NOW)


def test_no_code_opens_what_the_link_is_for() -> None:
    ensure()
    for code in ("00000000", ""):
        with pytest.raises(ValidationFailed):
            recovery.reset_by_code(ADMIN, code, PASSWORD, now=NOW)


def test_the_second_start_does_nothing() -> None:
    ensure(PASSWORD)
    assert ensure("another-password-entirely-5") is None
    assert ensure() is None
    assert User.objects.count() == 1
    assert passwords.is_correct(PASSWORD, User.objects.get().password)


def test_until_the_link_is_used_each_start_makes_a_new_one() -> None:
    first = token_of(ensure())
    second = token_of(ensure())
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(first, PASSWORD, now=NOW)
    recovery.reset_by_link(second, PASSWORD, now=NOW)
    assert ensure() is None


def test_any_operator_will_do(olivia: User) -> None:
    assert ensure(PASSWORD) is None
    assert User.objects.get() == olivia


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_an_account_under_the_address_is_not_taken_over(password: str) -> None:
    there = UserFactory(email=ADMIN, raw_password="somebody-elses-password-8")
    with pytest.raises(Conflict):
        ensure(password)
    there.refresh_from_db()
    assert there.role == ""
    assert passwords.is_correct("somebody-elses-password-8", there.password)


@pytest.mark.parametrize(("email", "password"), [("nonsense", PASSWORD), (ADMIN, "short")])
def test_bad_options_are_refused(email: str, password: str, janua_options: Any) -> None:
    with pytest.raises(ValidationFailed):
        ensure(password, email=email)
    assert not User.objects.exists()


def test_a_password_that_comes_with_a_later_start_takes_the_place_of_the_link() -> None:
    token = token_of(ensure())
    assert ensure(PASSWORD) == bootstrap.FirstOperator(ADMIN, "", is_new=True)
    assert passwords.is_correct(PASSWORD, User.objects.get().password)
    with pytest.raises(ValidationFailed):
        recovery.reset_by_link(token, "other-" + PASSWORD, now=NOW)
    assert ensure(PASSWORD) is None
