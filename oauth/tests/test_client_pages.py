"""/account/clients: a person's own apps, without JavaScript; a secret is on one page, once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from core.tests.pictures import picture
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import Client, ClientLogo, ClientSecret
from oauth.services import clients, logos
from oauth.services.clients import Registered
from oauth.tests.flows import tokens_for

pytestmark = pytest.mark.django_db
PAGE = "/account/clients"
SECRET = re.compile(r"jnu_cs_[\w-]{43}")
FORM = {
    "client_name": "New",
    "redirect_uris": f"{REDIRECT_URI}\r\nhttps://app.example/two\r\n",
    "token_endpoint_auth_method": "client_secret_basic",
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid email",
}


@pytest.fixture
def acme(alice: User) -> Registered:
    return register_client(owner=alice)


@pytest.fixture
def _open_to_people(janua_options: Callable[..., None]) -> None:
    janua_options(client_registration="people")


def text_of(response: Any) -> str:
    return str(response.content.decode())


def at(acme: Registered, part: str = "") -> str:
    return f"{PAGE}/{acme.client.client_id}{part}"


@pytest.mark.usefixtures("_open_to_people")
def test_registering_shows_the_secret_on_one_page_that_nobody_stores(alice: User) -> None:
    browser = signed_in(alice)
    assert browser.get(f"{PAGE}/new").status_code == 200
    made = browser.post(f"{PAGE}/new", FORM)
    client = Client.objects.get()
    [secret] = set(SECRET.findall(text_of(made)))
    assert made["Cache-Control"] == "no-store"
    assert clients.find_by_secret(client.client_id, secret, now=clock.now()) == client
    assert client.redirect_uri_list == [REDIRECT_URI, "https://app.example/two"]
    assert client.user == alice
    for path in (PAGE, f"{PAGE}/{client.client_id}", f"{PAGE}/{client.client_id}/secrets"):
        assert not SECRET.search(text_of(browser.get(path)))


@pytest.mark.usefixtures("_open_to_people")
def test_an_app_without_a_secret_leads_straight_to_its_page(alice: User) -> None:
    made = signed_in(alice).post(f"{PAGE}/new", {**FORM, "token_endpoint_auth_method": "none"})
    assert (made.status_code, made["Location"]) == (303, f"{PAGE}/{Client.objects.get().client_id}")


@pytest.mark.usefixtures("_open_to_people")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"client_name": ""}, "client_name"),
        ({"redirect_uris": "http://app.example/cb"}, "redirect_uris"),
        ({"redirect_uris": ""}, "redirect_uris"),
        ({"grant_types": []}, "grant_types"),
        ({"client_uri": "http://app.example"}, "client_uri"),
        ({"access_token_lifetime_seconds": "5"}, "access_token_lifetime_seconds"),
        ({"token_endpoint_auth_method": "password"}, "token_endpoint_auth_method"),
    ],
)
def test_a_mistake_is_shown_at_its_field(alice: User, changes: dict[str, Any], field: str) -> None:
    refused = signed_in(alice).post(f"{PAGE}/new", {**FORM, **changes})
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {field}
    assert not Client.objects.exists()


@pytest.mark.usefixtures("_open_to_people")
@pytest.mark.parametrize(
    "address", ["x", "http://app.example/cb", "https://app.example/#cb", "https://a:b@app.example/cb"]
)
def test_a_redirect_address_is_refused_in_peoples_words(alice: User, address: str) -> None:
    page = text_of(signed_in(alice).post(f"{PAGE}/new", {**FORM, "redirect_uris": address}))
    assert "Enter whole addresses such as https://app.example/callback" in page
    assert "redirect URI" not in page


@pytest.mark.usefixtures("_open_to_people")
def test_what_is_an_operators_to_give_is_refused_above_the_form(alice: User) -> None:
    refused = signed_in(alice).post(f"{PAGE}/new", {**FORM, "scope": "openid admin"})
    assert refused.status_code == 403
    assert "Only an operator may set this scope." in text_of(refused)


def test_where_it_is_closed_there_is_no_page_to_register(alice: User, olivia: User) -> None:
    assert signed_in(alice).get(f"{PAGE}/new").status_code == 404
    assert signed_in(alice).post(f"{PAGE}/new", FORM).status_code == 404
    assert signed_in(olivia).get(f"{PAGE}/new").status_code == 200


def test_the_menu_leads_there_only_who_may_have_clients(
    alice: User, bob: User, olivia: User, acme: Registered
) -> None:
    for person, leads in ((alice, True), (bob, False), (olivia, True)):
        for page in ("/account", "/account/profile", "/account/apps", PAGE):
            assert (f'href="{PAGE}"' in text_of(signed_in(person).get(page))) is leads, (person, page)


def test_saving_keeps_what_the_form_does_not_show(alice: User, olivia: User) -> None:
    members = {
        "resources": ["https://api.example"],
        "default_max_age": 60,
        "require_auth_time": True,
        "claim_mapping": {"team": "metadata.team"},
    }
    client = register_client(owner=alice, **members).client
    saved = signed_in(alice).post(f"{PAGE}/{client.client_id}", {**FORM, "client_name": "Newer"})
    assert saved.status_code == 303
    stored = Client.objects.get()
    assert (stored.name, stored.resources, stored.default_max_age) == ("Newer", ["https://api.example"], 60)
    assert stored.claim_mapping == members["claim_mapping"]
    assert stored.require_auth_time


@pytest.mark.parametrize("level", ["", "aal2", "phr"])
def test_how_people_sign_in_is_chosen(alice: User, acme: Registered, level: str) -> None:
    signed_in(alice).post(at(acme), {**FORM, "default_acr_values": level})
    assert Client.objects.get().default_acr_values == ([level] if level else [])


def test_levels_that_the_form_has_no_words_for_stay(alice: User) -> None:
    acme = register_client(owner=alice, default_acr_values=["phr", "aal2"])
    browser = signed_in(alice)
    form = browser.get(at(acme)).context["form"]
    assert form["default_acr_values"].value() == "phr aal2"
    saved = browser.post(at(acme), {**FORM, "client_name": "Newer", "default_acr_values": "phr aal2"})
    assert saved.status_code == 303
    assert (Client.objects.get().name, Client.objects.get().default_acr_values) == ("Newer", ["phr", "aal2"])


def test_an_unchanged_form_changes_nothing(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    form = browser.get(at(acme)).context["form"]
    shown = {name: value for name in form.fields if (value := form[name].value()) is not None}
    before = Client.objects.values().get()
    assert browser.post(at(acme), shown).status_code == 303
    assert Client.objects.values().get() == before


def test_a_secret_is_made_anew_and_the_old_one_ended(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    made = browser.post(at(acme, "/secrets"), {"rotate": "1"})
    [secret] = set(SECRET.findall(text_of(made)))
    assert made["Cache-Control"] == "no-store"
    page = text_of(browser.get(at(acme, "/secrets")))
    assert f"…{secret[-4:]}" in page
    old = ClientSecret.objects.exclude(expires_at=None).get()
    browser.post(at(acme, "/secrets"), {"secret_id": str(old.id)})
    assert text_of(browser.get(at(acme, "/secrets"))).count("Current") == 1
    current = ClientSecret.objects.get(expires_at=None)
    refused = browser.post(at(acme, "/secrets"), {"secret_id": str(current.id)}, follow=True)
    assert "Rotate it first" in text_of(refused)
    assert clients.find_by_secret(acme.client.client_id, secret, now=clock.now())


def test_a_logo_is_uploaded_shown_and_removed(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    upload = SimpleUploadedFile("../../logo.svg", picture("JPEG"), content_type="text/html")
    assert browser.post(at(acme), {"logo": "put", "picture": upload}).status_code == 303
    assert logos.path_of(acme.client) in text_of(browser.get(at(acme)))
    assert logos.path_of(acme.client) in text_of(browser.get(PAGE))
    bad = SimpleUploadedFile("logo.png", b"<svg/>", content_type="image/png")
    refused = browser.post(at(acme), {"logo": "put", "picture": bad})
    assert refused.status_code == 422
    assert "picture that we can read" in text_of(refused)
    assert browser.post(at(acme), {"logo": "put"}).status_code == 422
    assert browser.post(at(acme), {"logo": "remove"}).status_code == 303
    assert not ClientLogo.objects.exists()


def test_the_danger_zone(alice: User, bob: User, acme: Registered) -> None:
    tokens_for(bob, acme)
    browser = signed_in(alice)
    page = text_of(browser.get(at(acme, "/danger")))
    assert "1 person has allowed" in page
    assert bob.email not in page
    for act, words in (
        ("end_tokens", "1 sign-in has ended"),
        ("end_consents", "1 person is asked anew"),
        ("disable", "The app is disabled"),
        ("enable", "The app is enabled again"),
        ("verify", "Only operators may do this"),
        ("nonsense", "Danger zone"),
    ):
        assert words in text_of(browser.post(at(acme, "/danger"), {"act": act}, follow=True)), act
    refused = browser.post(at(acme, "/danger"), {"act": "transfer", "email": bob.email})
    assert (refused.status_code, Client.objects.get().user) == (422, alice)


def test_deleting_asks_for_the_name(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    for name in ("", "Acne"):
        refused = browser.post(at(acme, "/danger"), {"act": "delete", "confirmed_name": name})
        assert refused.status_code == 422
    assert Client.objects.exists()
    gone = browser.post(at(acme, "/danger"), {"act": "delete", "confirmed_name": "Acme"}, follow=True)
    assert "The app is deleted." in text_of(gone)
    assert not Client.objects.exists()


def test_operators_open_every_client_and_vouch_and_hand_over(
    bob: User, olivia: User, acme: Registered
) -> None:
    browser = signed_in(olivia)
    for part in ("", "/secrets", "/danger"):
        assert browser.get(at(acme, part)).status_code == 200
    browser.post(at(acme, "/danger"), {"act": "verify"})
    assert Client.objects.get().is_verified
    refused = browser.post(at(acme, "/danger"), {"act": "transfer", "email": "nobody@example.com"})
    assert refused.status_code == 422
    browser.post(at(acme, "/danger"), {"act": "transfer", "email": bob.email})
    browser.post(at(acme, "/danger"), {"act": "withdraw"})
    assert (Client.objects.get().user, Client.objects.get().is_verified) == (bob, False)


POSTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {"client_name": "Mine"}),
    ("", {"logo": "remove"}),
    ("/secrets", {"rotate": "1"}),
    *(("/danger", {"act": act}) for act in ("disable", "enable", "end_tokens", "end_consents", "verify")),
    ("/danger", {"act": "delete", "confirmed_name": "Acme"}),
    ("/danger", {"act": "transfer", "email": "charlie@example.com"}),
)


@pytest.mark.parametrize(("part", "form"), POSTS, ids=lambda value: str(value))
def test_to_strangers_there_is_no_such_app(
    charlie: User, acme: Registered, part: str, form: dict[str, str]
) -> None:
    before = Client.objects.values().get()
    browser = signed_in(charlie)
    assert browser.get(at(acme, part)).status_code == 404
    assert browser.post(at(acme, part), form).status_code == 404
    assert Client.objects.values().get() == before
    assert ClientSecret.objects.count() == 1


def test_the_forms_carry_our_token(alice: User, acme: Registered) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)
    for part in ("", "/secrets", "/danger"):
        assert browser.post(at(acme, part), {"act": "disable", "rotate": "1"}).status_code == 403
    assert Client.objects.get().is_enabled


def test_the_console_leads_to_these_pages_and_shows_no_hash(olivia: User, acme: Registered) -> None:
    browser = signed_in(olivia)
    page = text_of(browser.get(f"/admin/oauth/client/{acme.client.pk}/change/"))
    for part in ("", "/secrets", "/danger"):
        assert f'href="{at(acme, part)}"' in page
    assert ClientSecret.objects.get().secret_hash not in page
    assert f'href="{PAGE}/new"' in text_of(browser.get("/admin/oauth/client/"))


def test_operators_vouch_in_the_console(olivia: User, acme: Registered) -> None:
    browser = signed_in(olivia)
    for action, expected in (("verify", True), ("withdraw", False)):
        form = {"action": action, "_selected_action": str(acme.client.pk)}
        assert browser.post("/admin/oauth/client/", form).status_code == 302
        assert Client.objects.get().is_verified is expected


def test_who_is_not_signed_in_is_led_to_the_sign_in(acme: Registered) -> None:
    assert Browser().get(at(acme))["Location"].startswith("/login?next=")
