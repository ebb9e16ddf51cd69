"""Operators read the trail; nobody changes it there."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import RequestFactory

from audit.admin import EventAdmin
from audit.models import Event
from audit.tests.trail import ALICE, brew
from core.context import RequestContext, request_context
from core.operators import MAX_LISTED, CappedPaginator

pytestmark = pytest.mark.django_db


@pytest.fixture
def events() -> EventAdmin:
    return EventAdmin(Event, admin.site)


def ask(query: str = "") -> Any:
    request: Any = RequestFactory().get(f"/admin/audit/event/{query}")
    request.user = SimpleNamespace(is_active=True, is_staff=True, pk=1, has_perm=lambda *_: True)
    return request


def listed(events: EventAdmin, query: str = "") -> list[int]:
    return [event.seq for event in events.get_changelist_instance(ask(query)).result_list]


def test_even_a_superuser_may_only_look(events: EventAdmin) -> None:
    brew()
    event = Event.objects.get()
    assert events.has_view_permission(ask(), event)
    assert not events.has_add_permission(ask())
    assert not events.has_change_permission(ask(), event)
    assert not events.has_delete_permission(ask(), event)
    assert not events.get_actions(ask())


def test_the_newest_stands_first(events: EventAdmin) -> None:
    brew(3)
    assert listed(events) == [3, 2, 1]


def test_it_is_filtered_by_action_and_by_result(events: EventAdmin) -> None:
    brew(result="denied")
    brew()
    assert listed(events, "?result__exact=denied") == [1]
    assert listed(events, "?action=tea.brewed") == [2, 1]
    assert listed(events, "?action=audit.personal_data_erased") == []


def test_it_is_searched_by_the_whole_id_of_actor_target_or_request(events: EventAdmin) -> None:
    with request_context(RequestContext(request_id="req-1")):
        brew()
    brew(actor_id=uuid4(), target_id="pot-7")
    assert listed(events, f"?q={ALICE}") == [1]
    assert listed(events, "?q=req-1") == [1]
    assert listed(events, "?q=%20pot-7") == [2]
    assert listed(events, "?q=pot") == []


def test_personal_data_are_shown_until_they_are_erased(events: EventAdmin) -> None:
    brew()
    brew(email="")
    known, without = Event.objects.order_by("seq")
    assert events.personal_data(known) == '{"email": "alice@example.com"}'
    assert events.personal_data(without) == "none"
    known.personal.delete()
    assert events.personal_data(Event.objects.get(seq=1)) == "erased"


def test_it_never_counts_the_whole_table(events: EventAdmin, django_assert_num_queries: Any) -> None:
    brew()
    with django_assert_num_queries(1) as queries:
        assert CappedPaginator(Event.objects.order_by("-at"), 100).count == 1
    assert f"LIMIT {MAX_LISTED}" in queries[0]["sql"]
    with django_assert_num_queries(2):  # the capped count, the page
        list(events.get_changelist_instance(ask()).result_list)
