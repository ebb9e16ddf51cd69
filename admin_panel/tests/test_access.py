"""Who is an operator: the exact domain of a verified address, and the role, of an active person."""

from typing import Any

import pytest

from accounts.factories import UserFactory
from accounts.models import Session, User
from accounts.services import sessions
from accounts.tests.browsers import signed_in
from admin_panel import access
from audit.models import Event
from core import clock

pytestmark = pytest.mark.django_db

DOMAINS = {
    "x@janua.dev": True,
    "x@madfam.io": True,
    "x@example.com": False,
    "x@sub.janua.dev": False,
    "x@janua.dev.evil.example": False,
    "x@notjanua.dev": False,
    "janua.dev@example.com": False,
}
ROLES = {"superadmin": True, "admin": True, "": False}


def session_of(user: User) -> Session:
    now = clock.now()
    proof = sessions.Proof(amr=("pwd",), auth_time=now)
    return sessions.start_session(user, proof, kind=Session.Kind.BROWSER, keep=False, now=now).session


@pytest.mark.parametrize("status", ["active", "suspended"])
@pytest.mark.parametrize("is_verified", [True, False])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("email", DOMAINS)
def test_the_whole_table(email: str, role: str, is_verified: bool, status: str) -> None:
    user = UserFactory(email=email, role=role, email_verified=is_verified, status=status)
    expected = DOMAINS[email] and ROLES[role] and is_verified and status == "active"
    assert access.is_operator(session_of(user)) is expected
    assert signed_in(user).get("/admin/").status_code == (200 if expected else 403)


def test_nobody_is_no_operator() -> None:
    assert not access.is_operator(None)


def test_domains_and_roles_are_options(janua_options: Any) -> None:
    janua_options(allowed_admin_domains=("example.com",), allowed_admin_roles=("superadmin",))
    assert access.is_operator(session_of(UserFactory(email="a@example.com", role="superadmin")))
    assert not access.is_operator(session_of(UserFactory(email="b@example.com", role="admin")))
    assert not access.is_operator(session_of(UserFactory(email="c@janua.dev", role="superadmin")))


def test_the_empty_role_can_never_be_allowed(janua_options: Any) -> None:
    janua_options(allowed_admin_roles=("", "admin"))
    assert not access.is_operator(session_of(UserFactory(email="a@janua.dev", role="")))


def test_a_role_taken_away_shuts_the_console_at_once(olivia: User) -> None:
    browser = signed_in(olivia)
    assert browser.get("/admin/").status_code == 200
    User.objects.filter(id=olivia.id).update(role="")
    assert browser.get("/admin/").status_code == 403


def test_a_refused_person_is_told_and_noted(alice: User) -> None:
    response = signed_in(alice).get("/admin/")
    assert response.context["user_email"] == alice.email
    assert Event.objects.filter(actor_id=alice.id, result="denied").count() == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/admin/logout/", "/logout"), ("/admin/password_change/", "/account/password")],
)
def test_djangos_own_doors_lead_to_ours(olivia: User, path: str, expected: str) -> None:
    response = signed_in(olivia).get(path)
    assert (response.status_code, response["Location"]) == (302, expected)
