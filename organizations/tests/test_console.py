"""The operators' console: tables of organizations to look at, and two acts with a reason."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from organizations.factories import make_organization
from organizations.models import ApiKey, Invitation, Organization, Role
from organizations.permissions import MEMBER

CONSOLE = "/admin/organizations"


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice, name="Acme Works", slug="acme")


@pytest.fixture
def console(olivia: User) -> Client:
    return signed_in(olivia)


@pytest.mark.parametrize("table", ["organization", "membership", "role", "invitation", "apikey"])
def test_each_table_lists_searches_and_shows_without_secrets(
    acme: Organization, alice: User, console: Client, table: str
) -> None:
    now = clock.now()
    ApiKey.objects.create(
        organization=acme,
        user=alice,
        name="CI",
        hint="jnu_sk_abcd",
        secret_hash="hash-of-a-key",
        created_at=now,
    )
    Invitation.objects.create(
        organization=acme,
        email="dora@example.com",
        role=Role.objects.system(MEMBER),
        link_hash="hash-of-a-link",
        created_at=now,
        sent_at=now,
        expires_at=now,
    )
    listed = console.get(f"{CONSOLE}/{table}/", {"q": "acme"})
    assert listed.status_code == 200
    rows = listed.context["cl"].result_list
    pages = [listed.content, *(console.get(f"{CONSOLE}/{table}/{row.pk}/change/").content for row in rows)]
    assert (len(rows) > 0) is (table != "role")  # Acme has no role of its own
    assert all(b"hash-of-a" not in page for page in pages)
    assert console.get(f"{CONSOLE}/{table}/add/").status_code == 403


def test_an_organization_is_found_by_its_id_and_by_its_state(acme: Organization, console: Client) -> None:
    def found(query: dict[str, str]) -> list[str]:
        answer = console.get(f"{CONSOLE}/organization/", query)
        return [row.slug for row in answer.context["cl"].result_list]

    assert found({"q": str(acme.id)}) == found({"q": "works"}) == found({"status": "open"}) == ["acme"]
    assert found({"status": "suspended"}) == []


def test_the_filter_takes_nothing_but_what_is_on_the_page(acme: Organization, console: Client) -> None:
    answer = console.get(f"{CONSOLE}/apikey/", {"secret_hash__startswith": "h"})
    assert answer.status_code in (302, 400)


def test_an_operator_suspends_with_a_reason_and_not_without(acme: Organization, console: Client) -> None:
    form = {"action": "suspend", "_selected_action": [str(acme.id)]}
    refused = console.post(f"{CONSOLE}/organization/", form, follow=True)
    assert "Not done for acme" in refused.content.decode()
    assert Organization.objects.get().suspended_at is None
    console.post(f"{CONSOLE}/organization/", {**form, "reason": "Spam"})
    assert Organization.objects.get().suspended_at is not None
    console.post(f"{CONSOLE}/organization/", {**form, "action": "reopen", "reason": "Sorry"})
    assert Organization.objects.get().suspended_at is None
