"""Invitations over REST: one thin test per operation, and who is let in."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.address_cast import bearer_of, session_of
from accounts.tests.mails import last_letter
from core import clock
from organizations.factories import join, make_organization
from organizations.models import Invitation, Organization
from organizations.services import invitations
from organizations.services.access import Actor
from organizations.tests.invitation_cast import BOB, members_of

FORGED = "jnu_in_" + "A" * 43


def call(user: User | None, method: str, path: str, body: Any = None, **more: Any) -> Any:
    headers = bearer_of(user) if user else {}
    more.setdefault("content_type", "application/json")
    data = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
    return Client().generic(method, f"/api/v1{path}", data, headers=headers, **more)


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, name="Acme")


@pytest.fixture
def token(acme: Organization, alice: User) -> str:
    """The link's token of an invitation of bob."""
    invitations.invite(
        actor=acting_now(alice), organization_id=acme.id, email=BOB, role_key="member", now=clock.now()
    )
    return last_letter(BOB).token


def acting_now(user: User) -> Actor:
    return Actor.of_session(session_of(user, proven_at=clock.now()))


def base(acme: Organization) -> str:
    return f"/organizations/{acme.id}/invitations"


def test_inviting_shows_everything_but_the_link(acme: Organization, alice: User) -> None:
    answer = call(alice, "POST", base(acme), {"email": "Bob@Example.com", "role": "member"})
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["email"], shown["role"]["key"], shown["state"]) == (BOB, "member", "pending")
    assert last_letter(BOB).token not in answer.content.decode()
    assert "link" not in answer.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        {"email": "new@example.com", "role": "member", "state": "accepted"},
        {"email": "new@example.com", "role": "member", "organization_id": str(uuid4())},
        {"email": "new@example.com", "role": "member", "invited_by": str(uuid4())},
        {"email": "new@example.com"},
        {"email": "no address", "role": "member"},
        {"email": "new@example.com", "role": "boss"},
    ],
)
def test_s194_bad_bodies_are_refused_and_write_nothing(
    acme: Organization, alice: User, body: dict[str, str]
) -> None:
    assert call(alice, "POST", base(acme), body).status_code == 422
    assert not Invitation.objects.exists()


def test_the_list_goes_on_from_a_cursor_and_knows_what_is_pending(acme: Organization, alice: User) -> None:
    for name in ("a", "b", "c"):
        call(alice, "POST", base(acme), {"email": f"{name}@example.com", "role": "viewer"})
    first = call(alice, "GET", f"{base(acme)}?limit=2").json()
    assert [row["email"] for row in first["data"]] == ["c@example.com", "b@example.com"]
    rest = call(alice, "GET", f"{base(acme)}?limit=2&cursor={first['next_cursor']}").json()
    assert [row["email"] for row in rest["data"]] == ["a@example.com"]
    assert rest["next_cursor"] is None
    gone = first["data"][0]["id"]
    assert call(alice, "DELETE", f"{base(acme)}/{gone}").status_code == 204
    pending = call(alice, "GET", f"{base(acme)}?state=pending").json()["data"]
    assert [row["email"] for row in pending] == ["b@example.com", "a@example.com"]
    states = [row["state"] for row in call(alice, "GET", base(acme)).json()["data"]]
    assert states == ["revoked", "pending", "pending"]
    assert call(alice, "GET", f"{base(acme)}?state=lost").status_code == 422


def test_a_page_of_the_list_takes_three_statements(
    acme: Organization, alice: User, django_assert_num_queries: Any
) -> None:
    for number in range(12):
        call(alice, "POST", base(acme), {"email": f"p{number}@example.com", "role": "viewer"})
    actor, now = acting_now(alice), clock.now()
    with django_assert_num_queries(3):
        page = invitations.read(
            actor=actor, organization_id=acme.id, place=invitations.Place(limit=10), now=now
        )
        assert all(row.role.key and row.inviter_name for row in page.rows)


def test_many_as_json(acme: Organization, alice: User) -> None:
    rows = [{"email": "a@example.com"}, {"email": "bad", "role": "member"}]
    report = call(alice, "POST", f"{base(acme)}/bulk", {"invitations": rows, "role": "viewer"}).json()
    assert (report["good"], report["sent"]) == (1, 0)
    assert [(fault["line"], fault["reason"]) for fault in report["faults"]] == [(2, "invalid_email")]
    body = {"invitations": rows, "role": "viewer", "send_good": True}
    assert call(alice, "POST", f"{base(acme)}/bulk", body).json()["sent"] == 1


def test_many_as_csv(acme: Organization, alice: User) -> None:
    text = b"email,role\na@example.com,admin\nb@example.com,\n"
    path = f"{base(acme)}/bulk?role=member"
    report = call(alice, "POST", path, text, content_type="text/csv")
    assert report.json() == {"good": 2, "sent": 2, "faults": []}
    assert call(alice, "POST", path, b"\xff\xfe", content_type="text/csv").status_code == 422
    assert call(alice, "POST", path, b"x" * 1_000_001, content_type="text/csv").status_code == 413
    assert call(alice, "POST", f"{path}&send=1", text, content_type="text/csv").status_code == 422


def test_sending_again_and_taking_back(acme: Organization, alice: User, token: str) -> None:
    one = f"{base(acme)}/{Invitation.objects.get().id}"
    assert call(alice, "POST", f"{one}/resend").status_code == 200
    assert last_letter(BOB).token != token
    assert call(alice, "DELETE", one).status_code == 204
    assert call(alice, "DELETE", one).status_code == 409


def test_a_link_is_looked_at_without_acting(token: str) -> None:
    answer = call(None, "GET", f"/invitations/validate?token={token}")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["organization"]["name"], shown["email"]) == ("Acme", "b…@example.com")
    assert answer["Cache-Control"] == "no-store"
    assert call(None, "GET", f"/invitations/validate?token={FORGED}").status_code == 404
    assert call(None, "GET", "/invitations/validate").status_code == 422
    assert Invitation.objects.get().used_at is None


def test_accepting_asks_for_the_right_person(
    acme: Organization, bob: User, charlie: User, token: str
) -> None:
    body = {"token": token}
    assert call(None, "POST", "/invitations/accept", body).status_code == 401
    refused = call(charlie, "POST", "/invitations/accept", body)
    assert (refused.status_code, refused.json()["reason"]) == (403, "other_address")
    assert call(charlie, "POST", "/invitations/accept", {"token": FORGED}).status_code == 404
    joined = call(bob, "POST", "/invitations/accept", body)
    assert joined.status_code == 200
    assert joined.json()["organization"] == {"id": str(acme.id), "name": "Acme"}
    assert joined.json()["role"]["key"] == "member"
    assert call(bob, "POST", "/invitations/accept", body).status_code == 409
    assert bob.id in members_of(acme)


def test_whoever_holds_the_link_may_decline(token: str) -> None:
    assert call(None, "GET", f"/invitations/decline?token={token}").status_code == 405
    assert call(None, "POST", "/invitations/decline", {"token": token}).status_code == 204
    assert call(None, "POST", "/invitations/decline", {"token": token}).status_code == 409


def test_ones_own_need_no_link(acme: Organization, bob: User, charlie: User, token: str) -> None:
    assert call(charlie, "GET", "/users/me/invitations").json() == {"data": []}
    [waiting] = call(bob, "GET", "/users/me/invitations").json()["data"]
    assert waiting["email"] == BOB
    own = f"/users/me/invitations/{waiting['id']}"
    for act in ("accept", "decline"):
        assert call(charlie, "POST", f"{own}/{act}").status_code == 404
    assert call(bob, "POST", f"{own}/accept").status_code == 200
    assert call(bob, "POST", f"{own}/decline").status_code == 409


def test_charlie_finds_nothing_and_bob_may_not(
    acme: Organization, bob: User, charlie: User, token: str
) -> None:
    join(acme, bob)
    one = f"{base(acme)}/{Invitation.objects.get().id}"
    body = {"email": "new@example.com", "role": "member"}
    acts: list[tuple[str, str, Any]] = [
        ("GET", base(acme), None),
        ("POST", base(acme), body),
        ("POST", f"{base(acme)}/bulk", {"invitations": [body]}),
        ("POST", f"{one}/resend", None),
        ("DELETE", one, None),
    ]
    for method, path, sent in acts:
        assert call(charlie, method, path, sent).status_code == 404
        assert call(bob, method, path, sent).status_code == 403
        assert call(None, method, path, sent).status_code == 401


def test_s194_an_invitation_of_another_organization_is_not_there(
    acme: Organization, alice: User, charlie: User, token: str
) -> None:
    other = make_organization(charlie)
    foreign = f"{base(other)}/{Invitation.objects.get().id}"
    assert call(charlie, "POST", f"{foreign}/resend").status_code == 404
    assert call(charlie, "DELETE", foreign).status_code == 404
    assert Invitation.objects.get().revoked_at is None


def test_a_dead_token_of_somebody_does_not_stand_in_the_way_of_the_link(token: str) -> None:
    dead = {"Authorization": "Bearer nonsense"}
    path = "/api/v1/invitations/"
    assert Client().get(f"{path}validate", {"token": token}, headers=dead).status_code == 200
    sent = {"data": {"token": token}, "content_type": "application/json", "headers": dead}
    assert Client().post(f"{path}decline", **sent).status_code == 204  # type: ignore[arg-type]
