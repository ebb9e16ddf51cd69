"""An act and its line in the trail are one transaction, in few statements.

Cases: S260.
"""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.errors import NotInTransaction
from audit.models import Chain, Event, PersonalData
from audit.services import event_recorded, record
from audit.tests.trail import ALICE, TeaBrewed, brew
from core.context import RequestContext, request_context

pytestmark = pytest.mark.django_db

REQUEST = RequestContext(
    request_id="req-1", ip="203.0.113.7", user_agent="Firefox", session_id=uuid4(), actor_id=uuid4()
)


def test_an_entry_says_who_did_what_to_what_and_how_it_ended() -> None:
    with request_context(REQUEST):
        brew(target_type="pot", target_id="7", client_id="kettle", result="denied", cups=3)
    entry = Event.objects.get()
    assert (entry.action, entry.result, entry.data) == ("tea.brewed", "denied", {"cups": 3, "note": ""})
    assert (entry.actor_type, entry.actor_id, entry.session_id) == ("user", ALICE, REQUEST.session_id)
    assert (entry.target_type, entry.target_id, entry.client_id) == ("pot", "7", "kettle")
    assert entry.request_id == "req-1"
    assert entry.personal.data == {"email": "alice@example.com", "ip": "203.0.113.7", "user_agent": "Firefox"}


def test_s260_without_an_actor_of_its_own_the_person_of_the_request_counts() -> None:
    with request_context(REQUEST):
        brew(actor_id=None)
        brew(actor_id=None, actor_type="client", client_id="kettle")
    with request_context(RequestContext(request_id="req-2")):
        brew(actor_id=None)
    brew(actor_id=None)
    who = list(Event.objects.order_by("seq").values_list("actor_type", "actor_id"))
    assert who == [("user", REQUEST.actor_id), ("client", None), ("anonymous", None), ("system", None)]


def test_each_organization_has_a_chain_of_its_own_numbered_without_gaps() -> None:
    organization = uuid4()
    brew(2)
    brew(3, organization_id=organization)
    assert list(Chain.objects.order_by("name").values_list("name", "seq")) == [
        (f"org:{organization}", 3),
        ("system", 2),
    ]
    assert list(
        Event.objects.filter(organization_id=organization).order_by("seq").values_list("seq", flat=True)
    ) == [
        1,
        2,
        3,
    ]


# On PostgreSQL: the chain is read under a lock, then everything is written at once. SQLite writes one by one.
ON_POSTGRESQL = connection.vendor == "postgresql"


def test_a_record_takes_two_statements_on_postgresql(django_assert_num_queries: Any) -> None:
    brew()
    with transaction.atomic():
        with django_assert_num_queries(2 if ON_POSTGRESQL else 4):
            record(TeaBrewed(email="alice@example.com"))
        with django_assert_num_queries(2 if ON_POSTGRESQL else 3):
            record(TeaBrewed())


def test_the_first_record_of_a_chain_makes_the_chain_in_two_statements_more() -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        record(TeaBrewed(email="alice@example.com"))
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) == (4 if ON_POSTGRESQL else 6)


def test_the_line_goes_with_the_act_when_the_transaction_is_rolled_back() -> None:
    brew()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(TeaBrewed(email="alice@example.com"))
        _ = 1 / 0
    assert Event.objects.count() == PersonalData.objects.count() == Chain.objects.get().seq == 1
    brew()
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_record_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction, match=r"tea\.brewed"):
        record(TeaBrewed())
    assert not Event.objects.exists()


def test_the_signal_carries_the_event_and_its_row_inside_the_transaction() -> None:
    heard = []

    def hear(sender: type, event: TeaBrewed, row: Event, **_: object) -> None:
        heard.append((sender, event.cups, row.action, transaction.get_connection().in_atomic_block))

    event_recorded.connect(hear, sender=TeaBrewed)
    try:
        brew(cups=5)
    finally:
        event_recorded.disconnect(hear, sender=TeaBrewed)
    assert heard == [(TeaBrewed, 5, "tea.brewed", True)]
