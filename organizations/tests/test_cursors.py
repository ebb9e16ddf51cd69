"""Lists that go on from a cursor: each takes its own, and no other's."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.factories import UserFactory
from accounts.models import User
from audit import services as audit
from core import clock
from organizations.events.organizations import OrganizationUpdated
from organizations.factories import join, make_organization
from organizations.models import ApiKey, Invitation, Organization, Role
from organizations.permissions import MEMBER
from organizations.tests.rest import Rest

LISTS = ("members", "invitations", "api-keys", "audit")


@pytest.mark.parametrize("name", LISTS)
def test_s245_a_cursor_is_good_for_its_own_list_of_its_own_organization(alice: User, name: str) -> None:
    """Alice owns both, so that nothing but the signature stands between them."""
    mine, other = (_with_lists(alice, slug) for slug in ("mine-lists", "other-lists"))
    rest = Rest(alice)

    def page(organization: Organization, which: str, cursor: str = "") -> Any:
        query = f"?limit=1{cursor and f'&cursor={cursor}'}"
        return rest("GET", f"/organizations/{organization.id}/{which}{query}")

    cursor = page(other, name).json()["next_cursor"]
    assert page(other, name, cursor).status_code == 200
    foreign = [page(mine, name, cursor), *(page(other, each, cursor) for each in LISTS if each != name)]
    edited = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    for answer in (*foreign, page(other, name, edited)):
        assert (answer.status_code, answer.json()["reason"]) == (422, "bad_cursor")
    for limit in ("0", "-1", "101", "1000000000", "1e3"):
        assert rest("GET", f"/organizations/{other.id}/{name}?limit={limit}").status_code == 422


def _with_lists(owner: User, slug: str) -> Organization:
    """An organization with two of everything that is listed from a cursor."""
    organization, now = make_organization(owner, slug=slug), clock.now()
    for number in range(2):
        person = UserFactory(email=f"listed{number}@{slug}.example")
        join(organization, person)
        Invitation.objects.create(
            organization=organization,
            email=f"invited{number}@{slug}.example",
            role=Role.objects.system(MEMBER),
            invited_by=owner,
            created_at=now,
            expires_at=now + timedelta(days=7),
        )
        ApiKey.objects.create(
            organization=organization,
            user=owner,
            name="CI",
            hint="jnu_sk_x",
            secret_hash=ApiKey.hash_of(f"{slug}{number}"),
            created_at=now,
        )
        with transaction.atomic():
            audit.record(
                OrganizationUpdated(
                    actor_type="user",
                    actor_id=owner.id,
                    organization_id=organization.id,
                    fields=(),
                    slug=slug,
                )
            )
    return organization


def test_s245_cursors_of_people_of_organizations_and_of_activity_are_refused_by_one_another(
    alice: User, olivia: User
) -> None:
    for _ in range(2):
        make_organization(alice)
    rest, own = Rest(olivia), Rest(alice)
    for _ in range(2):
        Rest(olivia)  # a login is a line of activity
    lists = dict.fromkeys(("/users", "/admin/organizations", "/users/me/activity"), rest)
    cursors = {path: call("GET", f"{path}?limit=1").json()["next_cursor"] for path, call in lists.items()}
    for path in lists:
        for of, cursor in cursors.items():
            status = rest("GET", f"{path}?limit=1&cursor={cursor}").status_code
            assert status == (200 if of == path else 422), (path, of)
    # Nor is one person's another's.
    assert own("GET", f"/users/me/activity?cursor={cursors['/users/me/activity']}").status_code == 422
