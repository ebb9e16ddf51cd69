"""An organization's lines of the audit trail: which, to whom, and what they say."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from audit import services as audit
from audit.events import AuditEvent
from audit.models import Event
from audit.services import erase_personal
from core import clock
from core.context import RequestContext, request_context
from core.errors import NotAllowed, NotFound, RateLimited, ValidationFailed
from organizations.factories import join, make_organization, make_role
from organizations.models import Membership, Organization
from organizations.permissions import VIEWER
from organizations.services import trail
from organizations.services.access import Actor
from organizations.services.trail import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class BookMoved(AuditEvent):
    """Something that only these tests know."""

    tag: ClassVar[str] = "book.moved"
    shelf: str = "A"
    email: str = field(default="", metadata={"personal": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLost(AuditEvent):
    tag: ClassVar[str] = "book.lost"


def happens(organization: Organization, by: User, event: type[AuditEvent] = BookMoved, **facts: Any) -> None:
    facts = {"actor_type": "user", "actor_id": by.id, "target_type": "book", "target_id": "7", **facts}
    context = RequestContext(request_id="r-1", ip="203.0.113.9", user_agent="Reader/1.0")
    with request_context(context), transaction.atomic():
        audit.record(event(organization_id=organization.id, **facts))


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


def read(user: User, organization: Organization, **more: Any) -> trail.Lines:
    wanted = {name: more.pop(name) for name in list(more) if name in Wanted.__slots__}
    facts = {"wanted": Wanted(**wanted), "now": clock.now(), **more}
    return trail.read(Actor(user=user), organization_id=organization.id, **facts)


def test_the_newest_line_comes_first_and_only_the_organizations_own_chain_is_there(
    acme: Organization, alice: User, charlie: User
) -> None:
    other = make_organization(charlie, name="Rival")
    happens(acme, alice, shelf="A")
    happens(other, alice, shelf="secret")
    happens(acme, alice, shelf="B")
    with transaction.atomic():
        audit.record(BookMoved(actor_type="user", actor_id=alice.id, shelf="the installation's"))
    lines = read(alice, acme).lines
    assert [(line.event.seq, line.event.data["shelf"]) for line in lines] == [(2, "B"), (1, "A")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (lambda bob: {"action": "book.lost"}, ["book.lost"]),
        (lambda bob: {"actor_id": bob.id}, ["book.moved"]),
        (lambda bob: {"target_id": "8"}, ["book.moved"]),
        (lambda bob: {"result": "denied"}, ["book.lost"]),
        (lambda bob: {"actor_id": bob.id, "action": "book.lost"}, []),
        (lambda bob: {"until": clock.now() - timedelta(hours=1)}, []),
        (lambda bob: {"since": clock.now() - timedelta(hours=1)}, ["book.moved", "book.lost"]),
    ],
)
def test_lines_are_filtered(
    acme: Organization,
    alice: User,
    bob: User,
    wanted: Callable[[User], dict[str, Any]],
    found: list[str],
) -> None:
    happens(acme, alice, BookLost, result="denied")
    happens(acme, bob, target_id="8")
    assert [line.event.action for line in read(alice, acme, **wanted(bob)).lines] == found


def test_people_are_named_while_they_belong_to_it_and_not_any_more_afterwards(
    acme: Organization, alice: User, bob: User
) -> None:
    membership = join(acme, bob)
    happens(acme, bob, target_type="user", target_id=str(alice.id))
    assert [(x.actor_name, x.target_name) for x in read(alice, acme).lines] == [("Bob", "Alice")]
    membership.delete()
    assert [(x.actor_name, x.target_name) for x in read(alice, acme).lines] == [("", "Alice")]


def test_things_of_another_organization_are_not_named(acme: Organization, alice: User, charlie: User) -> None:
    foreign = make_role(make_organization(charlie), key="secret-plans")
    own = make_role(acme, key="reviewers")
    happens(acme, alice, target_type="role", target_id=str(foreign.id))
    happens(acme, alice, target_type="role", target_id=str(own.id))
    assert [line.target_name for line in read(alice, acme).lines] == ["reviewers", ""]


def test_personal_data_stand_there_until_they_are_erased(acme: Organization, alice: User, bob: User) -> None:
    happens(acme, bob, email="bob@example.com")
    told = {"ip": "203.0.113.9", "user_agent": "Reader/1.0", "email": "bob@example.com"}
    assert dict(read(alice, acme).lines[0].personal) == told
    erase_personal(actor_id=bob.id)
    assert dict(read(alice, acme).lines[0].personal) == {}


def test_a_page_takes_as_many_statements_as_kinds_of_things_it_names(
    acme: Organization, alice: User, bob: User
) -> None:
    join(acme, bob)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            read(alice, acme, limit=100)
        return len([q for q in seen if q["sql"].startswith("SELECT")])

    for user in (alice, bob):
        happens(acme, user, target_type="role", target_id=str(make_role(acme).id))
    few = statements()
    for user in (alice, bob) * 10:
        happens(acme, user, target_type="role", target_id=str(make_role(acme).id))
    assert statements() == few == 5  # the actor's place (2), the lines, people, roles


def test_outsiders_find_nothing_and_members_without_the_permission_are_refused(
    acme: Organization, alice: User, bob: User, charlie: User
) -> None:
    membership = join(acme, bob, VIEWER)
    happens(acme, alice)
    with pytest.raises(NotFound):
        read(charlie, acme)
    with pytest.raises(NotAllowed):
        read(bob, acme)
    Membership.objects.filter(id=membership.id).update(role=make_role(acme, "audit:read"))
    assert len(read(bob, acme).lines) == 1
    Membership.objects.filter(id=membership.id).update(suspended_at=clock.now())
    with pytest.raises(NotFound):
        read(bob, acme)


def test_a_cursor_leads_on_and_another_organizations_cursor_is_refused(
    acme: Organization, alice: User, charlie: User
) -> None:
    other = make_organization(charlie)
    for shelf in "ABC":
        happens(acme, alice, shelf=shelf)
        happens(other, charlie, shelf="secret")
    first = read(alice, acme, limit=2)
    second = read(alice, acme, limit=2, cursor=first.next_cursor)
    shelves = [line.event.data["shelf"] for page in (first, second) for line in page.lines]
    assert (shelves, second.next_cursor) == (["C", "B", "A"], None)
    foreign = read(charlie, other, limit=1).next_cursor
    for none_of_ours in (foreign, "nonsense"):
        with pytest.raises(ValidationFailed):
            read(alice, acme, cursor=none_of_ours)


def exported(
    user: User, organization_id: UUID, file_format: str = "jsonl", **wanted: Any
) -> list[trail.Line]:
    return list(
        trail.export(
            Actor(user=user),
            organization_id=organization_id,
            wanted=Wanted(**wanted),
            file_format=file_format,
            now=clock.now(),
        )
    )


def test_an_export_has_every_line_and_leaves_one(
    acme: Organization, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "LINES_AT_ONCE", 2)
    for _ in range(5):
        happens(acme, alice)
    assert [line.event.seq for line in exported(alice, acme.id, action="book.moved")] == [5, 4, 3, 2, 1]
    line = Event.objects.get(action="organization.audit_exported")
    assert (line.actor_id, line.organization_id) == (alice.id, acme.id)
    assert line.data == {"format": "jsonl", "narrowed_by": ["action"]}
    monkeypatch.setattr(trail, "MAX_EXPORTED", 3)
    assert len(exported(alice, acme.id)) == 3


def test_an_export_is_refused_before_its_first_line(
    acme: Organization, alice: User, bob: User, charlie: User
) -> None:
    join(acme, bob)
    for user, refusal in ((charlie, NotFound), (bob, NotAllowed)):
        with pytest.raises(refusal):
            exported(user, acme.id)
    with pytest.raises(NotFound):
        exported(alice, uuid4())
    assert not Event.objects.filter(action="organization.audit_exported").exists()


def test_owners_of_a_closed_organization_take_its_trail_along(acme: Organization, alice: User) -> None:
    happens(acme, alice)
    Organization.objects.update(suspended_at=clock.now())
    assert [line.event.action for line in exported(alice, acme.id)] == [
        "organization.audit_exported",
        "book.moved",
    ]


def test_exports_are_counted(acme: Organization, alice: User, janua_options: Callable[..., None]) -> None:
    janua_options(rate_limits="on", redis_url="")
    for _ in range(10):
        exported(alice, acme.id)
    with pytest.raises(RateLimited):
        exported(alice, acme.id)
    assert Event.objects.filter(action="organization.audit_exported").count() == 10


def test_of_what_the_system_did_it_does_not_say_whose_request_set_it_off(
    acme: Organization, alice: User
) -> None:
    """An operator's, perhaps. Addresses that the event itself names stay."""
    happens(acme, alice, actor_type="system", actor_id=None, email="bob@example.com")
    assert dict(read(alice, acme).lines[0].personal) == {"email": "bob@example.com"}
