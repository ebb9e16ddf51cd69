"""Many at once: a report line by line, all or the good ones, and mails that follow by themselves; S253."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.mails import last_letter, letters_to
from audit.models import Event
from core.errors import NotAllowed, NotFound, RateLimited, ReauthenticationRequired
from core.models import Mail
from organizations.factories import join, make_organization, make_role
from organizations.invitation_files import Line, read
from organizations.models import Invitation, Organization
from organizations.permissions import ADMIN
from organizations.services import bulk_invitations, invitation_mails, invitations
from organizations.services.bulk_invitations import Report
from organizations.tests.invitation_cast import NOW, SOON, accept, acting, invite, policy


def invite_many(organization: Organization, by: User, text: str, **more: Any) -> Report:
    more.setdefault("default_role", "member")
    return bulk_invitations.invite_many(
        actor=acting(by), organization_id=organization.id, lines=read(text), **more, now=NOW
    )


def reasons(report: Report) -> dict[int, str]:
    return {fault.line: fault.reason for fault in report.faults}


def test_a_list_in_order_is_written_at_once_and_mailed_afterwards(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    report = invite_many(organization, alice, "bob@example.com,admin\nnew@example.com\n")
    assert report == Report(2, 2, [])
    assert {row.email: row.role.key for row in Invitation.objects.all()} == {
        "bob@example.com": "admin",
        "new@example.com": "member",
    }
    assert not Mail.objects.exists()
    event = Event.objects.get(action="invitation.created_many")
    assert event.data["roles"] == {"admin": 1, "member": 1}
    assert invitation_mails.send_due(now=SOON) == 2
    assert invitation_mails.send_due(now=SOON) == 0
    assert accept(bob, last_letter("bob@example.com").token).role.key == ADMIN
    mailed = Event.objects.filter(action="invitation.mailed")
    assert {event.personal.data["email"] for event in mailed} == {"bob@example.com", "new@example.com"}


def test_every_fault_is_told_by_its_line_and_nothing_is_half_done(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    join(organization, bob)
    invite(organization, alice, "waiting@example.com")
    policy(organization, email_domains=["example.com"])
    before = Mail.objects.count()
    report = invite_many(
        organization,
        alice,
        "email,role\n"
        "good@example.com,member\n"
        "=cmd|' /C calc'!A0,member\n"
        "no address,member\n"
        "x@example.com,boss\n"
        "GOOD@example.com,admin\n"
        "bob@example.com,\n"
        "waiting@example.com,\n"
        "x@elsewhere.example,\n",
    )
    assert reasons(report) == {
        3: "formula", 4: "invalid_email", 5: "unknown_role", 6: "duplicate", 7: "already_member",
        8: "already_invited", 9: "domain_not_allowed",
    }  # fmt: skip
    assert (report.good, report.sent) == (1, 0)
    assert Invitation.objects.count() == 1
    assert Mail.objects.count() == before
    assert not Event.objects.filter(action="invitation.created_many").exists()


def test_the_good_ones_go_out_when_the_person_says_so(alice: User) -> None:
    organization = make_organization(alice)
    report = invite_many(organization, alice, "good@example.com\nbad\n", send_good=True)
    assert (report.good, report.sent, len(report.faults)) == (1, 1, 1)
    assert Invitation.objects.get().email == "good@example.com"
    assert invite_many(organization, alice, "bad\n", send_good=True).sent == 0


def test_s194_nobody_lists_a_role_above_their_own(alice: User, bob: User) -> None:
    organization = make_organization(alice)
    join(organization, bob, ADMIN)
    strong = make_role(organization, "invoices:write")
    text = f"a@x.example,owner\nb@x.example,{strong.key}\nc@x.example,admin\n"
    report = invite_many(organization, bob, text, send_good=True)
    assert reasons(report) == {1: "beyond_own_permissions", 2: "beyond_own_permissions"}
    assert Invitation.objects.get().email == "c@x.example"


def test_owners_among_them_ask_for_a_fresh_proof(alice: User) -> None:
    organization = make_organization(alice)
    late = NOW + timedelta(hours=2)
    with pytest.raises(ReauthenticationRequired):
        bulk_invitations.invite_many(
            actor=acting(alice),
            organization_id=organization.id,
            lines=[Line(1, "heir@example.com", "owner")],
            now=late,
        )
    assert not Invitation.objects.exists()


def test_who_may_not_invite_gets_no_report(alice: User, bob: User, charlie: User) -> None:
    organization = make_organization(alice)
    join(organization, bob)
    with pytest.raises(NotAllowed):
        invite_many(organization, bob, "alice@example.com\n")
    with pytest.raises(NotFound):
        invite_many(organization, charlie, "alice@example.com\n")


def test_more_than_the_day_allows_is_refused_as_a_whole(alice: User, janua_options: Any) -> None:
    janua_options(invitations_per_day=2)
    organization = make_organization(alice)
    with pytest.raises(RateLimited):
        invite_many(organization, alice, "a@x.example\nb@x.example\nc@x.example\n")
    assert not Invitation.objects.exists()


def test_s253_ten_thousand_lines_take_a_handful_of_statements(
    alice: User, janua_options: Any, django_assert_max_num_queries: Any
) -> None:
    janua_options(invitations_per_day=10_000)
    organization = make_organization(alice)
    text = "email,role\n" + "".join(f"person{number}@example.com,member\n" for number in range(10_000))
    with django_assert_max_num_queries(
        50
    ):  # ten of them INSERTs of a thousand rows, sixteen the very first system roles
        report = invite_many(organization, alice, text)
    assert report == Report(10_000, 10_000, [])
    assert Invitation.objects.count() == 10_000


def test_what_was_taken_back_before_its_mail_is_not_mailed(alice: User) -> None:
    organization = make_organization(alice)
    invite_many(organization, alice, "a@x.example\nb@x.example\n")
    gone = Invitation.objects.get(email="a@x.example")
    invitations.revoke(actor=acting(alice), organization_id=organization.id, invitation_id=gone.id, now=NOW)
    assert invitation_mails.send_due(now=SOON) == 1
    assert not letters_to("a@x.example")


def test_a_closed_organizations_mails_wait_and_hold_up_nobody(alice: User, bob: User) -> None:
    shut, other = make_organization(alice), make_organization(bob)
    invite_many(shut, alice, "a@x.example\n")
    invite_many(other, bob, "b@x.example\n")
    Organization.objects.filter(id=shut.id).update(suspended_at=NOW)
    assert invitation_mails.send_due(now=SOON) == 1
    assert letters_to("b@x.example") and not letters_to("a@x.example")
    Organization.objects.filter(id=shut.id).update(suspended_at=None)
    assert invitation_mails.send_due(now=SOON) == 1


def test_a_mailbox_that_has_had_enough_today_gets_its_mail_later(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for _ in range(20):
        invite(make_organization(alice), alice, "much@x.example")
    organization = make_organization(alice)
    invite_many(organization, alice, "much@x.example\n")
    assert invitation_mails.send_due(now=SOON) == 0
    waiting = Invitation.objects.get(organization=organization)
    assert waiting.sent_at is None and waiting.mail_due_at is not None and waiting.mail_due_at > SOON
    assert invitation_mails.send_due(now=NOW + timedelta(days=1, seconds=1)) == 1


def test_one_run_writes_a_batch_and_the_next_goes_on(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation_mails, "BATCH", 2)
    organization = make_organization(alice)
    invite_many(organization, alice, "a@x.example\nb@x.example\nc@x.example\n")
    assert [invitation_mails.send_due(now=SOON) for _ in range(3)] == [2, 1, 0]
