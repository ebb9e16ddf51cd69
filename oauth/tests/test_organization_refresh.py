"""`organization` at a refresh: on to another of the person's organizations, without a new login."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from audit.models import Event
from oauth.services.clients import Registered
from oauth.tests.flows import error_of, tokens_for
from oauth.tests.organizations import (
    SCOPE,
    claims_in,
    close,
    identity,
    introspect,
    name_permissions,
    refresh,
    register_app,
    remove,
    told,
)
from organizations.factories import join, make_organization
from organizations.models import Membership, Organization
from tokens.models import TokenFamily

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(bob: User) -> Organization:
    return make_organization(bob, name="Acme")


@pytest.fixture
def zoo(alice: User, bob: User) -> Organization:
    made = make_organization(alice, name="Zoo")
    join(made, bob)
    return made


@pytest.fixture
def app() -> Registered:
    made = register_app()
    name_permissions(made, "books:read")
    return made


@pytest.fixture
def first(bob: User, acme: Organization, zoo: Organization, app: Registered) -> dict[str, str]:
    return tokens_for(bob, app, scope=SCOPE, organization=acme.slug)


@pytest.mark.parametrize("way", ["slug", "id", "scope"])
def test_a_refresh_switches(first: dict[str, str], zoo: Organization, app: Registered, way: str) -> None:
    asked = {
        "slug": {"organization": zoo.slug},
        "id": {"organization": str(zoo.id)},
        "scope": {"scope": f"openid organization:{zoo.slug}"},
    }[way]
    body = refresh(app, first["refresh_token"], **asked).json()
    there = identity(zoo, "member")
    assert told(claims_in(body["access_token"])) == {**there, "permissions": []}
    assert told(claims_in(body["id_token"])) == there
    # And the grant stays there.
    again = refresh(app, body["refresh_token"]).json()
    assert told(claims_in(again["id_token"])) == there


def test_without_a_word_the_grant_stays_where_it_is(
    first: dict[str, str], acme: Organization, app: Registered
) -> None:
    body = refresh(app, first["refresh_token"]).json()
    assert told(claims_in(body["access_token"])) == {**identity(acme, "owner"), "permissions": ["books:read"]}


def test_older_access_tokens_speak_of_their_own_organization(
    first: dict[str, str], bob: User, acme: Organization, zoo: Organization, app: Registered
) -> None:
    second = refresh(app, first["refresh_token"], organization=zoo.slug).json()
    assert introspect(app, first["access_token"])["org_id"] == str(acme.id)
    remove(zoo, bob)
    assert introspect(app, second["access_token"]) == {"active": False}
    assert introspect(app, first["access_token"])["active"] is True


def test_what_is_not_the_persons_is_one_answer_and_leaves_the_grant_alone(
    first: dict[str, str], alice: User, acme: Organization, zoo: Organization, app: Registered
) -> None:
    foreign = make_organization(alice)
    close(zoo)
    answers = [
        refresh(app, first["refresh_token"], organization=name)
        for name in (foreign.slug, str(foreign.id), zoo.slug, "no-such-one")
    ]
    assert {error_of(answer) for answer in answers} == {(400, "invalid_target")}
    assert len({answer.content for answer in answers}) == 1
    body = refresh(app, first["refresh_token"]).json()
    assert claims_in(body["id_token"])["org_id"] == str(acme.id)


def test_a_grant_without_the_scope_cannot_switch(bob: User, acme: Organization, app: Registered) -> None:
    body = tokens_for(bob, app, scope="openid")
    answer = refresh(app, body["refresh_token"], organization=acme.slug)
    assert error_of(answer) == (400, "invalid_target")
    answer = refresh(app, body["refresh_token"], scope=f"openid organization:{acme.slug}")
    assert error_of(answer) == (400, "invalid_scope")
    assert refresh(app, body["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"organization": "a", "scope": "openid organization:b"}, "invalid_request"),
        ({"scope": "openid organization:a organization:b"}, "invalid_request"),
        ({"scope": "openid organization:"}, "invalid_scope"),
        ({"organization": "acme", "scope": "openid"}, "invalid_scope"),
        ({"organization": "%"}, "invalid_request"),
        (
            {"organization": "018F3B0E-0000-7000-8000-000000000000"},
            "invalid_request",
        ),  # ids have one written form
        ({"organization": "a" * 64}, "invalid_request"),
        ({"organization": "a\u202eb"}, "invalid_request"),
    ],
)
def test_nonsense_is_told_before_anything_is_used_up(
    first: dict[str, str], app: Registered, asked: dict[str, str], error: str
) -> None:
    assert error_of(refresh(app, first["refresh_token"], **asked)) == (400, error)
    assert refresh(app, first["refresh_token"]).status_code == 200


def test_whoever_left_one_organization_may_go_on_in_another(
    first: dict[str, str], bob: User, acme: Organization, zoo: Organization, app: Registered
) -> None:
    remove(acme, bob)
    body = refresh(app, first["refresh_token"], organization=zoo.slug).json()
    assert claims_in(body["id_token"])["org_id"] == str(zoo.id)


def test_a_retry_gets_the_same_switch(first: dict[str, str], zoo: Organization, app: Registered) -> None:
    one = refresh(app, first["refresh_token"], organization=zoo.slug).json()
    two = refresh(app, first["refresh_token"], organization=zoo.slug).json()
    assert one["refresh_token"] == two["refresh_token"]
    assert claims_in(two["id_token"])["org_id"] == str(zoo.id)


def test_a_retry_is_judged_as_well(
    first: dict[str, str], bob: User, acme: Organization, app: Registered
) -> None:
    assert refresh(app, first["refresh_token"]).status_code == 200
    remove(acme, bob)
    assert error_of(refresh(app, first["refresh_token"])) == (400, "invalid_grant")
    assert TokenFamily.objects.get().revoked_reason == "organization_left"


def test_the_trail_says_for_which(
    first: dict[str, str], acme: Organization, zoo: Organization, app: Registered
) -> None:
    refresh(app, first["refresh_token"], organization=zoo.slug)
    lines = Event.objects.filter(action__in=("authorization_code.issued", "token.issued", "token.refreshed"))
    found = {line.action: line.data["organization"] for line in lines}
    assert found == {
        "authorization_code.issued": str(acme.id),
        "token.issued": str(acme.id),
        "token.refreshed": str(zoo.id),
    }


def test_what_was_granted_before_the_person_came_back_is_for_the_organization_no_more(
    first: dict[str, str], bob: User, acme: Organization, zoo: Organization, app: Registered
) -> None:
    remove(acme, bob)
    join(acme, bob)
    assert introspect(app, first["access_token"]) == {"active": False}
    assert introspect(app, first["refresh_token"]) == {"active": False}
    userinfo = {"Authorization": f"Bearer {first['access_token']}"}
    assert Client().get("/oauth/userinfo", headers=userinfo).status_code == 401
    assert error_of(refresh(app, first["refresh_token"])) == (400, "invalid_grant")
    assert TokenFamily.objects.get().revoked_reason == "organization_left"
    # What is granted anew is for it.
    again = tokens_for(bob, app, scope=SCOPE, organization=acme.slug)
    assert claims_in(refresh(app, again["refresh_token"]).json()["id_token"])["org_role"] == "member"


@pytest.mark.parametrize("way", ["slug", "id", "scope"])
def test_naming_the_organization_does_not_bring_an_older_grant_back(
    first: dict[str, str],
    alice: User,
    bob: User,
    acme: Organization,
    zoo: Organization,
    app: Registered,
    way: str,
) -> None:
    """Nor by way of another organization, nor into one that the person was never in before."""
    elsewhere = refresh(app, first["refresh_token"], organization=zoo.slug).json()["refresh_token"]
    remove(acme, bob)
    for organization in (acme, make_organization(alice, name="New")):
        join(organization, bob)
        asked = {
            "slug": {"organization": organization.slug},
            "id": {"organization": str(organization.id)},
            "scope": {"scope": f"openid organization:{organization.slug}"},
        }[way]
        assert error_of(refresh(app, elsewhere, **asked)) == (400, "invalid_target")
    assert refresh(app, elsewhere).status_code == 200


def test_a_grant_of_the_moment_in_which_the_person_joined_is_one_of_a_member(
    first: dict[str, str], bob: User, acme: Organization, app: Registered
) -> None:
    family = TokenFamily.objects.get()
    places = Membership.objects.filter(user=bob, organization=acme)
    places.update(joined_at=family.created_at)
    assert introspect(app, first["access_token"])["active"] is True
    successor = refresh(app, first["refresh_token"])
    assert successor.status_code == 200
    places.update(joined_at=family.created_at + timedelta(microseconds=1))
    assert introspect(app, first["access_token"]) == {"active": False}
    assert error_of(refresh(app, successor.json()["refresh_token"])) == (400, "invalid_grant")
