"""Terms in versions: published, accepted at the sign-up or before going on, never overwritten."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import SignUp, TermsAcceptance, TermsVersion, User
from accounts.services import terms, verification
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter
from audit.models import Event
from core import clock
from core.errors import Conflict, ValidationFailed

pytestmark = pytest.mark.django_db
URL = "https://example.com/terms"


def publish(version: str = "1", kind: str = "terms", **more: Any) -> TermsVersion:
    return terms.publish(terms.Document(kind=kind, version=version, url=URL, **more), now=clock.now())


def due(user: User) -> list[str]:
    return sorted(str(row) for row in terms.due(user, now=clock.now()))


def test_without_terms_nobody_is_asked_at_the_cost_of_one_statement(
    alice: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert terms.due(alice, now=clock.now()) == []
    assert b"accepts_terms" not in Client().get("/signup").content


def test_who_has_not_accepted_is_led_there_and_then_on(alice: User) -> None:
    published = publish(text="We say more about cookies.")
    browser = signed_in(alice)
    asked = browser.get("/account/profile")
    assert (asked.status_code, asked["Location"]) == (303, "/account/terms?next=%2Faccount%2Fprofile")
    page = browser.get(asked["Location"]).content.decode()
    assert "We say more about cookies." in page
    assert f'href="{URL}"' in page
    accepted = browser.post("/account/terms", {"next": "/account/profile", "version": str(published.id)})
    assert accepted["Location"] == "/account/profile"
    assert browser.get("/account/profile").status_code == 200
    row = TermsAcceptance.objects.get()
    assert (row.user, row.via, row.ip) == (alice, "page", "127.0.0.1")
    assert Event.objects.get(action="terms.accepted").data == {"versions": ["terms 1"], "via": "page"}


@pytest.mark.parametrize("next_path", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_nowhere_else(alice: User, next_path: str) -> None:
    published = publish()
    answer = signed_in(alice).post("/account/terms", {"next": next_path, "version": str(published.id)})
    assert answer["Location"] == "/account"


def test_who_does_not_agree_may_still_take_the_data_and_go(alice: User) -> None:
    publish()
    browser = signed_in(alice)
    for path in ("/account/privacy", "/account/deletion"):
        assert browser.get(path).status_code == 200
    assert browser.post("/logout").status_code == 200


def test_a_new_required_version_is_asked_for_and_the_old_acceptance_stays(alice: User) -> None:
    terms.accept(alice, [publish("1").id], via="page", now=clock.now())
    before = TermsAcceptance.objects.values().get()
    assert due(alice) == []
    publish("2", is_required=False)  # a comma
    assert due(alice) == []
    third = publish("3")
    assert due(alice) == ["Terms of use 3"]
    terms.accept(alice, [third.id], via="api", now=clock.now())
    assert due(alice) == []
    assert TermsAcceptance.objects.count() == 2
    assert TermsAcceptance.objects.values().get(id=before["id"]) == before


def test_what_came_into_force_after_the_page_was_shown_is_not_accepted_with_it(alice: User) -> None:
    shown = publish("1")
    publish("2")
    browser = signed_in(alice)
    answer = browser.post("/account/terms", {"version": [str(shown.id), "no id"]})
    assert answer.status_code == 200, "the new words are shown"
    assert due(alice) == ["Terms of use 2"]
    assert not TermsAcceptance.objects.exists()


def test_a_newcomer_accepts_the_newest_words(alice: User) -> None:
    publish("1")
    publish("2", is_required=False)
    assert due(alice) == ["Terms of use 2"]
    publish("1", kind="privacy")
    assert due(alice) == ["Privacy notice 1", "Terms of use 2"]


def test_a_version_counts_from_its_day_on(alice: User) -> None:
    publish("1", effective_at=clock.now() + timedelta(days=7))
    assert due(alice) == []
    assert terms.due(alice, now=clock.now() + timedelta(days=8))


def test_a_second_click_changes_nothing(alice: User) -> None:
    published = publish()
    browser = signed_in(alice)
    for _ in range(2):
        assert browser.post("/account/terms", {"version": str(published.id)}).status_code == 303
    assert TermsAcceptance.objects.count() == 1
    assert Event.objects.filter(action="terms.accepted").count() == 1


def test_a_version_is_published_once_and_never_changed() -> None:
    publish("1")
    with pytest.raises(Conflict):
        publish("1", text="Other words")
    publish("1", kind="privacy")


@pytest.mark.parametrize(
    "document",
    [
        terms.Document(kind="cookies", version="1", url=URL),
        terms.Document(kind="terms", version="1", url="javascript:alert(1)"),
        terms.Document(kind="terms", version="1", url="http://example.com/"),
        terms.Document(kind="terms", version="", url=URL),
        terms.Document(kind="terms", version="x" * 33, url=URL),
        terms.Document(kind="terms", version="1", url="https://example.com/" + "x" * 500),
    ],
)
def test_a_faulty_version_is_refused(document: terms.Document) -> None:
    with pytest.raises(ValidationFailed):
        terms.publish(document, now=clock.now())


def test_signing_up_asks_for_them_and_writes_down_when_and_from_where() -> None:
    version = publish()
    form = {"email": "new@example.com", "password": PASSWORD}
    browser = Client()
    assert b"accepts_terms" in browser.get("/signup").content
    refused = browser.post("/signup", form)
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"accepts_terms"}
    assert not SignUp.objects.exists()
    browser.post("/signup", {**form, "accepts_terms": "on"}, REMOTE_ADDR="192.0.2.5", HTTP_USER_AGENT="New/1")
    sign_up = SignUp.objects.get()
    verified_at = clock.now() + timedelta(minutes=30)
    user = verification.verify_by_code(
        "new@example.com", last_letter("new@example.com").code, verification_id=sign_up.id, now=verified_at
    )
    row = TermsAcceptance.objects.get()
    assert (row.user, row.version, row.via) == (user, version, "sign_up")
    assert (row.ip, row.user_agent) == ("192.0.2.5", "New/1")
    assert row.accepted_at == sign_up.created_at
    assert due(user) == []


def test_what_was_published_after_the_sign_up_was_not_accepted_with_it() -> None:
    publish("1")
    Client().post("/signup", {"email": "new@example.com", "password": PASSWORD, "accepts_terms": "on"})
    publish("2")
    user = verification.verify_by_link(last_letter("new@example.com").token, now=clock.now())
    assert due(user) == ["Terms of use 2"]


@pytest.mark.parametrize(("body", "expected"), [({}, ["Terms of use 1"]), ({"accepts_terms": True}, [])])
def test_registering_over_rest_may_accept_them(body: dict[str, Any], expected: list[str]) -> None:
    publish()
    listed = Client().get("/api/v1/terms").json()["data"]
    assert [(row["kind"], row["version"], row["url"]) for row in listed] == [("terms", "1", URL)]
    sent = {"email": "new@example.com", "password": PASSWORD, **body}
    assert Client().post("/api/v1/auth/register", sent, content_type="application/json").status_code == 201
    assert due(verification.verify_by_link(last_letter("new@example.com").token, now=clock.now())) == expected


def test_the_command_publishes() -> None:
    out = StringIO()
    call_command(
        "publish_terms",
        "terms",
        "2026-11",
        URL,
        "--text=New",
        "--effective-at=2026-01-01T00:00:00Z",
        stdout=out,
    )
    row = TermsVersion.objects.get()
    assert (row.kind, row.version, row.text, row.is_required) == ("terms", "2026-11", "New", True)
    assert "Published Terms of use 2026-11" in out.getvalue()
    with pytest.raises(CommandError, match="published already"):
        call_command("publish_terms", "terms", "2026-11", URL)
    with pytest.raises(CommandError, match="with its zone"):
        call_command("publish_terms", "terms", "3", URL, "--effective-at=2026-01-01")


def test_an_operator_publishes_in_the_console(olivia: User) -> None:
    browser = signed_in(olivia)
    path = "/admin/accounts/termsversion/add/"
    assert browser.get(path).status_code == 200
    form = {"kind": "terms", "version": "7", "url": URL, "text": "", "is_required": "on",
            "effective_at_0": "2026-01-01", "effective_at_1": "00:00:00"}  # fmt: skip
    assert browser.post(path, form).status_code == 302
    row = TermsVersion.objects.get()
    assert Event.objects.get(action="terms.published").actor_id == olivia.id
    detail = f"/admin/accounts/termsversion/{row.pk}/change/"
    assert browser.get(detail).status_code == 200
    assert browser.post(detail, {**form, "version": "8"}).status_code == 403
    assert browser.post(path, form).status_code == 200  # the same version again: told on the form
    assert TermsVersion.objects.count() == 1
    assert json.loads(json.dumps(Event.objects.get(action="terms.published").data)) == {
        "kind": "terms",
        "version": "7",
    }
