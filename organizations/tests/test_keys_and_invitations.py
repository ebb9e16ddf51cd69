"""By key over REST: inviting, again, and taking back; who answers for it, and to what a key invites nobody (S188)."""

import json
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.mails import last_letter
from core import clock
from core.errors import Conflict
from organizations.factories import join, make_organization
from organizations.models import (
    Invitation,
    Membership,
    Organization,
    OrganizationPolicy,
    Role,
    ServiceAccount,
)
from organizations.permissions import ADMIN, MEMBER, VIEWER
from organizations.services import invitation_mails, joining
from organizations.tests.cast import acting
from organizations.tests.keys import Machine, machine_of, make_key, send

MEMBERS = ("organization:read", "member:read", "role:read", "group:read", "key:own")
INVITES = (*MEMBERS, "member:invite")
CAROL = "charlie@example.com"


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    made = make_organization(alice, slug="acme")
    join(made, bob, ADMIN)
    return made


@pytest.fixture
def machine(alice: User, acme: Organization) -> Machine:
    """It invites; its account is an admin, the key may no more than members and this."""
    return machine_of(alice, acme, *INVITES)


def invited(machine: Machine, email: str = CAROL, role: str = MEMBER) -> Any:
    answer = machine("POST", "/invitations", {"email": email, "role": role})
    assert answer.status_code == 201, answer.content
    return answer.json()


def accept(person: User) -> Membership:
    token = last_letter(person.email).token
    return joining.accept_by_link(session=acting(person).session, token=token, now=clock.now())  # type: ignore[arg-type]


def test_a_machine_invites_and_its_account_answers_for_it(machine: Machine, charlie: User) -> None:
    told = invited(machine)
    assert told["invited_by"] == machine.account.name
    assert machine.is_named_in("invitation.created")
    row = Invitation.objects.get()
    assert (row.invited_by, row.invited_by_account) == (None, machine.account)
    assert accept(charlie).role.key == MEMBER


def test_a_machine_lists_sends_again_and_takes_back(machine: Machine) -> None:
    one = f"/invitations/{invited(machine)['id']}"
    assert machine("POST", f"{one}/resend").status_code == 200
    assert machine.is_named_in("invitation.resent")
    assert [row["email"] for row in machine("GET", "/invitations").json()["data"]] == [CAROL]
    assert machine("DELETE", one).status_code == 204
    assert machine.is_named_in("invitation.revoked")


def test_a_machine_that_sends_a_persons_invitation_again_answers_for_it(
    machine: Machine, acme: Organization, bob: User
) -> None:
    _, secret = make_key(bob, acme, *INVITES)
    path = f"/organizations/{acme.id}/invitations"
    body = json.dumps({"email": CAROL, "role": MEMBER})
    made = send("POST", path, secret, body).json()
    row = Invitation.objects.get()
    assert (row.invited_by, row.invited_by_account) == (bob, None)
    assert machine("POST", f"/invitations/{made['id']}/resend").status_code == 200
    row.refresh_from_db()
    assert (row.invited_by, row.invited_by_account) == (None, machine.account)


def test_a_machine_invites_many(machine: Machine) -> None:
    lines = [{"email": f"guest{number}@example.com", "role": VIEWER} for number in range(3)]
    report = machine("POST", "/invitations/bulk", {"invitations": lines}).json()
    assert (report["good"], report["sent"]) == (3, 3)
    assert machine.is_named_in("invitation.created_many")
    assert Invitation.objects.filter(invited_by_account=machine.account).count() == 3
    assert invitation_mails.send_due(now=clock.now()) == 3


@pytest.mark.parametrize("role", [ADMIN, "owner"])
def test_s188_a_key_invites_nobody_to_more_than_it_may(machine: Machine, role: str) -> None:
    """Although its account is an admin, and may invite admins by a key that says so."""
    body = {"email": CAROL, "role": role}
    assert machine.refused("POST", "/invitations", body) == "beyond_own_permissions"
    report = machine("POST", "/invitations/bulk", {"invitations": [body], "send_good": True}).json()
    assert report["sent"] == 0
    assert [fault["reason"] for fault in report["faults"]] == ["beyond_own_permissions"]
    assert not Invitation.objects.exists()


def test_s188_a_key_neither_sends_again_nor_takes_back_what_goes_beyond_it(
    machine: Machine, acme: Organization, alice: User
) -> None:
    wide = machine_of(alice, acme, *sorted(Role.objects.system(ADMIN).granted.names), name="wide")
    one = f"/invitations/{invited(wide, role=ADMIN)['id']}"
    assert machine.refused("POST", f"{one}/resend") == "beyond_own_permissions"
    assert machine.refused("DELETE", one) == "beyond_own_permissions"
    assert wide.refused("POST", "/invitations", {"email": "x@example.com", "role": "owner"}) == (
        "beyond_own_permissions"
    )


def test_where_all_members_may_invite_a_key_still_needs_the_scope(acme: Organization, bob: User) -> None:
    OrganizationPolicy.objects.create(organization=acme, inviters="members", updated_at=clock.now())
    _, secret = make_key(bob, acme, *MEMBERS)
    path = f"/organizations/{acme.id}/invitations"
    for method, sent in (("GET", ""), ("POST", json.dumps({"email": CAROL, "role": MEMBER}))):
        answer = send(method, path, secret, sent)
        assert (answer.status_code, answer.json()["reason"]) == (403, "permission_missing")


@pytest.mark.parametrize("stop", ["disabled", "deleted", "lesser role"])
def test_s197_whoever_may_not_invite_any_more_lets_nobody_in(
    stop: str, machine: Machine, charlie: User
) -> None:
    invited(machine)
    if stop == "disabled":
        ServiceAccount.objects.update(disabled_at=clock.now())
    elif stop == "deleted":
        ServiceAccount.objects.all().delete()
    else:
        ServiceAccount.objects.update(role=Role.objects.system(MEMBER))
    with pytest.raises(Conflict) as refused:
        accept(charlie)
    assert refused.value.reason == "inviter_may_not"


def test_a_key_accepts_and_declines_nothing(machine: Machine, acme: Organization, bob: User) -> None:
    """Those are a person's own: neither by the link nor without."""
    token = {"token": "jnu_in_" + "x" * 43}
    for secret in (machine.secret, make_key(bob, acme, *INVITES)[1]):
        for method, path, body in (
            ("POST", "/invitations/accept", json.dumps(token)),
            ("GET", "/users/me/invitations", ""),
            ("POST", f"/users/me/invitations/{acme.id}/accept", ""),
        ):
            assert send(method, path, secret, body).status_code == 403, path
