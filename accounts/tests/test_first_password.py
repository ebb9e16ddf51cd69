"""People who came in by another door set a first password: after a fresh proof, and once."""

from datetime import timedelta

import pytest

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter
from audit.models import Event
from core import clock

NEW = "copper-lantern-meadow-31"


@pytest.fixture
def paula(db: None) -> User:
    """She signs in with a code or a provider."""
    user: User = UserFactory(email="paula@example.com", password="!nothing")
    return user


def has(user: User, password: str) -> bool:
    return passwords.is_correct(password, User.objects.get(id=user.id).password)


def test_the_page_asks_for_the_new_one_only(paula: User, alice: User) -> None:
    assert list(signed_in(paula).get("/account/password").context["form"].fields) == ["new_password"]
    form = signed_in(alice).get("/account/password").context["form"]
    assert list(form.fields) == ["current_password", "new_password"]


def test_it_is_set_and_other_devices_are_signed_out(paula: User) -> None:
    here, there = signed_in(paula), signed_in(paula)
    response = here.post("/account/password", {"new_password": NEW})
    assert (response.status_code, response["Location"]) == (303, "/account/password")
    assert has(paula, NEW)
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert last_letter(paula.email).kind == "password_changed"
    assert Event.objects.get(action="user.password_changed").data["by"] == "first"


def test_without_a_fresh_proof_it_leads_to_one(paula: User) -> None:
    browser = signed_in(paula, auth_time=clock.now() - timedelta(hours=1))
    for response in (
        browser.get("/account/password"),
        browser.post("/account/password", {"new_password": NEW}),
    ):
        assert response.status_code == 303
        assert response["Location"] == "/account/confirm?next=%2Faccount%2Fpassword"
    assert not has(paula, NEW)


def test_a_weak_one_is_told_on_its_field(paula: User) -> None:
    response = signed_in(paula).post("/account/password", {"new_password": "short"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["new_password"])


def test_who_has_one_needs_the_current_one(alice: User) -> None:
    response = signed_in(alice).post("/account/password", {"new_password": NEW})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["current_password"])
    assert has(alice, PASSWORD)


def test_an_empty_hash_is_no_password() -> None:
    assert not User(password="").has_password
    assert not User(password="!x").has_password
    assert User(password="argon2$x").has_password
