"""/account/emails, /account/phone and /email/revert in a browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import EmailAddress, User
from accounts.tests.address_cast import NEW, code_sent_to, further
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter, letters_to, wrong
from core import clock

NUMBER = "+4915123456789"


def emails_of(user: User) -> tuple[str, set[str]]:
    user.refresh_from_db()
    return user.email, set(user.further_addresses.values_list("email", flat=True))


def test_an_address_is_added_by_its_code(alice: User) -> None:
    browser = signed_in(alice)
    page = browser.post("/account/emails/add", {"email": NEW})
    assert page.status_code == 303
    verify = page["Location"]
    assert NEW in browser.get(verify).content.decode()
    refused = browser.post(verify, {"code": wrong(last_letter(NEW).code)})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["code"])
    browser.post(verify, {"resend": "1"})
    code = last_letter(NEW).code
    done = browser.post(verify, {"code": f"{code[:3]} {code[3:]}"})
    assert (done.status_code, done["Location"]) == (303, "/account/emails")
    assert emails_of(alice) == ("alice@example.com", {NEW})


def test_a_link_acts_on_its_button_only(alice: User) -> None:
    browser = signed_in(alice)
    browser.post("/account/emails/add", {"email": NEW})
    path = f"/account/emails/link?token={last_letter(NEW).token}"
    page = browser.get(path)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "strict-origin")
    assert emails_of(alice) == ("alice@example.com", set())
    assert browser.post(path).status_code == 303
    assert emails_of(alice) == ("alice@example.com", {NEW})
    assert browser.post(path).status_code == 422


def test_s121_anothers_browser_is_no_place_for_a_link(alice: User, charlie: User) -> None:
    signed_in(alice).post("/account/emails/add", {"email": NEW})
    path = f"/account/emails/link?token={last_letter(NEW).token}"
    assert signed_in(charlie).post(path).status_code == 422
    assert Client().post(path).status_code == 302  # to the sign-in
    assert emails_of(charlie) == ("charlie@example.com", set())


def test_addresses_change_places_and_go(alice: User) -> None:
    browser, row = signed_in(alice), further(alice)
    assert browser.post("/account/emails", {"make_primary": str(row.id)}).status_code == 303
    assert emails_of(alice) == (NEW, {"alice@example.com"})
    old = EmailAddress.objects.get(user=alice)
    browser.post("/account/emails", {"remove": str(old.id)})
    assert emails_of(alice) == (NEW, set())


@pytest.mark.parametrize("act", ["make_primary", "remove"])
@pytest.mark.parametrize("email_id", ["", "nonsense", "3f0f3b0e-0000-4000-8000-000000000001"])
def test_an_address_that_is_not_there_is_told(alice: User, act: str, email_id: str) -> None:
    page = signed_in(alice).post("/account/emails", {act: email_id}, follow=True)
    assert "not on your account" in page.content.decode()


def test_somebody_elses_code_page_leads_back_to_the_list(alice: User, charlie: User) -> None:
    path = signed_in(alice).post("/account/emails/add", {"email": NEW})["Location"]
    for answer in (signed_in(charlie).get(path), signed_in(charlie).post(path, {"resend": "1"})):
        assert (answer.status_code, answer["Location"]) == (303, "/account/emails")


@pytest.mark.parametrize(
    "path",
    ["/account/emails/add", "/account/emails/link?token=x", "/account/phone", "/account/phone/verify"],
)
def test_sensitive_pages_ask_for_a_fresh_proof(alice: User, path: str) -> None:
    browser = signed_in(alice, auth_time=clock.now() - timedelta(hours=1))
    for answer in (browser.get(path), browser.post(path)):
        assert answer.status_code == 303
        assert answer["Location"].startswith("/account/confirm?next=%2Faccount%2F")
    assert browser.get("/account/emails").status_code == 200
    assert browser.post("/account/emails", {"remove": "x"})["Location"].startswith("/account/confirm?")


def test_s122_the_old_address_takes_the_change_back_without_signing_in(alice: User) -> None:
    browser = signed_in(alice)
    browser.post("/account/emails", {"make_primary": str(further(alice).id)})
    path = f"/email/revert?token={last_letter('alice@example.com').token}"
    stranger = Client()
    page = stranger.get(path)
    assert "alice@example.com" in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"
    assert emails_of(alice)[0] == NEW
    assert stranger.post(path).status_code == 200
    assert emails_of(alice) == ("alice@example.com", set())
    assert browser.get("/account").status_code == 302
    assert stranger.get(path).status_code == 404
    assert stranger.post(path).status_code == 422
    assert letters_to("alice@example.com")[-1].kind == "reset_password"


def test_a_form_of_another_site_takes_nothing_back(alice: User) -> None:
    signed_in(alice).post("/account/emails", {"make_primary": str(further(alice).id)})
    path = f"/email/revert?token={last_letter('alice@example.com').token}"
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert emails_of(alice)[0] == NEW


def test_a_number_is_confirmed_and_removed(alice: User) -> None:
    browser = signed_in(alice)
    assert browser.get("/account/phone/verify")["Location"] == "/account/phone"
    assert browser.post("/account/phone", {"phone_number": "030"}).status_code == 422
    sent = browser.post("/account/phone", {"phone_number": NUMBER})
    assert sent["Location"] == "/account/phone/verify"
    assert browser.post("/account/phone/verify", {"code": "x"}).status_code == 422
    assert browser.post("/account/phone/verify", {"resend": "1"}).status_code == 303
    browser.post("/account/phone/verify", {"code": code_sent_to(NUMBER)})
    assert "+49 1512 3456789" in browser.get("/account/phone").content.decode()
    browser.post("/account/phone", {"remove": "1"})
    alice.refresh_from_db()
    assert alice.phone_number == ""
    assert (
        "There is no phone number"
        in browser.post("/account/phone", {"remove": "1"}, follow=True).content.decode()
    )


def test_too_many_codes_are_429(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    browser = signed_in(alice)
    tried = [browser.post("/account/phone", {"phone_number": NUMBER}).status_code for _ in range(4)]
    assert tried == [303, 303, 303, 429]
    assert browser.post("/account/phone/verify", {"resend": "1"}).status_code == 429
