"""S192: owners who leave, demote or remove each other at once: one stays."""

import uuid
from typing import Any

import pytest
import requests

from tests.races.racing import RUNNERS, Request, race
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
ROUNDS = 10
ALL = 100
"""Of what S192 names: owners who demote or remove each other."""
INSERT = (
    "INSERT INTO organizations_membership (id, organization_id, user_id, role_id, is_default, joined_at) "
    "SELECT gen_random_uuid(), %s, id, (SELECT id FROM organizations_role WHERE key = %s AND organization_id IS NULL), "
    "false, now() FROM accounts_user WHERE email = %s"
)
ROLE = "SELECT id FROM organizations_role WHERE organization_id IS NULL AND key ="
AGAIN = (
    "INSERT INTO organizations_membership (id, organization_id, user_id, role_id, is_default, joined_at) "
    f"SELECT %s, %s, id, ({ROLE} 'owner'), false, now() FROM accounts_user WHERE email = %s "
    "ON CONFLICT (id) DO UPDATE SET role_id = excluded.role_id, suspended_at = NULL"
)


class Owner:
    """A person who calls the API."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.email = f"owner{number}@example.com"
        self.base_url = f"{stage.base_url}/api/v1/organizations"
        stage.janua.create_user(self.email, PASSWORD)
        body = {"email": self.email, "password": PASSWORD}
        login = requests.post(f"{stage.base_url}/api/v1/auth/login", json=body, timeout=30).json()
        self.bearer = {"Authorization": f"Bearer {login['tokens']['access_token']}"}

    def __call__(self, method: str, path: str = "", body: Any = None) -> requests.Response:
        return requests.request(method, self.base_url + path, json=body, headers=self.bearer, timeout=60)


@pytest.fixture(scope="module")
def owners(stage: Stage) -> list[Owner]:
    stage.janua.manage(
        "shell", "-c", "from organizations.models import Role; Role.objects.system('viewer')"
    )  # the rows of system roles come into being when first needed
    return [Owner(stage, number) for number in range(RUNNERS)]


def organization_of(stage: Stage, owners: list[Owner]) -> tuple[str, dict[str, dict[str, Any]]]:
    """A new one that all of them own: its path, and the members by address."""
    made = owners[0]("POST", body={"name": "Race", "slug": f"race-{uuid.uuid4().hex[:12]}"}).json()
    for owner in owners[1:]:
        stage.execute(INSERT, made["id"], "owner", owner.email)
    path = f"/{made['id']}"
    rows = owners[0]("GET", f"{path}/members").json()["data"]
    return path, {row["user"]["email"]: row for row in rows}


def owning(stage: Stage, path: str) -> int:
    rows = stage.rows(
        "SELECT m.id FROM organizations_membership m JOIN organizations_role r ON r.id = m.role_id "
        "WHERE m.organization_id = %s AND r.key = 'owner' AND m.suspended_at IS NULL",
        path[1:],
    )
    return len(rows)


def put_away(stage: Stage, path: str) -> None:
    """Nobody meets the limit of how many one may own."""
    stage.execute("DELETE FROM organizations_membership WHERE organization_id = %s", path[1:])


def test_s192_of_eight_owners_who_leave_at_once_one_stays(stage: Stage, owners: list[Owner]) -> None:
    for _ in range(ROUNDS):
        path, _members = organization_of(stage, owners)
        answers = race([lambda owner=owner: owner("POST", f"{path}/leave") for owner in owners])  # type: ignore[misc] # noqa: B023
        assert sorted(answer.status_code for answer in answers) == [204] * (RUNNERS - 1) + [409]
        assert owning(stage, path) == 1
        put_away(stage, path)


@pytest.mark.parametrize(("how", "rounds"), [("remove", ALL), ("demote", ALL), ("suspend", ROUNDS)])
def test_s192_of_two_owners_who_end_each_other_at_once_one_stays(
    stage: Stage, owners: list[Owner], how: str, rounds: int
) -> None:
    pair = owners[:2]
    path, members = organization_of(stage, pair)
    [viewer] = stage.rows(f"{ROLE} 'viewer'")
    places = {owner.email: members[owner.email]["id"] for owner in pair}
    sent: list[Request] = []
    for actor, target in [pair, pair[::-1]] * (RUNNERS // 2):
        sent.append(_ending(actor, f"{path}/members/{places[target.email]}", how, str(viewer["id"])))
    for _ in range(rounds):
        statuses = {answer.status_code for answer in race(sent)}
        assert statuses <= {200, 204, 403, 404, 409}, statuses
        assert statuses & {200, 204}, "nobody was ended: this was no race"
        assert owning(stage, path) == 1
        own_again(stage, path, places)
    put_away(stage, path)


def own_again(stage: Stage, path: str, places: dict[str, str]) -> None:
    """Everything as before the round, the ids too: an organization of its own for each would cost more than the race."""
    for email, membership_id in places.items():
        stage.execute(AGAIN, membership_id, path[1:], email)


def _ending(actor: Owner, one: str, how: str, viewer: str) -> Request:
    return {
        "remove": lambda: actor("DELETE", one),
        "suspend": lambda: actor("POST", f"{one}/suspend"),
        "demote": lambda: actor("PATCH", one, {"role_id": viewer}),
    }[how]
