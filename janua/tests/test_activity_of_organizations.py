"""Recent activity tells people what they did in organizations, and what was done to them there."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.activity import Kind
from accounts.models import User
from accounts.services import activity
from accounts.tests.browsers import signed_in
from audit import services as audit
from core.context import RequestContext, request_context
from oauth.services.clients import names_of
from organizations.events.roles import RoleGranted
from organizations.events.trail import TrailExported
from organizations.factories import join, make_organization
from organizations.models import Organization
from organizations.services.trail_names import of_organizations


def read(user: User, **more: Any) -> list[activity.Entry]:
    return activity.read(
        user, names_of_apps=names_of, names_of_organizations=of_organizations, **more
    ).entries


def happened(organization: Organization, by: User, to: User | None = None) -> None:
    where: dict[str, Any] = {"actor_type": "user", "actor_id": by.id, "organization_id": organization.id}
    event = (
        RoleGranted(**where, target_type="user", target_id=str(to.id), role="reviewers")
        if to
        else TrailExported(
            **where,
            target_type="organization",
            target_id=str(organization.id),
            format="csv",
            narrowed_by=(),
        )
    )
    with request_context(RequestContext(ip="192.0.2.4", user_agent="")), transaction.atomic():
        audit.record(event)


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    acme = make_organization(alice, name="Acme <Works>")
    join(acme, bob)
    return acme


def test_both_sides_read_their_own_line_and_only_their_own(
    acme: Organization, alice: User, bob: User
) -> None:
    happened(acme, alice)
    happened(acme, alice, to=bob)
    assert [entry.sentence for entry in read(alice)] == ["You took the audit trail of Acme <Works> along."]
    [told] = read(bob, kind=Kind.ORGANIZATIONS)
    assert told.sentence == "You were given a further role in Acme <Works>."
    assert told.ip == "", "whence others act is nobody's business"


def test_an_organization_that_is_gone_is_not_named(acme: Organization, bob: User, alice: User) -> None:
    happened(acme, alice, to=bob)
    acme.delete()
    [told] = read(bob)
    assert told.sentence == "You were given a further role in an organization that is gone."


def test_a_page_takes_one_statement_for_all_names(acme: Organization, alice: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            read(alice)
        return len(seen)

    happened(acme, alice)
    few = statements()
    for number in range(5):
        happened(make_organization(alice, name=f"Number {number}"), alice)
    assert statements() == few == 3


def test_the_page_of_activity_shows_it(acme: Organization, alice: User) -> None:
    happened(acme, alice)
    page = signed_in(alice).get("/account/activity", {"kind": "organizations"}).content.decode()
    assert "You took the audit trail of Acme &lt;Works&gt; along." in page
