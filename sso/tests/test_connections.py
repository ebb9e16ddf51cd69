"""/account/connections: seeing, connecting and disconnecting accounts at other providers."""

from datetime import timedelta
from typing import Any

from django.test import Client

from accounts.models import Identity, User
from accounts.tests.browsers import signed_in
from accounts.tests.mails import letters_to
from audit.models import Event
from core import clock
from tests.support.identity_providers.github import GitHubShaped
from tests.support.identity_providers.journeys import come_back, sign_in, through
from tests.support.identity_providers.openid import OpenIDProvider


def connect(browser: Client) -> object:
    going = browser.post("/account/connections", {"connect": "herbs"})
    assert going.status_code == 200
    return come_back(browser, through(going.context["url"]))


def test_connecting_adds_a_way_in(herbs: OpenIDProvider, alice: User) -> None:
    browser = signed_in(alice)
    response = connect(browser)
    assert (response.status_code, response["Location"]) == (303, "/account/connections")  # type: ignore[attr-defined]
    page = browser.get("/account/connections")
    [shown] = page.context["connected"]
    assert (shown.provider_name, shown.display, shown.is_only_way) == ("Herbs", "Dora Day", False)
    assert "Your Herbs account is connected" in page.content.decode()
    assert [letter.kind for letter in letters_to(alice.email)] == ["identity_connected"]
    assert sign_in(Client(), "herbs")["Location"] == "/account"
    assert User.objects.count() == 1


def test_connecting_again_changes_nothing(herbs: OpenIDProvider, alice: User) -> None:
    browser = signed_in(alice)
    connect(browser)
    connect(browser)
    assert Identity.objects.count() == 1
    assert Event.objects.filter(action="identity.connected").count() == 1


def test_what_is_somebody_elses_stays_theirs(herbs: OpenIDProvider, alice: User) -> None:
    sign_in(Client(), "herbs")
    response = connect(signed_in(alice))
    assert response.status_code == 409  # type: ignore[attr-defined]
    assert "already connected to somebody else" in response.content.decode()  # type: ignore[attr-defined]
    assert Identity.objects.get().user.email == "dora@example.com"


def test_both_acts_ask_for_a_fresh_proof(herbs: OpenIDProvider, alice: User) -> None:
    browser = signed_in(alice, auth_time=clock.now() - timedelta(hours=1))
    assert browser.get("/account/connections").status_code == 200
    for form in ({"connect": "herbs"}, {"disconnect": "x"}):
        response = browser.post("/account/connections", form)
        assert response.status_code == 303
        assert response["Location"].startswith("/account/confirm?next=%2Faccount%2Fconnections")


def test_a_form_without_our_token_is_refused(herbs: OpenIDProvider, alice: User) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)
    assert browser.post("/account/connections", {"connect": "herbs"}).status_code == 403


def test_disconnecting_removes_the_way_in(herbs: OpenIDProvider, alice: User) -> None:
    browser = signed_in(alice)
    connect(browser)
    identity = Identity.objects.get()
    assert browser.post("/account/connections", {"disconnect": str(identity.id)}).status_code == 303
    assert not Identity.objects.exists()
    assert letters_to(alice.email)[-1].kind == "identity_disconnected"
    event = Event.objects.get(action="identity.disconnected")
    assert (event.actor_id, event.target_id) == (alice.id, str(identity.id))


def test_the_last_way_in_stays(herbs: OpenIDProvider, client: Client) -> None:
    sign_in(client, "herbs")
    identity = Identity.objects.get()
    browser = signed_in(identity.user)
    assert browser.get("/account/connections").context["connected"][0].is_only_way
    page = browser.post("/account/connections", {"disconnect": str(identity.id)}, follow=True)
    assert "your only way to sign in" in page.content.decode()
    assert Identity.objects.exists()


def test_what_is_anothers_is_not_there(herbs: OpenIDProvider, client: Client, alice: User) -> None:
    sign_in(client, "herbs")
    for wanted in (str(Identity.objects.get().id), "nonsense", ""):
        page = signed_in(alice).post("/account/connections", {"disconnect": wanted}, follow=True)
        assert "There is no such connected account" in page.content.decode()
    assert Identity.objects.exists()


def test_a_button_that_is_gone(alice: User) -> None:
    page = signed_in(alice).post("/account/connections", {"connect": "nobody"}, follow=True)
    assert "no sign-in with that provider" in page.content.decode()


def test_a_provider_that_is_away_is_a_page_with_a_way_back(herbs: OpenIDProvider, alice: User) -> None:
    herbs.TOKEN = "/elsewhere"  # type: ignore[misc]
    browser = signed_in(alice)
    going = browser.post("/account/connections", {"connect": "herbs"})
    response = come_back(browser, through(going.context["url"]))
    assert response.status_code == 400
    assert "/account/connections" in response.content.decode()
    assert "Your account is as it was" in response.content.decode()


def test_the_page_asks_the_database_little(
    herbs: OpenIDProvider, alice: User, django_assert_num_queries: Any
) -> None:
    browser = signed_in(alice)
    connect(browser)
    browser.get("/account/connections")
    # session, terms, what organizations ask, identities, providers, whether there is a developer's page
    with django_assert_num_queries(6):
        browser.get("/account/connections")


def test_setting_out_is_one_row(github: GitHubShaped, client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get("/sso/social/github/start")
