"""An app's permissions: defined by its owner, used in roles, gone from all of them when deleted."""

from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import User
from accounts.tests.address_cast import bearer_of, session_of
from audit.models import Event
from core import clock
from core.errors import Conflict
from oauth.factories import register_client
from oauth.services import client_permissions, clients
from oauth.services.clients import Registered
from organizations.factories import make_organization, make_role
from organizations.models import AppPermission, Role


@pytest.fixture
def books(alice: User) -> Registered:
    return register_client(owner=alice)


def call(user: User, method: str, books: Registered, path: str = "", body: Any = None) -> Any:
    address = f"/api/v1/oauth/clients/{books.client.client_id}/permissions{path}"
    sent = {"data": body, "content_type": "application/json"} if body is not None else {}
    return getattr(Browser(), method)(address, headers=bearer_of(user), **sent)


def define(user: User, books: Registered, name: str = "invoices:write") -> Any:
    return call(user, "post", books, body={"name": name, "description": "Write invoices"})


def test_the_owner_defines_describes_and_deletes(alice: User, books: Registered) -> None:
    made = define(alice, books)
    assert made.status_code == 201
    path = f"/{made.json()['id']}"
    assert call(alice, "patch", books, path, {"description": "New"}).json()["description"] == "New"
    assert [each["name"] for each in call(alice, "get", books).json()["data"]] == ["invoices:write"]
    assert call(alice, "delete", books, path).status_code == 204
    assert call(alice, "get", books).json()["data"] == []
    actions = Event.objects.filter(client_id=books.client.client_id, action__contains="permission")
    assert [event.action for event in actions.order_by("seq")] == [
        "client.permission_defined",
        "client.permission_defined",
        "client.permission_deleted",
    ]


def test_an_operator_may_too_and_others_find_no_client(
    bob: User, charlie: User, olivia: User, books: Registered
) -> None:
    made = define(olivia, books)
    assert made.status_code == 201
    path = f"/{made.json()['id']}"
    for stranger in (bob, charlie):
        assert define(stranger, books, "x:y").status_code == 404
        assert call(stranger, "get", books).status_code == 404
        assert call(stranger, "patch", books, path, {"description": "Mine"}).status_code == 404
        assert call(stranger, "delete", books, path).status_code == 404
    assert AppPermission.objects.get().description == "Write invoices"


def test_a_permission_of_another_client_is_not_there(alice: User, bob: User, books: Registered) -> None:
    made = define(alice, books).json()
    other = register_client(owner=bob)
    assert call(bob, "delete", other, f"/{made['id']}").status_code == 404
    assert call(bob, "patch", other, f"/{made['id']}", {"description": "x"}).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "member:read",
        "organization:own",
        "webhook:send",
        "janua:x",
        "write",
        "Invoices:write",
        "a:b:c",
        "a:*",
        "*",
        "a:b c",
    ],
)
def test_janua_keeps_its_names_and_its_form(alice: User, books: Registered, name: str) -> None:
    assert define(alice, books, name).status_code == 422
    assert not AppPermission.objects.exists()


def test_a_name_belongs_to_one_client(alice: User, bob: User, books: Registered) -> None:
    define(alice, books)
    assert define(bob, register_client(owner=bob)).status_code == 409
    assert AppPermission.objects.get().client_id == books.client.client_id


def test_a_deleted_one_leaves_every_role(alice: User, bob: User, books: Registered) -> None:
    made = define(alice, books).json()
    define(alice, books, "invoices:writes")
    roles = [
        make_role(make_organization(user), "member:read", "invoices:write", "invoices:writes")
        for user in (alice, bob)
    ]
    Role.objects.filter(id=Role.objects.system("member").id).update(permissions=["invoices:write"])
    call(alice, "delete", books, f"/{made['id']}")
    for role in roles:
        role.refresh_from_db()
        assert role.permissions == ["member:read", "invoices:writes"]
    assert Role.objects.system("member").permissions == []
    assert Event.objects.get(action="client.permission_deleted").data["roles"] == 3


def test_with_the_client_its_permissions_go(alice: User, books: Registered) -> None:
    define(alice, books)
    role = make_role(make_organization(alice), "invoices:write")
    now = clock.now()
    clients.delete(session=session_of(alice, proven_at=now), client=books.client, now=now)
    role.refresh_from_db()
    assert role.permissions == []
    assert not AppPermission.objects.exists()


def test_an_app_has_room_for_a_hundred(
    alice: User, books: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_permissions, "MAX_PERMISSIONS", 1)
    define(alice, books)
    with pytest.raises(Conflict) as refused:
        client_permissions.define(actor=alice, client=books.client, name="a:b", now=clock.now())
    assert refused.value.reason == "too_many_permissions"
