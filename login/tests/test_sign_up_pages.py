"""/signup, /signup/verify and /verify-email: from the form to the first session."""

from typing import Any

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.mails import last_letter, letters_to, wrong

DORA = "dora@example.com"
pytestmark = pytest.mark.django_db


def ask(client: Client, email: str = DORA, **more: str) -> Any:
    return client.post("/signup", {"email": email, "password": PASSWORD, "given_name": "Dora", **more})


def test_the_form_leads_to_the_code(client: Client) -> None:
    response = ask(client)
    assert (response.status_code, response["Location"]) == (303, "/signup/verify")
    page = client.get("/signup/verify")
    assert (page.status_code, page.context["email"]) == (200, DORA)


def test_the_code_signs_in(client: Client) -> None:
    ask(client)
    response = client.post("/signup/verify", {"code": last_letter(DORA).code})
    assert (response.status_code, response["Location"]) == (303, "/account")
    assert client.get("/account").context["user"].email == DORA


def test_a_code_typed_with_spaces_fits(client: Client) -> None:
    ask(client)
    code = last_letter(DORA).code
    assert client.post("/signup/verify", {"code": f" {code[:3]} {code[3:]} "}).status_code == 303


def test_the_way_on_survives_the_mail(client: Client) -> None:
    ask(client, next="/account/profile")
    response = client.post("/signup/verify", {"code": last_letter(DORA).code})
    assert response["Location"] == "/account/profile"


def test_a_wrong_code_is_422_and_says_so(client: Client) -> None:
    ask(client)
    response = client.post("/signup/verify", {"code": wrong(last_letter(DORA).code)})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"code"}


def test_a_new_code_is_sent_on_request(client: Client) -> None:
    ask(client)
    first = last_letter(DORA)
    response = client.post("/signup/verify", {"resend": "1"})
    assert (response.status_code, response.context["notice"] != "") == (200, True)
    assert len(letters_to(DORA)) == 2
    if last_letter(DORA).code != first.code:
        assert client.post("/signup/verify", {"code": first.code}).status_code == 422
    assert client.post("/signup/verify", {"code": last_letter(DORA).code}).status_code == 303


def test_an_address_with_an_account_sees_the_same_pages(alice: User, client: Client) -> None:
    response = ask(client, alice.email)
    assert response["Location"] == "/signup/verify"
    assert client.get("/signup/verify").context["email"] == alice.email
    assert client.post("/signup/verify", {"code": "123456"}).status_code == 422


def test_faults_stand_on_their_fields(client: Client) -> None:
    response = client.post("/signup", {"email": "nonsense", "password": PASSWORD})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["email"])
    response = client.post("/signup", {"email": DORA, "password": "short"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["password"])


def test_without_a_sign_up_there_is_no_code_to_enter(client: Client) -> None:
    assert client.get("/signup/verify")["Location"] == "/signup"


def test_another_browser_cannot_enter_the_code(client: Client) -> None:
    ask(client)
    assert Client().post("/signup/verify", {"code": last_letter(DORA).code})["Location"] == "/signup"
    assert not User.objects.exists()


def test_the_link_acts_on_post_only_and_gives_no_session(client: Client) -> None:
    """Mail scanners fetch links; and the person may read mail on a borrowed device."""
    ask(client)
    link = f"/verify-email?token={last_letter(DORA).token}"
    page = client.get(link)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "strict-origin"
    assert not User.objects.exists()
    assert client.post(link, {"next": ""}).status_code == 200
    assert User.objects.get().email_verified
    assert client.get("/account").status_code == 302


def test_a_used_link_says_so(client: Client) -> None:
    ask(client)
    link = f"/verify-email?token={last_letter(DORA).token}"
    client.post(link, {"next": ""})
    assert client.post(link, {"next": ""}).status_code == 422


def test_the_right_password_before_the_proof_leads_back_to_the_code(client: Client) -> None:
    ask(Client())
    response = client.post("/login", {"email": DORA, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (303, "/signup/verify")
    assert client.post("/signup/verify", {"code": last_letter(DORA).code}).status_code == 303
