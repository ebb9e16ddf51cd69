"""What tokens say of an organization, and when they stop."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User
from core import clock
from oauth.services.clients import Registered
from oauth.tests.flows import code_for, error_of, redeem, tokens_for
from oauth.tests.organizations import (
    SCOPE,
    claims_in,
    close,
    doom,
    identity,
    introspect,
    name_permissions,
    refresh,
    register_app,
    remove,
    suspend,
    told,
)
from organizations.factories import join, make_organization, make_role
from organizations.models import Group, GroupMember, GroupRole, Membership, Organization, RoleGrant

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User) -> Organization:
    return make_organization(alice)


@pytest.fixture
def app() -> Registered:
    return register_app()


def userinfo(token: str) -> Any:
    return Client().get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})


def test_every_answer_says_the_organization(alice: User, acme: Organization, app: Registered) -> None:
    body = tokens_for(alice, app, scope=SCOPE)
    owner = identity(acme, "owner")
    assert body["scope"] == SCOPE
    assert told(claims_in(body["access_token"])) == {**owner, "permissions": []}
    assert told(claims_in(body["id_token"])) == owner
    assert told(userinfo(body["access_token"]).json()) == owner
    assert told(introspect(app, body["access_token"])) == {**owner, "permissions": []}


def test_without_the_scope_nothing_is_said(alice: User, acme: Organization, app: Registered) -> None:
    name_permissions(app, "books:read")
    body = tokens_for(alice, app, scope="openid email")
    for claims in (
        claims_in(body["access_token"]),
        claims_in(body["id_token"]),
        userinfo(body["access_token"]).json(),
        introspect(app, body["access_token"]),
    ):
        assert told(claims) == {}


def test_an_owner_may_all_of_this_app_and_nothing_of_another(
    alice: User, acme: Organization, app: Registered
) -> None:
    name_permissions(app, "books:write", "books:read")
    name_permissions(register_app(), "mail:read")
    body = tokens_for(alice, app, scope=SCOPE)
    assert claims_in(body["access_token"])["permissions"] == ["books:read", "books:write"]


def test_a_member_has_what_role_grant_and_group_give(
    alice: User, bob: User, acme: Organization, app: Registered
) -> None:
    name_permissions(app, "books:read", "books:write", "books:close", "books:delete")
    membership = join(acme, bob, make_role(acme, "books:read", "member:read", "mail:read", key="clerk"))
    now = clock.now()
    RoleGrant.objects.create(membership=membership, role=make_role(acme, "books:write"), created_at=now)
    group = Group.objects.create(organization=acme, name="Year's end", created_at=now, updated_at=now)
    GroupRole.objects.create(group=group, role=make_role(acme, "books:close"))
    GroupMember.objects.create(group=group, membership=membership, created_at=now)
    claims = claims_in(tokens_for(bob, app, scope=SCOPE)["access_token"])
    assert claims["org_role"] == "clerk"
    assert claims["permissions"] == ["books:close", "books:read", "books:write"]


def test_introspection_says_what_the_member_may_now(
    alice: User, bob: User, acme: Organization, app: Registered
) -> None:
    name_permissions(app, "books:read")
    join(acme, bob)
    token = tokens_for(bob, app, scope=SCOPE)["access_token"]
    assert introspect(app, token)["permissions"] == []
    role = make_role(acme, "books:read", key="clerk")
    Membership.objects.filter(user=bob).update(role=role)
    found = introspect(app, token)
    assert (found["org_role"], found["permissions"]) == ("clerk", ["books:read"])
    assert userinfo(token).json()["org_role"] == "clerk"


ENDS = pytest.mark.parametrize("end", [remove, suspend, close, doom])
End = Callable[[Organization, User], None]


@ENDS
def test_s197_whoever_is_out_has_no_tokens_there(
    alice: User, bob: User, acme: Organization, app: Registered, end: End
) -> None:
    join(acme, bob)
    join(make_organization(alice), bob)
    here = tokens_for(bob, app, scope=SCOPE, organization=acme.slug)
    elsewhere = tokens_for(bob, app, scope="openid email")
    waiting = code_for(bob, app, scope=SCOPE, organization=acme.slug)

    end(acme, bob)

    assert userinfo(here["access_token"]).status_code == 401
    assert "invalid_token" in userinfo(here["access_token"])["WWW-Authenticate"]
    assert introspect(app, here["access_token"]) == {"active": False}
    assert introspect(app, here["refresh_token"]) == {"active": False}
    assert error_of(refresh(app, here["refresh_token"])) == (400, "invalid_grant")
    assert error_of(redeem(app, waiting)) == (400, "invalid_grant")
    # What is not for the organization lives on.
    assert userinfo(elsewhere["access_token"]).status_code == 200
    assert refresh(app, elsewhere["refresh_token"]).status_code == 200


def test_a_refused_refresh_ends_the_grant_for_good(
    alice: User, bob: User, acme: Organization, app: Registered
) -> None:
    """Whoever is taken in again signs in again."""
    join(acme, bob)
    body = tokens_for(bob, app, scope=SCOPE)
    suspend(acme, bob)
    assert error_of(refresh(app, body["refresh_token"])) == (400, "invalid_grant")
    Membership.objects.filter(user=bob).update(suspended_at=None)
    assert error_of(refresh(app, body["refresh_token"])) == (400, "invalid_grant")
    assert introspect(app, body["access_token"]) == {"active": False}


def test_a_token_whose_scope_was_narrowed_says_nothing_and_stops_all_the_same(
    alice: User, bob: User, acme: Organization, app: Registered
) -> None:
    join(acme, bob)
    body = tokens_for(bob, app, scope=SCOPE)
    narrow = refresh(app, body["refresh_token"], scope="openid email").json()
    assert told(claims_in(narrow["access_token"])) == told(claims_in(narrow["id_token"])) == {}
    assert (
        told(userinfo(narrow["access_token"]).json()) == told(introspect(app, narrow["access_token"])) == {}
    )
    remove(acme, bob)
    assert userinfo(narrow["access_token"]).status_code == 401
    assert introspect(app, narrow["access_token"]) == {"active": False}


def test_tokens_of_a_login_over_rest_say_nothing_of_organizations(alice: User, acme: Organization) -> None:
    response = Client().post(
        "/api/v1/auth/login", {"email": alice.email, "password": PASSWORD}, content_type="application/json"
    )
    assert told(claims_in(response.json()["tokens"]["access_token"])) == {}
