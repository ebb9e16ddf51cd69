"""Removed from an organization while an app refreshes: what came out before is dead, and nothing comes out after."""

from typing import Any

import pytest
import requests

from tests.races.racing import ROUNDS, RUNNERS, race
from tests.support.http_client import Browserless
from tests.support.oauth_client import OAuthClient, authorize_code_flow
from tests.support.organizations import add_member, make_organization, remove_member
from tests.support.stage import Stage

OWNER, MEMBER = "keeper@example.com", "helper@example.com"
PASSWORD = "plum-tractor-velvet-94"
SCOPE = "openid organization"


@pytest.fixture(scope="module")
def helper(stage: Stage) -> Browserless:
    for email in (OWNER, MEMBER):
        stage.janua.create_user(email, PASSWORD)
    browser = Browserless(stage.base_url)
    browser.sign_in(MEMBER, PASSWORD)
    return browser


@pytest.fixture(scope="module")
def organizations(stage: Stage, helper: Browserless) -> tuple[str, str]:
    return (
        make_organization(stage, "Racing Zoo", slug="racing-zoo", owner=OWNER, members=(MEMBER,)),
        make_organization(stage, "Racing Farm", slug="racing-farm", owner=OWNER, members=(MEMBER,)),
    )


@pytest.fixture(scope="module")
def app(stage: Stage) -> OAuthClient:
    registered = stage.janua.register_client(
        client_name="Racing Ledger",
        redirect_uris=["https://ledger.example/callback"],
        grant_types=["authorization_code", "refresh_token"],
        scope=SCOPE,
    )
    return OAuthClient.registered(stage.base_url, registered, scope=SCOPE)


def tokens(browser: Browserless, app: OAuthClient, slug: str) -> dict[str, Any]:
    answer = app.exchange_code(authorize_code_flow(browser, app, organization=slug))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_s197_removed_while_refreshing(
    stage: Stage, helper: Browserless, app: OAuthClient, organizations: tuple[str, str]
) -> None:
    zoo, _ = organizations
    for _round in range(ROUNDS // 5):
        held = [tokens(helper, app, "racing-zoo") for _ in range(RUNNERS - 1)]

        def remove() -> requests.Response:
            remove_member(stage, zoo, MEMBER)
            return app.introspect("nothing")

        answers = race(
            [remove, *(lambda one=one: app.refresh(one["refresh_token"]) for one in held)]  # type: ignore[misc]
        )[1:]
        for answer in answers:
            body = answer.json()
            if answer.status_code == 200:
                assert app.introspect(body["access_token"]).json() == {"active": False}
                assert app.userinfo(body["access_token"]).status_code == 401
                answer = app.refresh(body["refresh_token"])
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        add_member(stage, zoo, MEMBER)


def test_switching_both_ways_at_once_leaves_the_grant_in_one_place(
    helper: Browserless, app: OAuthClient, organizations: tuple[str, str]
) -> None:
    """Of the same refresh token: the retries get the same successor, whichever organization they name."""
    for _round in range(ROUNDS // 5):
        token = tokens(helper, app, "racing-zoo")["refresh_token"]
        answers = race(
            [
                lambda slug=slug, token=token: app.refresh(token, organization=slug)  # type: ignore[misc]
                for slug in ("racing-zoo", "racing-farm") * (RUNNERS // 2)
            ]
        )
        bodies = [answer.json() for answer in answers if answer.status_code == 200]
        assert len({body["refresh_token"] for body in bodies}) == 1
        last = app.refresh(bodies[0]["refresh_token"]).json()
        assert app.introspect(last["access_token"]).json()["org_id"] in organizations
