"""Recent activity: a person's own lines of the trail in words, on /account/activity and over REST."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.activity import WORDS, Kind
from accounts.factories import PASSWORD
from accounts.models import User
from accounts.services import activity, people, users
from accounts.tests.browsers import enter, signed_in
from accounts.tests.test_me_api import bearer
from audit import services as audit
from audit.events import known_tags
from audit.models import Event
from core import clock
from login.events import LoginSucceeded
from oauth.factories import register_client
from oauth.models import Consent
from oauth.services import clients, consents
from oauth.tests.flows import tokens_for

PATH = "/api/v1/users/me/activity"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


def sign_in(email: str, password: str = PASSWORD, ip: str = "192.0.2.44") -> Any:
    form = {"email": email, "password": password}
    return Client().post("/login", form, REMOTE_ADDR=ip, HTTP_USER_AGENT=FIREFOX)


def sentences(user: User, **more: Any) -> list[str]:
    return [entry.sentence for entry in activity.read(user, names_of_apps=clients.names_of, **more).entries]


def read(user: User, **query: Any) -> Any:
    return Client().get(PATH, query, headers=bearer(user))


def happened(user: User, count: int) -> None:
    for _ in range(count):
        with transaction.atomic():
            audit.record(LoginSucceeded(actor_type="user", actor_id=user.id, door="password", amr=("pwd",)))


def test_every_tag_that_has_words_exists() -> None:
    assert set(WORDS) <= set(known_tags())
    assert {words.kind for words in WORDS.values()} == set(Kind)


def test_what_happened_is_told_in_words_with_device_and_network(alice: User) -> None:
    sign_in(alice.email)
    sign_in(alice.email, "wrong", ip="198.51.100.7")
    failed, succeeded = activity.read(alice, names_of_apps=clients.names_of).entries
    assert (succeeded.sentence, succeeded.device, succeeded.ip) == (
        "You signed in.",
        "Firefox on Linux",
        "192.0.2.44",
    )
    assert (failed.sentence, failed.ip) == (
        "Somebody tried to sign in to your account and failed.",
        "198.51.100.7",
    )
    assert (failed.succeeded, failed.kind) == (False, Kind.SIGN_INS)


def test_apps_are_told_by_their_names_and_those_that_are_gone_without(alice: User) -> None:
    acme = register_client(client_name="Acme %(app)s 100%")
    tokens_for(alice, acme)
    consents.revoke(user=alice, consent_id=Consent.objects.get().id, now=clock.now())
    assert sentences(alice, kind=Kind.APPS) == [
        "You took away the access of Acme %(app)s 100%.",
        "You allowed Acme %(app)s 100% to use your account.",
    ]
    acme.client.delete()
    assert sentences(alice, kind=Kind.APPS)[0] == "You took away the access of an app that is gone."


def test_what_operators_do_is_told_without_their_network(alice: User, olivia: User) -> None:
    for act in (users.suspend, users.reactivate):
        act(actor=olivia, user=alice, now=clock.now())
    console = signed_in(olivia)
    form = {"action": "suspend", "_selected_action": [str(alice.id)]}
    console.post("/admin/accounts/user/", form, REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT=FIREFOX)
    told = activity.read(alice, names_of_apps=clients.names_of).entries
    assert [entry.sentence for entry in told] == [
        "An operator suspended your account.",
        "An operator reactivated your account.",
        "An operator suspended your account.",
    ]
    assert Event.objects.filter(action="user.suspended").latest("seq").personal.data["ip"] == "203.0.113.9"
    assert {(entry.ip, entry.device) for entry in told} == {("", "")}
    assert sentences(olivia) == [], "what she did to others is not about her account"


def test_what_an_operator_changed_is_not_said_to_be_the_persons_act(alice: User, olivia: User) -> None:
    session = enter(Client(), olivia)
    people.update(olivia, session, alice, {"nickname": "al"}, now=clock.now())
    assert sentences(alice) == ["An operator changed your account."]


def test_nothing_of_others_and_nothing_without_words(alice: User, bob: User) -> None:
    tokens_for(bob, register_client())
    sign_in(bob.email)
    assert sentences(alice) == []
    assert Event.objects.filter(actor_id=bob.id, action="token.issued").exists()
    assert not any("token" in sentence for sentence in sentences(bob))


def test_the_pages_hold_everything_once(alice: User) -> None:
    happened(alice, 7)
    for _ in range(6):
        sign_in(alice.email, "wrong")
    assert read(alice, limit=3).json()["next_cursor"]
    query, seen = {"limit": 3}, []
    while True:
        page = read(alice, **query).json()
        seen += [row["at"] for row in page["data"] if row["ip"] != "127.0.0.1"]
        assert len(page["data"]) <= 3
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == 7 + 6


def test_a_page_takes_two_statements_and_one_for_the_names_of_apps(
    alice: User, django_assert_num_queries: Any
) -> None:
    happened(alice, 30)
    with django_assert_num_queries(2):
        activity.read(alice, names_of_apps=clients.names_of)
    tokens_for(alice, register_client())
    with django_assert_num_queries(3):
        activity.read(alice, names_of_apps=clients.names_of)


@pytest.mark.parametrize(
    "query", [{"cursor": "nonsense"}, {"cursor": "bm9uc2Vuc2U"}, {"kind": "secrets"}, {"limit": 0}, {"x": 1}]
)
def test_a_bad_question_is_422(alice: User, query: Any) -> None:
    assert read(alice, **query).status_code == 422


def test_the_page_goes_on_to_older_ones_within_a_kind(alice: User) -> None:
    happened(alice, 25)
    browser = signed_in(alice)
    first = browser.get("/account/activity", {"kind": "sign-ins"})
    assert len(first.context["entries"]) == 20
    second = browser.get(f"/account/activity?{first.context['older']}")
    assert (len(second.context["entries"]), second.context["older"]) == (5, None)
    assert second.context["kind"] == Kind.SIGN_INS
    assert browser.get("/account/activity", {"kind": "profile"}).context["entries"] == []


def test_a_link_that_was_cut_off_leads_to_the_newest(alice: User) -> None:
    response = signed_in(alice).get("/account/activity", {"cursor": "x", "kind": "x"})
    assert (response.status_code, response["Location"]) == (302, "/account/activity")
