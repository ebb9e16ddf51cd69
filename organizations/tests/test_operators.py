"""Operators find organizations, shut them and open them again; what is in them they do not see."""

from typing import Any

import pytest

from accounts.models import Session, User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import Conflict, NotAllowed, NotFound, ReauthenticationRequired, ValidationFailed
from core.models import Mail
from organizations.factories import join, make_organization
from organizations.models import Organization
from organizations.permissions import ADMIN, OWNER, Permission
from organizations.services import access, operators, system_roles
from organizations.services.access import Actor
from organizations.tests.rest import Rest

LIST = "/admin/organizations"


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


def suspend(actor: User, organization: Organization, reason: str = "Spam") -> Organization:
    return operators.suspend(
        session=proven(actor), organization_id=organization.id, reason=reason, now=clock.now()
    )


def reopen(actor: User, organization: Organization, reason: str = "Sorry") -> Organization:
    return operators.reopen(
        session=proven(actor), organization_id=organization.id, reason=reason, now=clock.now()
    )


def test_a_suspended_organization_can_be_read_but_not_worked_in_until_it_is_reopened(
    acme: Organization, alice: User, olivia: User
) -> None:
    actor = Actor(user=alice)
    update = Permission.ORGANIZATION_UPDATE
    suspend(olivia, acme)
    assert access.look(actor, acme.id, Permission.ORGANIZATION_READ, now=clock.now())
    with pytest.raises(Conflict) as refused:
        access.enter(actor, acme.id, update, now=clock.now())
    assert refused.value.reason == "organization_closed"
    reopen(olivia, acme)
    assert access.enter(actor, acme.id, update, now=clock.now())


def test_owners_get_the_reason_by_mail_and_nobody_else_does(
    acme: Organization, alice: User, bob: User, charlie: User, olivia: User
) -> None:
    join(acme, bob, OWNER)
    join(acme, charlie, ADMIN)
    suspend(olivia, acme, "  Spam, often.  ")
    mails = Mail.objects.filter(kind="organization_suspended")
    assert {mail.recipient for mail in mails} == {alice.email, bob.email}
    assert all("Spam, often." in mail.text and "Spam, often." in mail.html for mail in mails)
    assert mails[0].subject == "Acme was suspended"
    reopen(olivia, acme)
    assert Mail.objects.filter(kind="organization_reopened").count() == 2


def test_both_acts_stand_in_the_organizations_own_chain(acme: Organization, olivia: User) -> None:
    suspend(olivia, acme)
    reopen(olivia, acme)
    lines = Event.objects.filter(organization_id=acme.id).order_by("seq")
    assert [(line.action, line.data, line.actor_id) for line in lines] == [
        ("organization.suspended", {"reason": "Spam", "from_outside": True}, olivia.id),
        ("organization.reopened", {"reason": "Sorry", "from_outside": True}, olivia.id),
    ]


def test_an_act_that_changes_nothing_is_refused_and_writes_nothing(acme: Organization, olivia: User) -> None:
    with pytest.raises(Conflict):
        reopen(olivia, acme)
    suspend(olivia, acme)
    with pytest.raises(Conflict):
        suspend(olivia, acme)
    assert Event.objects.filter(organization_id=acme.id).count() == 1
    assert Mail.objects.filter(kind__startswith="organization_").count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_an_act_needs_a_reason(acme: Organization, olivia: User, reason: str) -> None:
    with pytest.raises(ValidationFailed):
        suspend(olivia, acme, reason)
    assert Organization.objects.get().suspended_at is None


def test_nobody_but_operators_may(acme: Organization, alice: User) -> None:
    for act in (suspend, reopen):
        with pytest.raises(NotAllowed):
            act(alice, acme)
    with pytest.raises(NotAllowed):
        operators.find(alice, operators.Wanted())
    with pytest.raises(NotAllowed):
        operators.get(alice, acme.id)


@pytest.mark.parametrize(
    ("lost", "refusal"),
    [
        ("session", ReauthenticationRequired),
        ("account", ReauthenticationRequired),
        ("role", NotAllowed),
    ],
)
def test_whoever_was_locked_out_since_the_request_began_does_nothing_more(
    acme: Organization, olivia: User, lost: str, refusal: type[Exception]
) -> None:
    session = proven(olivia)
    assert session.user.role
    if lost == "session":
        Session.objects.filter(id=session.id).update(ended_at=clock.now())
    else:
        values = {"role": ""} if lost == "role" else {"status": User.Status.SUSPENDED}
        User.objects.filter(id=olivia.id).update(**values)
    now, about = clock.now(), {"organization_id": acme.id, "reason": "Spam"}
    for act in (operators.suspend, operators.reopen):
        with pytest.raises(refusal):
            act(session=session, now=now, **about)  # type: ignore[arg-type]
        session.user = olivia  # as it was read when the request began
    with pytest.raises(refusal):
        system_roles.set_app_permissions(session=session, key="member", permissions=[], now=now)
    assert Organization.objects.get().suspended_at is None
    assert not Mail.objects.filter(kind__startswith="organization_").exists()


def test_what_is_not_there_is_not_found(olivia: User) -> None:
    nowhere = Organization()
    for act in (suspend, reopen):
        with pytest.raises(NotFound):
            act(olivia, nowhere)


def test_the_list_is_filtered_and_searched(acme: Organization, bob: User, olivia: User) -> None:
    beta = make_organization(bob, name="Beta Works", slug="beta")
    suspend(olivia, acme)
    rest = Rest(olivia)

    def found(**query: Any) -> list[str]:
        answer = rest("GET", LIST, query)
        assert answer.status_code == 200, answer.content
        return [row["slug"] for row in answer.json()["data"]]

    assert found() == ["beta", "acme"]
    assert found(status="suspended") == ["acme"]
    assert found(status="open") == ["beta"]
    assert found(search="WORKS") == ["beta"]
    Organization.objects.filter(id=beta.id).update(deletion_due_at=clock.now())
    assert found(status="deleting") == ["beta"]
    assert found(created_before="2020-01-01T00:00:00Z") == []


def test_over_rest_an_operator_reads_suspends_and_reopens(
    acme: Organization, alice: User, bob: User, olivia: User
) -> None:
    join(acme, bob)
    rest, one = Rest(olivia), f"{LIST}/{acme.id}"
    shown = rest("GET", one).json()
    assert (shown["status"], shown["member_count"]) == ("open", 2)
    assert shown["owners"] == [{"id": str(alice.id), "email": alice.email}]
    assert rest("POST", f"{one}/suspend", {"reason": "Spam"}).json()["status"] == "suspended"
    assert rest("POST", f"{one}/suspend", {"reason": "Spam"}).status_code == 409
    assert rest("POST", f"{one}/reopen", {"reason": "Sorry"}).json()["status"] == "open"


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x", "status": "open"}, {"reason": [1]}])
def test_over_rest_a_bad_body_changes_nothing(acme: Organization, olivia: User, body: Any) -> None:
    assert Rest(olivia)("POST", f"{LIST}/{acme.id}/suspend", body).status_code == 422
    assert Organization.objects.get().suspended_at is None


def test_over_rest_owners_are_no_operators(acme: Organization, alice: User) -> None:
    rest = Rest(alice)
    for method, path in (("GET", ""), ("GET", f"/{acme.id}"), ("POST", f"/{acme.id}/suspend")):
        body = {"reason": "Mine"} if method == "POST" else None
        assert rest(method, f"{LIST}{path}", body).status_code == 403
