"""Whatever a key changes, the trail says that it was a key, which, and whose: every route that keys open (S215)."""

import pytest

from accounts.models import User
from audit.models import Event
from core.policy import Credential
from organizations.models import ApiKey
from tests.adversarial.organization_routes import Route, body_for, organization_routes
from tests.adversarial.organization_scene import Scene, between, written
from tests.adversarial.organization_table import NEEDS, NOT_OF_ONE, PERSONS_ALONE

CHANGES = [
    pytest.param(route, method, id=f"{method} {route.name}")
    for route in organization_routes()
    if Credential.API_KEY in route.policy.accepts and route.name not in NOT_OF_ONE
    for method in NEEDS[route.name]
    if method != "GET" and method not in PERSONS_ALONE.get(route.name, ())
]
NOTHING_TO_CHANGE = frozenset(
    {
        ("PUT", "api_member_role"),  # they have it
        ("PUT", "api_group_member"),
        ("PUT", "api_group_role"),
        ("PATCH", "api_organization"),  # an empty body names nothing
        ("PATCH", "api_service_account"),
        ("PATCH", "api_group"),
        ("PATCH", "api_role"),
        ("POST", "api_member_resume"),  # who is not suspended
        ("POST", "api_check"),  # questions
        ("POST", "api_check_many"),
        ("POST", "api_evaluate"),
        ("POST", "api_invitations_bulk"),  # a line without a role: a report
        ("DELETE", "api_organization_logo"),  # there is none
        ("DELETE", "api_organization_branding"),
    }
)
"""What the least request changes nothing by; `organizations/tests/test_keys_and_*` do change something."""


@pytest.mark.parametrize("who", ["owner", "admin robot"])
@pytest.mark.parametrize(("route", "method"), CHANGES)
def test_the_line_names_the_key_and_its_owner(
    route: Route, method: str, who: str, alice: User, bob: User, charlie: User
) -> None:
    scene = Scene(alice, bob, charlie)
    caller = scene.by_key(who)
    key = ApiKey.objects.get(name=f"of {who}")
    kind, owner = (
        ("service_account", key.service_account_id) if key.service_account_id else ("user", key.user_id)
    )
    seen, before = set(Event.objects.values_list("id", flat=True)), written()
    answer = caller.send(method, route.path(scene.own.values), body_for(route, method, scene.own.values))
    lines = Event.objects.exclude(id__in=seen)
    wrote = between(before, written())
    assert answer.status_code < 300, answer.content
    assert bool(lines) == bool(wrote) == ((method, route.name) not in NOTHING_TO_CHANGE)
    for line in lines:
        assert (line.actor_type, line.actor_id, line.session_id) == (kind, owner, None)
        assert line.client_id == f"api_key:{key.id}"
        assert line.organization_id == scene.own.organization.id
