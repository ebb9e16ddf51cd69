"""Purposes people may allow: each answer is a row with a receipt."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from accounts.models import ConsentChange, ConsentPurpose, User
from accounts.services import purposes, terms
from accounts.tests.browsers import signed_in
from audit.models import Event
from core import clock
from core.errors import NotFound, RateLimited

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(db: None) -> ConsentPurpose:
    return purposes.define(name="news", title="Product news", text="We mail you news.", now=clock.now())


def answer(user: User, is_granted: bool, **more: Any) -> ConsentChange:
    return purposes.answer(user, "news", is_granted=is_granted, via="page", now=clock.now(), **more)


def choice(user: User) -> purposes.Choice:
    [found] = purposes.choices(user)
    return found


def test_silence_is_no(alice: User, news: ConsentPurpose) -> None:
    assert not choice(alice).is_granted


def test_each_answer_is_a_row_and_the_last_counts(alice: User, bob: User, news: ConsentPurpose) -> None:
    for is_granted in (True, False, True):
        answer(alice, is_granted)
        assert choice(alice).is_granted is is_granted
    assert ConsentChange.objects.filter(user=alice).count() == 3
    assert not choice(bob).is_granted
    assert [
        entry.data["is_granted"]
        for entry in Event.objects.filter(action="consent_purpose.answered").order_by("seq")
    ] == [True, False, True]


def test_new_words_do_not_stretch_an_old_yes(alice: User, news: ConsentPurpose) -> None:
    first = answer(alice, True)
    purposes.define(name="news", title="News", text="We mail you news twice a week.", now=clock.now())
    assert choice(alice).is_in_old_words
    assert purposes.receipt(first)["purposes"][0]["text"] == "We mail you news."
    second = answer(alice, True)
    assert not choice(alice).is_in_old_words
    assert purposes.receipt(second)["purposes"][0]["text_version"] == 2


def test_a_withdrawn_purpose_is_not_asked_for(alice: User, news: ConsentPurpose) -> None:
    purposes.define(name="news", title="News", text="-", is_offered=False, now=clock.now())
    assert purposes.choices(alice) == []
    with pytest.raises(NotFound):
        answer(alice, True)


def test_the_receipt_says_who_what_when_and_how(alice: User, news: ConsentPurpose) -> None:
    document = terms.Document(kind="privacy", version="1", url="https://a.example/privacy", is_required=False)
    terms.publish(document, now=clock.now() - timedelta(days=1))
    change = answer(alice, True)
    receipt = purposes.receipt(change)
    assert receipt["pii_principal"] == {"id": str(alice.id)}
    assert receipt["event"] == "consent given"
    assert receipt["timestamp"] == change.changed_at.isoformat()
    assert receipt["collection_method"] == "account page"
    assert receipt["privacy_notice"] == "https://a.example/privacy"
    assert receipt["purposes"][0]["title"] == "Product news"
    assert purposes.receipt(answer(alice, False))["event"] == "consent withdrawn"


def test_somebody_elses_receipt_is_not_there(alice: User, charlie: User, news: ConsentPurpose) -> None:
    change = answer(alice, True)
    with pytest.raises(NotFound):
        purposes.get_change(charlie, change.id)
    assert signed_in(charlie).get(f"/account/privacy/receipts/{change.id}").status_code == 404


def test_the_page_takes_answers_and_gives_receipts(alice: User, news: ConsentPurpose) -> None:
    browser = signed_in(alice)
    assert "Product news" in browser.get("/account/privacy").content.decode()
    browser.post("/account/privacy", {"purpose": "news", "is_granted": "yes"}, HTTP_USER_AGENT="Own/1")
    change = ConsentChange.objects.get()
    assert (change.is_granted, change.via, change.user_agent) == (True, "page", "Own/1")
    path = f"/account/privacy/receipts/{change.id}"
    assert "We mail you news." in browser.get(path).content.decode()
    file = browser.get(f"{path}?format=json")
    assert "attachment" in file["Content-Disposition"]
    assert file.json()["receipt_id"] == str(change.id)
    browser.post("/account/privacy", {"purpose": "news", "is_granted": "no"})
    assert not choice(alice).is_granted


@pytest.mark.parametrize("name", ["nothing", "", "news\x00" * 1, "x" * 1000])
def test_an_unknown_purpose_changes_nothing(alice: User, news: ConsentPurpose, name: str) -> None:
    signed_in(alice).post("/account/privacy", {"purpose": name, "is_granted": "yes"})
    assert not ConsentChange.objects.exists()


def test_answers_are_limited(alice: User, news: ConsentPurpose, janua_options: Any) -> None:
    janua_options(rate_limits="on", redis_url="")
    for _ in range(60):
        answer(alice, True)
    with pytest.raises(RateLimited):
        answer(alice, False)


def test_the_command_and_the_console_define(olivia: User) -> None:
    out = StringIO()
    call_command("define_purpose", "analytics", "Analytics", "We count clicks.", stdout=out)
    assert "analytics v1" in out.getvalue()
    form = {"name": "analytics", "title": "Analytics", "text": "We count visits.", "is_offered": "on"}
    assert signed_in(olivia).post("/admin/accounts/consentpurpose/add/", form).status_code == 302
    assert [row.text for row in purposes.offered()] == ["We count visits."]
    assert Event.objects.filter(action="consent_purpose.defined", actor_id=olivia.id).count() == 1


def test_the_words_of_a_version_are_one(news: ConsentPurpose) -> None:
    with pytest.raises(IntegrityError):
        ConsentPurpose.objects.create(name="news", version=1, title="-", text="-", created_at=clock.now())
