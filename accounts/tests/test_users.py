"""Users by an operator's word: made, suspended, let in again; and who may do that to whom."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, User
from accounts.services import sessions, users
from audit.models import Event
from core.errors import Conflict, NotAllowed, ValidationFailed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def person(role: str) -> Any:
    return UserFactory(role=role, email=f"{role or 'nobody'}.{uuid4()}@janua.dev")


def test_a_user_is_made_in_canonical_form() -> None:
    user = users.create_user(email="Dora@Example.COM", password=PASSWORD, now=NOW)
    assert (user.email, user.email_verified, user.role) == ("dora@example.com", False, "")
    assert Event.objects.filter(action="user.created", target_id=str(user.id)).count() == 1


def test_a_user_without_a_password_has_none_that_opens() -> None:
    assert not users.create_user(email="dora@example.com", password=None, now=NOW).has_usable_password()


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@EXAMPLE.COM"])
def test_a_taken_address_is_a_conflict(alice: User, email: str) -> None:
    with pytest.raises(Conflict) as caught:
        users.create_user(email=email, password=PASSWORD, now=NOW)
    assert caught.value.reason == "email_taken"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "password"), [("nonsense", PASSWORD), ("dora@example.com", "short"), ("dora@example.com", "")]
)
def test_bad_input_makes_nobody(email: str, password: str) -> None:
    with pytest.raises(ValidationFailed):
        users.create_user(email=email, password=password, now=NOW)
    assert not User.objects.exists()


def test_suspension_ends_every_session_at_once(alice: User, olivia: User) -> None:
    proof = sessions.Proof(amr=("pwd",), auth_time=NOW)
    new = sessions.start_session(alice, proof, kind=Session.Kind.BROWSER, keep=False, now=NOW)
    users.suspend(actor=olivia, user=alice, now=NOW)
    alice.refresh_from_db()
    assert not alice.is_active
    assert sessions.find_by_secret(new.secret, now=NOW) is None
    assert Session.objects.get().ended_at == NOW


def test_reactivation_lets_the_person_in_but_no_old_session(alice: User, olivia: User) -> None:
    proof = sessions.Proof(amr=("pwd",), auth_time=NOW)
    new = sessions.start_session(alice, proof, kind=Session.Kind.BROWSER, keep=False, now=NOW)
    users.suspend(actor=olivia, user=alice, now=NOW)
    users.reactivate(actor=olivia, user=alice, now=NOW)
    alice.refresh_from_db()
    assert alice.is_active
    assert sessions.find_by_secret(new.secret, now=NOW) is None


def test_doing_it_twice_is_told_once(alice: User, olivia: User) -> None:
    for _ in range(2):
        users.suspend(actor=olivia, user=alice, now=NOW)
    for _ in range(2):
        users.reactivate(actor=olivia, user=alice, now=NOW)
    events = Event.objects.filter(action__in=("user.suspended", "user.reactivated"), actor_id=olivia.id)
    assert list(events.order_by("seq").values_list("action", flat=True)) == [
        "user.suspended",
        "user.reactivated",
    ]


def test_an_operator_signs_a_person_out_everywhere(alice: User, olivia: User) -> None:
    proof = sessions.Proof(amr=("pwd",), auth_time=NOW)
    for _ in range(2):
        sessions.start_session(alice, proof, kind=Session.Kind.API, keep=False, now=NOW)
    assert users.sign_out_everywhere(actor=olivia, user=alice, now=NOW) == 2
    alice.refresh_from_db()
    assert alice.is_active


MAY_MANAGE = {
    ("", ""): False,
    ("", "admin"): False,
    ("", "superadmin"): False,
    ("admin", ""): True,
    ("admin", "admin"): False,
    ("admin", "superadmin"): False,
    ("superadmin", ""): True,
    ("superadmin", "admin"): True,
    ("superadmin", "superadmin"): True,
}


@pytest.mark.parametrize("verb", [users.suspend, users.reactivate, users.sign_out_everywhere])
@pytest.mark.parametrize(("actor_role", "user_role"), MAY_MANAGE)
def test_who_may_manage_whom(verb: Any, actor_role: str, user_role: str) -> None:
    actor, user = person(actor_role), person(user_role)
    if MAY_MANAGE[actor_role, user_role]:
        verb(actor=actor, user=user, now=NOW)
    else:
        with pytest.raises(NotAllowed):
            verb(actor=actor, user=user, now=NOW)


@pytest.mark.parametrize("role", ["admin", "superadmin"])
def test_nobody_manages_themselves(role: str) -> None:
    operator = person(role)
    with pytest.raises(NotAllowed):
        users.suspend(actor=operator, user=operator, now=NOW)
