"""An organization does not read whence people came who have no place in it: operators, and whoever says no to it."""

from collections.abc import Callable
from dataclasses import fields

import pytest

from accounts.models import User
from accounts.tests.address_cast import session_of
from accounts.tests.browsers import proven
from audit.events import AuditEvent
from audit.models import Event
from core import clock
from core.context import RequestContext, request_context
from organizations.events import operators
from organizations.models import Domain, Organization, Role
from organizations.permissions import VIEWER
from organizations.services import enrolment, joining, trail
from organizations.services.access import Actor
from organizations.tests.invitation_cast import SOON, invited

CONTEXT = RequestContext(request_id="r-1", ip="203.0.113.9", user_agent="Stranger/1.0")


def test_every_event_that_an_operator_causes_is_from_outside() -> None:
    """Whoever adds one to `BY_OPERATORS` or to their events says so there too."""
    ours = [each for each in vars(operators).values() if isinstance(each, type) and each is not AuditEvent]
    events = {each.tag: each for each in ours if issubclass(each, AuditEvent)}
    assert set(events) >= trail.BY_OPERATORS, "their events stand in organizations.events.operators"
    for tag, event in events.items():
        assert {field.name: field.default for field in fields(event)}.get("from_outside") is True, tag


def _decline_by_link(_bob: User, _organization: Organization, token: str) -> None:
    joining.decline_by_link(token=token, user=None, now=SOON)


def _decline_own(bob: User, organization: Organization, _token: str) -> None:
    [waiting] = organization.invitations.all()
    joining.decline_own(session=session_of(bob), invitation_id=waiting.id, now=SOON)


def _decline_offer(bob: User, organization: Organization, _token: str) -> None:
    now = clock.now()
    Domain.objects.create(
        organization=organization,
        name=bob.email.partition("@")[2],
        token="t",
        role=Role.objects.system(VIEWER),
        enrolment=Domain.Enrolment.SUGGESTED,
        created_at=now,
        verified_at=now,
    )
    enrolment.decline(session=proven(bob), organization_id=organization.id, now=now)


@pytest.mark.parametrize("decline", [_decline_by_link, _decline_own, _decline_offer])
def test_whoever_does_not_join_leaves_neither_network_nor_browser_there(
    alice: User, bob: User, decline: Callable[[User, Organization, str], None]
) -> None:
    organization, token = invited(alice)
    with request_context(CONTEXT):
        decline(bob, organization, token)
    wanted = trail.Wanted()
    line = trail.read(Actor(user=alice), organization_id=organization.id, wanted=wanted, now=SOON).lines[0]
    assert line.event.action.endswith("_declined") or line.event.action == "invitation.declined"
    kept = Event.objects.get(id=line.event.id).personal.data
    assert kept["ip"] == "203.0.113.9", "the installation's own trail knows it"
    assert dict(line.personal) == {}
