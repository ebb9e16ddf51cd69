"""Who asks for an organization of others is told that there is none, and stands in the installation's trail."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests.browsers import signed_in
from audit import services as audit
from audit.models import Event
from core import clock, limits
from organizations import middleware
from organizations.factories import join, make_organization
from organizations.models import ApiKey, Membership, Organization, Role, ServiceAccount
from organizations.permissions import VIEWER
from organizations.tests.rest import Rest

ACTION = "organization.access_denied"


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, slug="acme")


def denials() -> list[Event]:
    return list(Event.objects.filter(action=ACTION).order_by("seq"))


def test_s183_a_page_or_a_call_for_a_foreign_organization_leaves_one_line(
    acme: Organization, charlie: User
) -> None:
    assert Rest(charlie)("GET", f"/organizations/{acme.id}").status_code == 404
    page = signed_in(charlie).get("/organizations/acme", REMOTE_ADDR="192.0.2.9")
    assert page.status_code == 404
    for line in denials():
        assert (line.actor_id, line.target_type, line.target_id) == (charlie.id, "organization", str(acme.id))
        assert (line.result, line.organization_id) == ("denied", None)
        assert line.request_id
    assert len(denials()) == 2
    assert denials()[1].personal.data["ip"] == "192.0.2.9"
    assert not Event.objects.filter(organization_id=acme.id).exists(), (
        "strangers write into no organization's trail"
    )


def test_whoever_was_suspended_or_removed_is_a_stranger_too(acme: Organization, bob: User) -> None:
    place = join(acme, bob)
    rest = Rest(bob)
    assert rest("GET", f"/organizations/{acme.id}").status_code == 200
    assert denials() == []
    Membership.objects.filter(id=place.id).update(suspended_at=clock.now())
    assert rest("GET", f"/organizations/{acme.id}").status_code == 404
    assert len(denials()) == 1


def test_members_who_ask_for_what_is_not_there_are_not_written_down(acme: Organization, alice: User) -> None:
    rest = Rest(alice)
    for path in ("/members/01a21750-8490-7053-bf28-15fb5ca7963b", "/nonsense"):
        assert rest("GET", f"/organizations/{acme.id}{path}").status_code == 404
    assert signed_in(alice).get("/organizations/acme/nonsense").status_code == 404
    assert denials() == []


def test_nor_is_who_asks_for_what_never_was_or_is_nobody(acme: Organization, charlie: User) -> None:
    assert Rest(charlie)("GET", "/organizations/01a21750-8490-7053-bf28-15fb5ca7963b").status_code == 404
    assert signed_in(charlie).get("/organizations/no-such-place").status_code == 404
    assert Client().get("/organizations/acme").status_code == 302
    assert denials() == []


@pytest.mark.parametrize("of_service", [False, True])
def test_a_key_of_another_organization_is_named(acme: Organization, charlie: User, of_service: bool) -> None:
    rival, now, secret = make_organization(charlie), clock.now(), "jnu_sk_".ljust(50, "x")
    account = ServiceAccount.objects.create(
        organization=rival, name="Robot", role=Role.objects.system(VIEWER), created_at=now
    )
    owner: dict[str, Any] = {"service_account": account} if of_service else {"user": charlie}
    key = ApiKey.objects.create(
        organization=rival,
        name="CI",
        hint="jnu_sk_x",
        secret_hash=ApiKey.hash_of(secret),
        scopes=["organization:read"],
        created_at=now,
        **owner,
    )
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get(f"/api/v1/organizations/{acme.id}", headers=headers).status_code == 404
    assert Client().get(f"/api/v1/organizations/{rival.id}", headers=headers).status_code == 200
    [line] = denials()
    kind, actor_id = ("service_account", account.id) if of_service else ("user", charlie.id)
    assert (line.actor_type, line.actor_id, line.client_id) == (kind, actor_id, f"api_key:{key.id}")


@pytest.mark.parametrize("of_service", [False, True])
def test_many_keys_of_one_owner_have_one_allowance(
    alice: User,
    acme: Organization,
    charlie: User,
    of_service: bool,
    janua_options: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    janua_options(rate_limits="on", redis_url="")
    monkeypatch.setattr(limits, "DENIALS", limits.Limit("denials", 2, limits.HOUR))
    rival = make_organization(charlie)
    secrets = [make_key(rival, charlie, number, of_service=of_service) for number in range(2)]
    for organization in (acme, *(make_organization(alice) for _ in range(2))):
        for secret in secrets:
            path = f"/api/v1/organizations/{organization.id}"
            assert Client().get(path, headers={"Authorization": f"Bearer {secret}"}).status_code == 404
    assert len(denials()) == 2
    assert len({line.target_id for line in denials()}) == 2, "once for an organization, by whichever key"


def make_key(organization: Organization, user: User, number: int, *, of_service: bool) -> str:
    """One more key of the same person or service account."""
    now, secret = clock.now(), f"jnu_sk_{number}".ljust(50, "x")
    account = ServiceAccount.objects.filter(organization=organization).first()
    if of_service and account is None:
        account = ServiceAccount.objects.create(
            organization=organization, name="Robot", role=Role.objects.system(VIEWER), created_at=now
        )
    owner: dict[str, Any] = {"service_account": account} if of_service else {"user": user}
    ApiKey.objects.create(
        organization=organization,
        name=f"CI {number}",
        hint="jnu_sk_x",
        secret_hash=ApiKey.hash_of(secret),
        scopes=["organization:read"],
        created_at=now,
        **owner,
    )
    return secret


def test_nobody_fills_the_trail_by_it(
    acme: Organization,
    alice: User,
    bob: User,
    charlie: User,
    janua_options: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once an hour for one actor and organization; and for one actor no more than so many."""
    janua_options(rate_limits="on", redis_url="")
    monkeypatch.setattr(limits, "DENIALS", limits.Limit("denials", 3, limits.HOUR))
    others = [make_organization(alice) for _ in range(4)]
    rest = Rest(charlie)
    for organization in (acme, acme, *others, acme):
        assert rest("GET", f"/organizations/{organization.id}").status_code == 404
    named = [acme, *others[:2]]
    assert [line.target_id for line in denials()] == [str(each.id) for each in named]
    assert Rest(bob)("GET", f"/organizations/{acme.id}").status_code == 404
    assert denials()[-1].actor_id == bob.id
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert signed_in(charlie).get("/organizations/acme").status_code == 404
    assert len(denials()) == 5


def test_until_the_answer_is_out_it_takes_as_much_work_as_one_about_nothing(
    acme: Organization, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked up and written is so when the server closes the answer."""
    noted: list[Any] = []
    monkeypatch.setattr(middleware, "_note", lambda _known, named: noted.append(named))
    rest = Rest(charlie)

    def statements(path: str) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            assert rest("GET", path).status_code == 404
        return [query["sql"].split("WHERE")[0] for query in seen]

    nothing = "01a21750-8490-7053-bf28-15fb5ca7963b"
    assert statements(f"/organizations/{acme.id}") == statements(f"/organizations/{nothing}")
    assert [str(each) for each in noted] == [str(acme.id), nothing]


def test_a_trail_that_cannot_be_written_changes_no_answer(
    acme: Organization, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_a: object, **_b: object) -> None:
        raise RuntimeError("no trail")

    rest = Rest(charlie)
    monkeypatch.setattr(audit, "record", fail)
    assert rest("GET", f"/organizations/{acme.id}").status_code == 404
