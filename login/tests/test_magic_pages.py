"""/login/email, /login/code, /login/link: a browser asks, and only this browser goes on."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.test import Client

from accounts.models import Session, User
from accounts.tests.mails import last_letter, letters_to, wrong
from login import devices

SESSION = settings.SESSION_COOKIE_NAME


def ask(client: Client, email: str = "alice@example.com", **more: str) -> Any:
    return client.post("/login/email", {"email": email, **more})


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_sign_in_page_offers_a_code(db: None, client: Client) -> None:
    assert 'formaction="/login/email"' in text_of(client.get("/login"))


def test_its_button_brings_along_what_was_typed(alice: User, client: Client) -> None:
    response = ask(client, ask="1", password="never mind", keep="on", next="/account/profile")
    assert (response.status_code, response["Location"]) == (303, "/login/code")
    cookie = client.post("/login/code", {"code": last_letter(alice.email).code}).cookies[SESSION]
    assert int(cookie["max-age"]) > 29 * 86400


def test_its_button_without_an_address_asks_for_one_without_a_reproach(db: None, client: Client) -> None:
    response = ask(client, "", ask="1", next="/account/profile")
    assert response.status_code == 200
    assert not response.context["form"].errors
    assert response.context["form"].initial["next"] == "/account/profile"
    assert ask(client, "").status_code == 422


def test_the_code_signs_in_and_leads_on(alice: User, client: Client) -> None:
    ask(client, next="/account/profile")
    page = client.get("/login/code")
    assert alice.email in text_of(page)
    response = client.post(
        "/login/code", {"code": last_letter(alice.email).code, "next": "/account/sessions"}
    )
    assert (response.status_code, response["Location"]) == (303, "/account/profile")
    assert response.cookies[SESSION]["max-age"] == ""
    assert client.get("/account").status_code == 200
    assert Session.objects.get().door == "magic_code"
    assert response.cookies[settings.FLOW_COOKIE_NAME].value == ""


def test_an_unknown_address_sees_the_same_page(alice: User, client: Client) -> None:
    ask(client, "nobody@example.com")
    page = client.get("/login/code")
    response = client.post("/login/code", {"code": "12345678"})
    assert (page.status_code, response.status_code) == (200, 401)
    assert not letters_to("nobody@example.com")


def test_a_wrong_code_is_said_on_its_field(alice: User, client: Client) -> None:
    ask(client)
    response = client.post("/login/code", {"code": wrong(last_letter(alice.email).code)})
    assert response.status_code == 401
    assert response.context["form"].errors.keys() == {"code"}
    assert SESSION not in response.cookies


def test_a_new_code_takes_the_place_of_the_old(alice: User, client: Client) -> None:
    ask(client)
    first = last_letter(alice.email).code
    page = client.post("/login/code", {"resend": "1"}, follow=True)
    assert "A new code is on its way" in text_of(page)
    assert client.post("/login/code", {"code": first}).status_code == 401
    assert client.post("/login/code", {"code": last_letter(alice.email).code}).status_code == 303


def test_opening_the_link_only_shows_a_button(alice: User, client: Client) -> None:
    ask(client, next="/account/profile")
    path = f"/login/link?token={last_letter(alice.email).token}"
    page = client.get(path)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "strict-origin"
    assert alice.email in text_of(page)
    assert not Session.objects.exists()
    response = client.post(path)
    assert (response.status_code, response["Location"]) == (303, "/account/profile")
    assert Session.objects.get().door == "magic_link"


def test_the_link_does_nothing_in_another_browser_and_says_where_to_go(alice: User, client: Client) -> None:
    ask(client)
    path = f"/login/link?token={last_letter(alice.email).token}"
    elsewhere = Client()
    for response in (elsewhere.get(path), elsewhere.post(path)):
        assert "only in the browser that asked for it" in text_of(response)
    assert not Session.objects.exists()
    assert client.post(path).status_code == 303


def test_the_link_of_anothers_request_does_nothing_here(alice: User, bob: User, client: Client) -> None:
    stranger = Client()
    ask(stranger, bob.email)
    ask(client)
    response = client.post(f"/login/link?token={last_letter(bob.email).token}")
    assert response.status_code == 401
    assert not Session.objects.exists()


def test_without_a_request_there_is_no_page_for_a_code(db: None, client: Client) -> None:
    assert client.get("/login/code")["Location"] == "/login/email"
    client.post("/password/forgot", {"email": "alice@example.com"})
    assert client.get("/login/code")["Location"] == "/login/email"


def test_a_closed_door_has_no_pages_and_no_button(db: None, client: Client, janua_options: Any) -> None:
    janua_options(magic_link="off")
    assert "/login/email" not in text_of(client.get("/login"))
    assert {client.get(f"/login/{page}").status_code for page in ("email", "code", "link")} == {404}


def test_the_door_that_was_used_last_has_a_badge(alice: User, client: Client) -> None:
    assert "Last used" not in text_of(client.get("/login"))
    ask(client)
    client.post("/login/code", {"code": last_letter(alice.email).code})
    client.post("/logout")
    page = client.get("/login")
    assert page.context["last_door"] == "magic_code"
    assert text_of(page).count("Last used") == 1


def test_a_device_cookie_from_before_there_were_doors_is_read(alice: User, client: Client) -> None:
    old = signing.dumps({"id": "an-old-browser", "users": [str(alice.id)]}, salt=devices.SALT, compress=True)
    client.cookies[settings.DEVICE_COOKIE_NAME] = old
    assert client.get("/login").context["last_door"] == ""
