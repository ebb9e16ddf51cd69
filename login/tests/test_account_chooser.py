"""/login/choose: several accounts in one browser, one at hand, the others waiting."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, User
from accounts.services import users
from accounts.tests.browsers import signed_in
from audit.models import Event
from core import clock

SESSION, ACCOUNTS = settings.SESSION_COOKIE_NAME, settings.ACCOUNTS_COOKIE_NAME


def sign_in(client: Client, user: User, **more: str) -> Any:
    response = client.post("/login?another=1", {"email": user.email, "password": PASSWORD, **more})
    assert response.status_code == 303
    return response


def emails_on(page: Any) -> list[str]:
    return [choice.email for choice in page.context["choices"]]


def choose(client: Client, user: User, **more: str) -> Any:
    session = Session.objects.get(user=user, ended_at=None)
    return client.post("/login/choose", {"session_id": str(session.id), **more})


def me(client: Client) -> str:
    page = client.get("/account")
    return str(page.context["user"].email) if page.status_code == 200 else ""


@pytest.fixture
def both(alice: User, bob: User, client: Client) -> Client:
    """A browser of alice and, at hand, bob."""
    sign_in(client, alice)
    sign_in(client, bob)
    return client


def test_signing_in_as_another_keeps_the_session_before(both: Client, alice: User, bob: User) -> None:
    assert me(both) == bob.email
    assert emails_on(both.get("/login/choose")) == [bob.email, alice.email]
    assert Session.objects.filter(ended_at=None).count() == 2
    assert Event.objects.get(action="session.set_aside").target_id == str(Session.objects.get(user=alice).id)


def test_choosing_goes_on_with_that_session(both: Client, alice: User, bob: User) -> None:
    response = choose(both, alice, next="/account/profile")
    assert (response.status_code, response["Location"]) == (303, "/account/profile")
    assert me(both) == alice.email
    assert emails_on(both.get("/login/choose")) == [alice.email, bob.email]
    assert Event.objects.get(action="session.resumed").actor_id == alice.id
    choose(both, bob)
    assert me(both) == bob.email


def test_a_name_and_an_initial_stand_beside_the_address(both: Client) -> None:
    choices = both.get("/login/choose").context["choices"]
    assert [(choice.name, choice.initial, choice.is_current) for choice in choices] == [
        ("Bob", "B", True),
        ("Alice", "A", False),
    ]


def test_signing_in_again_as_the_same_person_replaces(both: Client, alice: User, bob: User) -> None:
    sign_in(both, alice)
    assert emails_on(both.get("/login/choose")) == [alice.email, bob.email]
    ended = Session.objects.exclude(ended_at=None).get()
    assert ended.user == alice


def test_five_wait_and_the_oldest_ends(client: Client, db: None) -> None:
    people = [UserFactory() for _ in range(7)]
    for person in people:
        sign_in(client, person)
    page = client.get("/login/choose")
    assert emails_on(page) == [person.email for person in reversed(people[1:])]
    assert Session.objects.exclude(ended_at=None).get().user == people[0]


def test_one_account_alone_is_shown_with_a_way_to_another(alice: User) -> None:
    page = signed_in(alice).get("/login/choose?next=/account/profile")
    assert emails_on(page) == [alice.email]
    assert page.context["another_url"] == "/login?another=1&next=%2Faccount%2Fprofile"
    assert signed_in(alice).get(page.context["another_url"]).status_code == 200


def test_without_any_account_it_leads_to_the_sign_in(db: None, client: Client) -> None:
    assert client.get("/login/choose?next=/account/profile")["Location"] == "/login?next=%2Faccount%2Fprofile"


def test_signing_out_leaves_the_others_and_enters_none(both: Client, alice: User) -> None:
    assert "Sign out of all accounts" in both.get("/logout").content.decode()
    page = both.post("/logout")
    assert page.context["choose_url"] == "/login/choose"
    assert me(both) == ""
    assert "/login/choose" in both.get("/login").content.decode()
    assert emails_on(both.get("/login/choose")) == [alice.email]
    choose(both, alice)
    assert me(both) == alice.email


def test_signing_out_on_the_way_to_a_page_offers_the_others(both: Client) -> None:
    response = both.post("/logout", {"next": "/account/profile"})
    assert response["Location"] == "/login/choose?next=%2Faccount%2Fprofile"


def test_signing_out_of_all(both: Client) -> None:
    response = both.post("/login/choose", {"all": "1"})
    assert response.status_code == 200
    assert not Session.objects.filter(ended_at=None).exists()
    assert (response.cookies[SESSION].value, response.cookies[ACCOUNTS].value) == ("", "")


def test_a_session_that_ended_elsewhere_is_not_offered(
    both: Client, alice: User, bob: User, olivia: User
) -> None:
    users.suspend(actor=olivia, user=alice, now=clock.now())
    assert emails_on(both.get("/login/choose")) == [bob.email]


def test_waiting_is_no_use_of_a_session(both: Client, alice: User, bob: User) -> None:
    """A session that waits goes idle as any other, however often it is looked at."""
    Session.objects.filter(user=alice).update(idle_until=clock.now() + timedelta(seconds=30))
    before = Session.objects.get(user=alice)
    both.get("/login/choose")
    after = Session.objects.get(user=alice)
    assert (after.idle_until, after.last_seen_at) == (before.idle_until, before.last_seen_at)
    Session.objects.filter(user=alice).update(idle_until=clock.now())
    assert emails_on(both.get("/login/choose")) == [bob.email]


def test_sudo_mode_does_not_wait(both: Client, alice: User) -> None:
    assert Session.objects.get(user=alice).sudo_until is None
    choose(both, alice)
    assert Session.objects.get(user=alice).sudo_until is None


@pytest.mark.parametrize(("keeps", "lasts"), [(("on", "on"), True), (("on", ""), True), (("", "on"), False)])
def test_the_cookie_outlives_the_window_only_for_who_wants_to_be_kept(
    alice: User, bob: User, client: Client, keeps: tuple[str, str], lasts: bool
) -> None:
    """The first session is the one that waits."""
    sign_in(client, alice, keep=keeps[0])
    cookie = sign_in(client, bob, keep=keeps[1]).cookies[ACCOUNTS]
    assert bool(cookie["max-age"]) is lasts


def test_a_kept_session_is_kept_when_it_is_chosen(alice: User, bob: User, client: Client) -> None:
    sign_in(client, alice, keep="on")
    sign_in(client, bob)
    response = choose(client, alice)
    assert int(response.cookies[SESSION]["max-age"]) > 29 * 86400
    assert response.cookies[ACCOUNTS]["max-age"] == ""
    assert choose(client, bob).cookies[SESSION]["max-age"] == ""


def test_a_choice_from_another_site_is_not_taken(both: Client, alice: User, bob: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = both.cookies
    assert choose(strict, alice).status_code == 403
    assert me(both) == bob.email


def test_what_nobody_offered_chooses_nothing(both: Client, bob: User, charlie: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, charlie)
    stranger = Session.objects.get(user=charlie)
    for wanted in (str(stranger.id), "", "x", "0" * 36):
        response = both.post("/login/choose", {"session_id": wanted})
        assert (response.status_code, SESSION in response.cookies) == (200, False)
    assert me(both) == bob.email
