"""Route x method x credential x role x state of every organization route: no unexpected yes (S197, S204, S245, S246).

Generated from the URL configuration and the policy table, so that a route is in it as soon as it is there.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from audit.models import Event
from core import clock
from core.policy import Credential
from organizations.events.access import OrganizationAccessDenied
from organizations.factories import make_role
from organizations.models import Membership
from organizations.permissions import SYSTEM_ROLES
from organizations.services.access import Access
from tests.adversarial.organization_routes import METHODS, OF_ONE, Route, Sent, body_for, organization_routes
from tests.adversarial.organization_scene import (
    KEY,
    OUTSIDERS,
    ROBOTS,
    ROLES,
    STATES,
    Caller,
    Scene,
    between,
    undone,
    written,
)
from tests.adversarial.organization_table import (
    ANY_MEMBER,
    NEEDS,
    NEEDS_MORE,
    NOT_OF_ONE,
    OPEN_WHEN_SHUT,
    OWNERS_ALONE,
    PERSONS_ALONE,
)

TRAIL = {"audit_event", "audit_chain", "audit_personaldata"}
EVERY = organization_routes()
ROUTES = [route for route in EVERY if route.is_of_one_organization and route.name not in NOT_OF_ONE]
OPERATED = [route for route in EVERY if route.is_for_operators]
FOR_KEYS = [route for route in ROUTES if KEY is not None and KEY in route.policy.accepts]
each_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)


@pytest.fixture
def scene(alice: User, bob: User, charlie: User) -> Scene:
    return Scene(alice, bob, charlie)


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The permissions that services ask for, in turn."""
    seen: list[str] = []
    require = Access.require

    def noted(access: Access, permission: str) -> None:
        seen.append(str(permission))
        require(access, permission)

    monkeypatch.setattr(Access, "require", noted)
    return seen


class Asked:
    """One request, undone afterwards: its status, what it said, and where it wrote."""

    def __init__(self, caller: Caller, method: str, route: Route, values: dict[str, str], sent: Sent) -> None:
        before = written()
        with undone():
            answer = caller.send(method, route.path(values), sent)
            self.status = answer.status_code
            self.body = b"".join(answer) if answer.streaming else answer.content
            self.wrote = between(before, written())
            denied = Event.objects.filter(action=OrganizationAccessDenied.tag)
            self.denials = list(denied.values_list("actor_id", "target_id", "organization_id", "result"))
        if self.status == 404 and self.denials:
            self.wrote -= TRAIL
        self.name = f"{method} {route.template} as {caller.name}: {self.status}"
        assert self.status < 500, f"{self.name} {self.body[:300]!r}"

    @property
    def words(self) -> str:
        """What it said, without what is another in every answer."""
        text = self.body.decode(errors="replace")
        return re.sub(r'"request_id": ?"\w+"|[0-9a-f]{32}|csrf\w+"[^>]*|nonce="[^"]*"', "", text)


def ask(scene: Scene, caller: Caller, method: str, route: Route, **changes: str) -> Asked:
    values = {**scene.own.values, **changes}
    return Asked(caller, method, route, values, body_for(route, method, scene.own.values))


def may(who: str, permission: str) -> bool:
    return permission == ANY_MEMBER or permission in SYSTEM_ROLES[who]


def may_all(who: str, *permissions: str) -> bool:
    return all(may(who.removesuffix(" robot"), each) for each in permissions)


def needs_more(route: Route, method: str) -> frozenset[str]:
    return NEEDS_MORE.get(route.name, {}).get(method, frozenset())


def own_caller(scene: Scene, route: Route, who: str) -> Caller:
    return scene.by_session(who) if route.is_page else scene.by_token(who)


def test_every_route_stands_in_the_table_and_every_parameter_in_the_scene(scene: Scene) -> None:
    left = [route for route in EVERY if not route.is_of_one_organization and not route.is_for_operators]
    assert {route.name for route in left} <= set(NOT_OF_ONE), "say why they are about no one organization"
    assert {route.name for route in ROUTES} == set(NEEDS), "organization_table.NEEDS"
    unknown = {(r.name, each) for r in ROUTES for each in r.parameters if each not in scene.own.values}
    assert not unknown, "organization_scene.things_of makes none of these"
    assert not {route.name for route in ROUTES if not route.policy.accepts}, "open to everybody"
    assert set(NOT_OF_ONE) | set(OPEN_WHEN_SHUT) <= {route.name for route in EVERY}, (
        "rows of routes that are gone"
    )


def test_the_measure_sees_what_is_written(scene: Scene) -> None:
    [export] = [route for route in ROUTES if route.name == "api_organization_audit_export"]
    asked = ask(scene, scene.by_token("owner"), "POST", export)
    assert {"audit_event", "audit_chain"} <= asked.wrote
    assert not ask(scene, scene.by_token("owner"), "GET", export).wrote


@each_route
def test_it_asks_for_the_permission_of_the_table(route: Route, scene: Scene, asked_for: list[str]) -> None:
    owner, found = own_caller(scene, route, "owner"), {}
    for method in METHODS:
        asked_for.clear()
        asked = ask(scene, owner, method, route)
        if asked.status != 405:
            # What is invalid anyhow never came to the service, and says nothing about who may.
            was_asked = asked_for or asked.status < 400 or asked.status == 409
            assert was_asked, f"{asked.name}: no service was asked; {asked.body[:300]!r}"
            assert asked.status not in (401, 403, 404), f"{asked.name} {asked.body[:300]!r}"
            found[method] = asked_for[0] if asked_for else ANY_MEMBER
    assert found == NEEDS.get(route.name), f"its row: {route.name!r}: {found}"


@each_route
def test_outsiders_are_told_that_there_is_no_such_organization_and_write_nothing(
    route: Route, scene: Scene
) -> None:
    """As of one that never was: by no word of the answer can anybody tell the two apart."""
    nowhere = {"organization_id": str(uuid4()), "slug": "no-such-place"}
    for who in OUTSIDERS:
        caller = own_caller(scene, route, who)
        for state in STATES:
            scene.put(state)
            for method in METHODS if state == "open" else NEEDS[route.name]:
                asked, never = (ask(scene, caller, method, route, **changes) for changes in ({}, nowhere))
                expected = 404 if method in NEEDS[route.name] else 405
                assert asked.status == expected, f"{asked.name} in {state} {asked.body[:300]!r}"
                assert (asked.status, asked.words) == (never.status, never.words)
                assert not asked.wrote, f"{asked.name} wrote to {asked.wrote}"


@each_route
def test_s183_who_names_an_organization_of_others_stands_in_the_trail_and_does_nothing_else(
    route: Route, scene: Scene
) -> None:
    """The caller of another organization, who knows the id. In the installation's trail, once for each request here."""
    dora, nowhere = scene.people["dora"].id, {"organization_id": str(uuid4()), "slug": "no-such-place"}
    callers = [own_caller(scene, route, "dora")]
    if KEY in route.policy.accepts:
        callers.append(scene.by_key("dora"))
    for caller in callers:
        for method in NEEDS[route.name]:
            asked = ask(scene, caller, method, route)
            assert (asked.status, asked.wrote) == (404, set()), asked.name
            assert asked.denials == [(dora, scene.own.values["organization_id"], None, "denied")], asked.name
            assert not ask(scene, caller, method, route, **nowhere).denials
    for method in NEEDS[route.name]:
        assert not ask(scene, own_caller(scene, route, "viewer"), method, route).denials


@each_route
def test_members_without_the_permission_are_refused_in_every_state_and_write_nothing(
    route: Route, scene: Scene
) -> None:
    for who in ROLES:
        caller = own_caller(scene, route, who)
        for state in STATES:
            scene.put(state)
            for method, permission in NEEDS[route.name].items():
                asked = ask(scene, caller, method, route)
                if may(who, permission):
                    assert asked.status != 404 or (route.name in OWNERS_ALONE and who != "owner"), (
                        f"{asked.name} in {state}"
                    )
                    assert asked.status != 403 or who != "owner", (
                        f"{asked.name} in {state} {asked.body[:300]!r}"
                    )
                else:
                    assert asked.status == 403, f"{asked.name} in {state} {asked.body[:300]!r}"
                    assert not asked.wrote, f"{asked.name} wrote to {asked.wrote}"


@each_route
def test_nothing_is_changed_in_an_organization_that_is_shut(route: Route, scene: Scene) -> None:
    owner = own_caller(scene, route, "owner")
    for state in ("suspended", "deleting"):
        scene.put(state)
        for method in NEEDS[route.name]:
            asked = ask(scene, owner, method, route)
            if asked.wrote:
                assert route.name in OPEN_WHEN_SHUT, f"{asked.name} in {state} wrote to {asked.wrote}"


@each_route
def test_no_other_credential_opens_it(route: Route, scene: Scene) -> None:
    """Nobody's, the cookie for a program's route, the token for a page, a key where the policy names none.

    Where it names keys, one opens what its owner and its scopes allow, and nothing else.
    """
    callers = [Caller("nobody"), Caller("nonsense", {"Authorization": "Bearer nonsense"})]
    callers.append(scene.by_token("owner") if route.is_page else scene.by_session("owner"))
    if KEY is None or KEY not in route.policy.accepts:
        callers.append(scene.by_key("owner"))
    for caller in callers:
        for method in METHODS:
            asked = ask(scene, caller, method, route)
            refusals = {302} if route.is_page else {401, 403} if caller.name.endswith("by key") else {401}
            assert asked.status in refusals, asked.name
            assert not asked.wrote, f"{asked.name} wrote to {asked.wrote}"
    if KEY is not None and KEY in route.policy.accepts:
        for who in (*ROLES, "suspended", "dora", *ROBOTS):
            for scopes in ((), tuple(SYSTEM_ROLES["owner"])):
                with undone():
                    _try_key(scene, route, who, scopes)


def _try_key(scene: Scene, route: Route, who: str, scopes: tuple[str, ...]) -> None:
    caller = scene.by_key(who, scopes=scopes)
    for method, permission in NEEDS[route.name].items():
        asked = ask(scene, caller, method, route)
        if who in OUTSIDERS:
            assert asked.status in (401, 404), asked.name
        elif not scopes or not may_all(who, permission, *needs_more(route, method)):
            assert asked.status == 403, asked.name
        elif method in PERSONS_ALONE.get(route.name, ()):
            assert asked.status == 403, asked.name
            assert who != "owner" or b'"person_required"' in asked.body, f"{asked.name} {asked.body[:300]!r}"
        elif route.name not in OWNERS_ALONE or asked.status != 404:
            # What is left to refuse is what goes beyond the key: its maker's own place, or a lesser role.
            refused = asked.status == 403 and b'"beyond_own_permissions"' in asked.body
            assert asked.status not in (401, 403, 404) or (refused and who != "owner"), asked.name
            continue
        assert not asked.wrote, f"{asked.name} wrote to {asked.wrote}"


@pytest.mark.parametrize("route", FOR_KEYS, ids=lambda route: route.name)
def test_a_key_without_the_one_scope_is_refused_and_with_it_alone_never_for_lack_of_it(
    route: Route, scene: Scene
) -> None:
    """Whatever else it may: of an owner, and of a program."""
    for who in ("owner", "admin robot"):
        for method, permission in NEEDS[route.name].items():
            if not may_all(who, permission):
                continue
            rest = tuple(each for each in SYSTEM_ROLES["owner"] if each != permission)
            with undone():
                asked = ask(scene, scene.by_key(who, scopes=rest), method, route)
            assert asked.status == 403, asked.name
            assert b'"permission_missing"' in asked.body, f"{asked.name} {asked.body[:300]!r}"
            assert not asked.wrote, f"{asked.name} wrote to {asked.wrote}"
            with undone():
                asked = ask(scene, scene.by_key(who, scopes=(permission,)), method, route)
            assert asked.status not in (401, 404) or route.name in OWNERS_ALONE, asked.name
            is_all = not needs_more(route, method)
            assert not is_all or b'"permission_missing"' not in asked.body, (
                f"{asked.name} {asked.body[:300]!r}"
            )


@each_route
def test_things_of_another_organization_are_not_there_in_ones_own(route: Route, scene: Scene) -> None:
    owner = own_caller(scene, route, "owner")
    for name in set(route.parameters) - OF_ONE:
        for method in NEEDS[route.name]:
            asked = ask(scene, owner, method, route, **{name: scene.foreign.values[name]})
            assert asked.status == 404, f"{asked.name} with a foreign {name} {asked.body[:300]!r}"
            assert not asked.wrote, f"{asked.name} wrote to {asked.wrote}"


MASS = {
    "is_staff": True,
    "is_superuser": True,
    "organization": str(uuid4()),
    "organization_id": str(uuid4()),
    "plan": "unlimited",
    "id": str(uuid4()),
    "created_at": "2000-01-01T00:00:00Z",
    "suspended_at": None,
    "secret_hash": "x",
    "is_owner": True,
}


@pytest.mark.parametrize(
    "route", [r for r in EVERY if Credential.BEARER in r.policy.accepts], ids=lambda r: r.name
)
def test_s204_fields_that_nobody_may_set_are_refused(route: Route, scene: Scene) -> None:
    caller = scene.by_token("owner")
    for method in ("POST", "PUT", "PATCH"):
        sent = body_for(route, method, scene.own.values)
        if not isinstance(sent.data, dict):
            continue
        for name, value in MASS.items():
            if name in sent.data:
                continue
            asked = Asked(
                caller, method, route, scene.own.values, Sent({**sent.data, name: value}, sent.content_type)
            )
            assert asked.status in (403, 405, 422), f"{asked.name} with {name} {asked.body[:200]!r}"
            assert not asked.wrote, f"{asked.name} with {name} wrote to {asked.wrote}"


BAD_QUERIES = [
    "cursor=forged",
    "cursor=" + "A" * 5000,
    "limit=1000000000",
    "limit=-1",
    "per_page=1000000000",
    "page=999999999999",
    "page=-1",
]
INJECTED = ["filter[_connector]=OR", "user__password__startswith=a", "ordering=password", "fields=__all__"]


@pytest.mark.parametrize(
    "route",
    [r for r in ROUTES if not r.is_page and "GET" in NEEDS.get(r.name, {})],
    ids=lambda r: r.name,
)
def test_s245_s246_queries_that_are_not_offered_change_no_answer(route: Route, scene: Scene) -> None:
    """A list refuses them (422); what takes no query at all answers as if there were none."""
    caller = scene.by_token("owner")
    plain = ask(scene, caller, "GET", route)
    is_list = isinstance(_json(plain.body), dict) and {"next_cursor", "total"} & set(_json(plain.body))
    for query in (*BAD_QUERIES, *INJECTED):
        template = f"{route.template}?{query.replace('{', '').replace('}', '')}"
        asked = ask(scene, caller, "GET", Route(route.name, template, route.parameters, route.view))
        if is_list:
            assert asked.status == 422, f"{asked.name} {asked.body[:200]!r}"
        else:
            assert (asked.status == 422) or asked.words == plain.words, asked.name
        assert not asked.wrote


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


@each_route
def test_s197_what_a_role_allows_ends_with_it_at_once(route: Route, scene: Scene) -> None:
    """With the same credential as before: removed, suspended, or put into a lesser role."""
    caller = own_caller(scene, route, "admin")
    place = Membership.objects.filter(user=scene.people["admin"])
    lesser = make_role(scene.own.organization)  # it may nothing
    acts: list[tuple[Callable[[], object], int]] = [
        (place.delete, 404),
        (lambda: place.update(suspended_at=clock.now()), 404),
        (lambda: place.update(role=lesser), 403),
    ]
    for act, status in acts:
        with undone():
            act()
            for method, permission in NEEDS[route.name].items():
                if status == 403 and permission == ANY_MEMBER:
                    continue
                asked = ask(scene, caller, method, route)
                assert asked.status == status, asked.name
                assert not asked.wrote, f"{asked.name} wrote to {asked.wrote}"


@pytest.mark.parametrize("route", OPERATED, ids=lambda route: route.name)
def test_routes_of_operators_refuse_everybody_in_the_organization(route: Route, scene: Scene) -> None:
    for who in (*ROLES, *OUTSIDERS):
        caller = scene.by_token(who)
        for method in METHODS:
            asked = ask(scene, caller, method, route)
            assert asked.status in (403, 405), asked.name
            assert not asked.wrote, f"{asked.name} wrote to {asked.wrote}"
    for caller in (Caller("nobody"), scene.by_session("owner")):
        assert ask(scene, caller, "GET", route).status in (401, 405)
