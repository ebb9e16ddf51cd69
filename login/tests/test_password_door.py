"""The password door: every refusal looks the same to those who prove nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session
from accounts.services import users
from audit.models import Event
from login.outcomes import Reason, Refused, SignedIn
from login.services.password import PasswordProof, with_password

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def knock(email: str, password: str = PASSWORD, **more: Any) -> Any:
    return with_password(
        PasswordProof(email=email, password=password, kind=Session.Kind.BROWSER, **more), now=NOW
    )


def test_right_password_signs_in(alice: Any) -> None:
    outcome = knock(alice.email)
    assert isinstance(outcome, SignedIn)
    assert outcome.new.session.amr == ["pwd"]
    assert outcome.new.session.auth_time == NOW
    assert Event.objects.filter(action="login.succeeded", actor_id=alice.id).count() == 1


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com", "not an address"])
def test_wrong_password_and_unknown_person_are_refused_alike(alice: Any, email: str) -> None:
    assert knock(email, "wrong-" + PASSWORD) == Refused(Reason.INVALID_CREDENTIALS)
    assert Event.objects.filter(action="login.refused", result="failure").count() == 1
    assert not Session.objects.exists()


def test_suspended_person_learns_so_only_with_the_right_password(alice: Any, olivia: Any) -> None:
    users.suspend(actor=olivia, user=alice, now=NOW)
    assert knock(alice.email, "wrong-" + PASSWORD) == Refused(Reason.INVALID_CREDENTIALS)
    assert knock(alice.email) == Refused(Reason.ACCOUNT_SUSPENDED)


@pytest.mark.django_db
def test_unverified_person_is_sent_to_the_code(db: None) -> None:
    dora = UserFactory(email="dora@example.com", email_verified=False)
    assert knock(dora.email) == Refused(Reason.EMAIL_NOT_VERIFIED)


def test_idle_session_ends(alice: Any) -> None:
    from accounts.services import sessions

    outcome = knock(alice.email)
    assert sessions.find_by_secret(outcome.new.secret, now=NOW + timedelta(minutes=29))
    assert sessions.find_by_secret(outcome.new.secret, now=NOW + timedelta(minutes=60)) is None
