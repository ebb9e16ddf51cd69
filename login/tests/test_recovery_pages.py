"""/password/forgot and /password/reset, by code and by link."""

from typing import Any

import pytest
from django.test import Client

from accounts import passwords
from accounts.models import User
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter, wrong

NEW = "copper-lantern-meadow-31"


def forget(client: Client, email: str = "alice@example.com", **more: str) -> Any:
    return client.post("/password/forgot", {"email": email, **more})


def has(user: User, password: str) -> bool:
    return passwords.is_correct(password, User.objects.get(id=user.id).password)


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_the_next_page_is_the_same_for_everybody(alice: User, client: Client, email: str) -> None:
    assert forget(client, email)["Location"] == "/password/reset"
    page = client.get("/password/reset")
    assert (page.status_code, page.context["email"]) == (200, email)


def test_a_bad_address_stands_on_its_field(db: None, client: Client) -> None:
    response = forget(client, "nonsense")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["email"])


def test_the_code_sets_the_password(alice: User, client: Client) -> None:
    forget(client, next="/account/profile")
    code = last_letter(alice.email).code
    response = client.post("/password/reset", {"code": f"{code[:4]} {code[4:]}", "new_password": NEW})
    assert response.status_code == 200
    assert response.context["action_url"] == "/login?next=%2Faccount%2Fprofile"
    assert has(alice, NEW)


def test_the_link_sets_the_password_in_any_browser(alice: User, client: Client) -> None:
    forget(client)
    link = f"/password/reset?token={last_letter(alice.email).token}"
    other = Client()
    page = other.get(link)
    assert (page.status_code, page.context["via_link"]) == (200, True)
    assert page["Referrer-Policy"] == "strict-origin"
    assert other.post(link, {"new_password": NEW}).status_code == 200
    assert has(alice, NEW)


def test_it_gives_no_session_and_ends_those_there_were(alice: User, client: Client) -> None:
    before = signed_in(alice)
    forget(client)
    client.post(f"/password/reset?token={last_letter(alice.email).token}", {"new_password": NEW})
    assert client.get("/account").status_code == 302
    assert before.get("/account").status_code == 302


def test_faults_stand_on_their_fields(alice: User, client: Client) -> None:
    forget(client)
    letter = last_letter(alice.email)
    response = client.post("/password/reset", {"code": wrong(letter.code), "new_password": NEW})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["code"])
    response = client.post(f"/password/reset?token={letter.token}", {"new_password": "short"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["new_password"])
    assert not has(alice, NEW)


def test_a_used_link_is_refused_with_a_sentence(alice: User, client: Client) -> None:
    forget(client)
    link = f"/password/reset?token={last_letter(alice.email).token}"
    client.post(link, {"new_password": NEW})
    response = client.post(link, {"new_password": NEW + "-2"})
    assert response.status_code == 422
    assert "wrong, was used before, or has expired" in str(response.context["form"].non_field_errors())


def test_without_a_mail_there_is_nothing_to_reset(db: None, client: Client) -> None:
    assert client.get("/password/reset")["Location"] == "/password/forgot"
