"""Every route stands in the policy table, and the gate does what the table says."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from accounts.models import User
from accounts.tests.browsers import signed_in
from core.api import problems
from core.policy import Credential
from janua.for_pages import PROGRAMS
from janua.policies import ADMIN_POLICY, POLICIES, find_policy
from tests.architecture.routes import Route, all_routes, named, routes_that_accept

ROUTES = all_routes()
OURS = [route for route in ROUTES if not route.is_admin]
PAGES = routes_that_accept(Credential.SESSION)
CONSOLE = routes_that_accept(Credential.OPERATOR)
BEARER = routes_that_accept(Credential.BEARER)
FOR_CLIENTS = routes_that_accept(Credential.CLIENT)
CLIENT = [route for route in FOR_CLIENTS if route.path.startswith("/oauth/")]
CLIENT_OF_API = [route for route in FOR_CLIENTS if route not in CLIENT]
METHODS = ("get", "post", "put", "patch", "delete")


def test_every_route_has_a_name_that_stands_in_the_table() -> None:
    assert not [route.path for route in OURS if not route.name or find_policy(route.name) is None]


def test_every_row_of_the_table_has_a_route() -> None:
    assert {route.name for route in OURS} == set(POLICIES)


def test_the_console_shares_one_row_that_asks_for_an_operator() -> None:
    assert {Credential.OPERATOR} == ADMIN_POLICY.accepts
    assert ADMIN_POLICY.is_csrf_checked
    assert len(CONSOLE) > 20


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_the_sample_path_is_answered_by_this_very_route(route: Route) -> None:
    assert find_policy(resolve(route.path).view_name) == route.policy


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_csrf_is_checked_where_the_table_says_so(route: Route) -> None:
    is_exempt = getattr(route.view, "csrf_exempt", False)
    assert is_exempt is not route.policy.is_csrf_checked


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_what_reads_a_cookie_is_never_cacheable_and_always_checked(route: Route) -> None:
    reads_cookie = route.policy.accepts & {Credential.SESSION, Credential.OPERATOR}
    assert not (reads_cookie and (route.policy.is_cacheable or not route.policy.is_csrf_checked))


@pytest.mark.parametrize("route", [r for r in ROUTES if r.path.startswith(PROGRAMS)], ids=named)
def test_programs_are_spared_the_middleware_of_pages_and_read_no_cookie(route: Route) -> None:
    assert not route.policy.is_csrf_checked
    assert not route.policy.accepts & {Credential.SESSION, Credential.OPERATOR}
    assert route.path.startswith(problems.PROGRAMS), "a refusal would be a page without its headers"


@pytest.mark.parametrize("route", PAGES, ids=named)
def test_pages_of_ones_own_send_strangers_to_the_sign_in(db: None, client: Client, route: Route) -> None:
    for method in ("get", "post"):
        response = getattr(client, method)(route.path)
        assert response.status_code == 302
        assert response["Location"].startswith("/login?next=%2F")


@pytest.mark.parametrize("route", CONSOLE, ids=named)
@pytest.mark.parametrize("who", ["nobody", "alice"])
def test_the_console_is_403_for_everybody_but_operators(
    request: pytest.FixtureRequest, db: None, route: Route, who: str
) -> None:
    browser = Client() if who == "nobody" else signed_in(request.getfixturevalue(who))
    for method in ("get", "post"):
        response = getattr(browser, method)(route.path)
        assert response.status_code == 403
        assert response["Cache-Control"] == "no-store"
        assert "admin/access_denied.html" in [template.name for template in response.templates]


@pytest.mark.parametrize("route", CONSOLE, ids=named)
def test_the_console_opens_for_an_operator_without_a_fault(olivia: User, route: Route) -> None:
    assert signed_in(olivia).get(route.path).status_code in {200, 302, 403, 404}


@pytest.mark.parametrize("route", BEARER, ids=named)
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}], ids=["none", "bad"])
def test_the_api_is_401_without_a_token(
    db: None, client: Client, route: Route, header: dict[str, str]
) -> None:
    for method in METHODS:
        response = getattr(client, method)(route.path, headers=header)
        assert response.status_code == 401, method
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response["Cache-Control"] == "no-store"
        assert response.json()["code"] in {"AUTHENTICATION_ERROR", "TOKEN_ERROR"}


@pytest.mark.parametrize("route", BEARER, ids=named)
def test_a_browsers_session_opens_no_route_of_the_api(alice: User, route: Route) -> None:
    for method in METHODS:
        assert getattr(signed_in(alice), method)(route.path).status_code == 401


@pytest.mark.parametrize("route", CLIENT, ids=named)
def test_endpoints_for_clients_are_401_without_one(db: None, client: Client, route: Route) -> None:
    body = "grant_type=client_credentials&token=x"
    response = client.post(route.path, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert response["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("route", CLIENT_OF_API, ids=named)
@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic bm9ib2R5Ong="}], ids=["none", "bad"])
def test_our_own_endpoints_for_clients_are_401_without_one(
    db: None, client: Client, route: Route, header: dict[str, str]
) -> None:
    for method in METHODS:
        response = getattr(client, method)(route.path, headers=header)
        assert response.status_code == 401, method
        assert response["Content-Type"] == "application/problem+json"
        assert response["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("route", routes_that_accept(Credential.API_KEY), ids=named)
def test_what_a_key_opens_a_person_opens_too(route: Route) -> None:
    assert Credential.BEARER in route.policy.accepts


@pytest.mark.parametrize("route", ROUTES, ids=named)
@pytest.mark.parametrize("who", ["nobody", "olivia"])
def test_only_cacheable_answers_may_be_stored(
    request: pytest.FixtureRequest, db: None, route: Route, who: str
) -> None:
    browser = Client() if who == "nobody" else signed_in(request.getfixturevalue(who))
    for method in ("get", "post"):
        response = getattr(browser, method)(route.path)
        if route.policy.is_cacheable and response.status_code == 200:
            assert response["Cache-Control"].startswith("public")
            assert not response.cookies
            assert "Cookie" not in response.get("Vary", "")
        else:
            assert "no-store" in response["Cache-Control"], (method, response.status_code)


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere", "/.well-known/nowhere", "/account/nowhere"])
def test_what_is_not_there_is_404_and_not_stored(db: None, client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")
    is_json = response["Content-Type"] == "application/problem+json"
    assert is_json is path.startswith(("/api/", "/.well-known/"))


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_a_method_that_no_route_knows_is_never_a_fault(db: None, client: Client, route: Route) -> None:
    for method in ("TRACE", "PROPFIND", "OPTIONS", "HEAD"):
        response: Any = client.generic(method, route.path)
        assert response.status_code < 500
