"""The page of the audit trail: filtered by its address, and taken along by a form."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import proven, signed_in
from audit.events import known_tags
from audit.models import Event
from core import clock
from organizations import trail_words
from organizations.factories import join, make_organization
from organizations.models import Organization
from organizations.services import operators
from organizations.tests.test_trail import BookLost, happens

PAGE = "/organizations/acme/audit"


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


@pytest.fixture
def browser(alice: User) -> Client:
    return signed_in(alice)


def lines(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.content
    found: list[Any] = answer.context["lines"]
    return found


def test_it_says_what_happened_who_did_it_and_to_whom(
    acme: Organization, alice: User, bob: User, browser: Client
) -> None:
    join(acme, bob)
    happens(acme, alice, target_type="user", target_id=str(bob.id), shelf="B")
    answer = browser.get(PAGE)
    [line] = lines(answer)
    assert (line.what, line.actor, line.target) == ("book.moved", "Alice", "Bob")
    assert (line.facts, line.ip) == ({"shelf": "B"}, "203.0.113.9")
    page = answer.content.decode()
    assert f'href="?actor={alice.id}"' in page
    assert f'href="?target={bob.id}"' in page


def test_an_operator_is_not_named(acme: Organization, browser: Client, olivia: User) -> None:
    operators.suspend(session=proven(olivia), organization_id=acme.id, reason="<b>Spam</b>", now=clock.now())
    answer = browser.get(PAGE)
    [line] = lines(answer)
    assert (line.actor, line.ip, line.device) == ("An operator", "", "")
    assert olivia.email not in answer.content.decode()
    assert "&lt;b&gt;Spam&lt;/b&gt;" in answer.content.decode()


def test_its_address_holds_the_filters(acme: Organization, alice: User, bob: User, browser: Client) -> None:
    happens(acme, alice)
    happens(acme, bob, BookLost, result="denied")
    today = clock.now().date()
    assert len(lines(browser.get(PAGE, {"first": today, "last": today}))) == 2
    assert lines(browser.get(PAGE, {"last": today - timedelta(days=1)})) == []
    [refused] = lines(browser.get(PAGE, {"result": "denied"}))
    assert refused.what == "book.lost"
    [own] = lines(browser.get(PAGE, {"actor": alice.id}))
    assert own.what == "book.moved"


def test_pages_lead_on_and_keep_the_filters(acme: Organization, alice: User, browser: Client) -> None:
    for _ in range(25):
        happens(acme, alice)
    first = browser.get(PAGE, {"actor": alice.id})
    older = first.context["older"]
    assert len(lines(first)) == 20
    assert f"actor={alice.id}" in older
    second = browser.get(older)
    assert len(lines(second)) == 5
    assert second.context["older"] == ""


@pytest.mark.parametrize(
    "query", [{"action": "x"}, {"first": "yesterday"}, {"actor": "me"}, {"target": "x" * 256}]
)
def test_filters_that_are_none_are_refused(
    acme: Organization, browser: Client, query: dict[str, str]
) -> None:
    assert browser.get(PAGE, query).status_code == 422


def test_a_link_that_was_cut_off_leads_to_the_newest(acme: Organization, browser: Client) -> None:
    answer = browser.get(PAGE, {"cursor": "nonsense"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)


def test_the_form_takes_along_what_the_filters_leave(
    acme: Organization, alice: User, browser: Client
) -> None:
    happens(acme, alice)
    happens(acme, alice, BookLost, result="denied")
    answer = browser.post(f"{PAGE}/export", {"format": "csv", "result": "denied"})
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode()
    assert "book.lost" in text
    assert "book.moved" not in text
    assert Event.objects.get(action="organization.audit_exported").data["narrowed_by"] == ["result"]


@pytest.mark.parametrize("form", [{}, {"format": "xlsx"}, {"format": "csv", "first": "yesterday"}])
def test_a_form_that_is_none_of_ours_takes_nothing(
    acme: Organization, browser: Client, form: dict[str, str]
) -> None:
    assert browser.post(f"{PAGE}/export", form).status_code == 400
    assert not Event.objects.filter(action="organization.audit_exported").exists()


def test_only_whoever_may_read_it_sees_page_and_section(
    acme: Organization, alice: User, bob: User, charlie: User, browser: Client
) -> None:
    join(acme, bob)
    member, outsider = signed_in(bob), signed_in(charlie)
    assert member.get(PAGE).status_code == member.post(f"{PAGE}/export").status_code == 403
    assert outsider.get(PAGE).status_code == outsider.post(f"{PAGE}/export").status_code == 404
    assert PAGE in browser.get("/organizations/acme").content.decode()
    assert PAGE not in member.get("/organizations/acme").content.decode()


def test_every_event_of_organizations_has_words() -> None:
    """People read the trail: whoever adds an event adds its words (organizations.trail_words)."""
    # Of an erased organization nobody is left; the others stand in the system's chain.
    nowhere_to_be_read = {
        "organization.erased",
        "role.system_changed",
        "organization.access_denied",
        "operator.owner_appointed",
    }
    assert set(known_tags("organizations")) - nowhere_to_be_read <= set(trail_words.WORDS) | {
        "book.moved",
        "book.lost",
    }
