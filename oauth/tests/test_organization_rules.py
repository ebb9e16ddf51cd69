"""What an organization asks of sign-ins is asked of apps' tokens for it too: when they are given, and as long as they live."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Session, User
from accounts.tests.browsers import signed_in
from audit.models import Event
from core import clock
from mfa.factories import enrol_totp
from oauth.models import DeviceGrant
from oauth.services import consents
from oauth.services.clients import Registered
from oauth.tests.device_flow import begin, page_of, poll, register_tv
from oauth.tests.flows import allow, answer_of, authorize, code_for, error_of, is_waiting, redeem, tokens_for
from oauth.tests.organizations import SCOPE, claims_in, identity, introspect, refresh, register_app, told
from organizations.factories import join, make_organization
from organizations.models import Organization, OrganizationPolicy

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(alice: User, bob: User) -> Organization:
    """Bob has a second factor, and did not use it: who has none is led to set one up before anything else."""
    enrol_totp(bob)
    made = make_organization(alice, name="Acme")
    join(made, bob)
    return made


@pytest.fixture
def app(bob: User) -> Registered:
    made = register_app()
    consents.grant(bob, made.client, SCOPE.split(), now=clock.now())
    return made


def ask(organization: Organization, rule: str) -> None:
    """One rule that a session of the tests does not meet, which came in by a password from 127.0.0.1 a moment ago."""
    now = clock.now()
    Session.objects.update(door="password", auth_time=now - timedelta(hours=2))
    asked: dict[str, dict[str, Any]] = {
        "factor": {"mfa_required_at": now},
        "method": {"sign_in_methods": ["passkey"]},
        "age": {"session_hours": 1},
        "network": {"networks": ["192.0.2.0/24"]},
    }
    OrganizationPolicy.objects.update_or_create(
        organization=organization, defaults={**asked[rule], "updated_at": now}
    )


WITHOUT_THE_PERSON = ["factor", "method", "age"]
RULES = [*WITHOUT_THE_PERSON, "network"]


@pytest.mark.parametrize("rule", RULES)
def test_the_person_reads_what_is_asked_and_the_app_gets_nothing(
    bob: User, acme: Organization, app: Registered, rule: str
) -> None:
    browser = signed_in(bob)
    ask(acme, rule)
    waiting = authorize(browser, app, scope=SCOPE)
    assert is_waiting(waiting)
    page: Any = browser.get(waiting["Location"])
    assert (page.status_code, page.templates[0].name) == (403, "oauth/organization_refused.html")
    assert "Acme" in page.content.decode()
    assert allow(browser, waiting)["Location"] == waiting["Location"]  # a form from before changes nothing
    assert answer_of(allow(browser, waiting, "deny"))["error"] == "access_denied"


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ("factor", "interaction_required"),
        ("method", "login_required"),
        ("age", "login_required"),
        ("network", "access_denied"),
    ],
)
def test_a_client_that_asks_in_silence_is_told(
    bob: User, acme: Organization, app: Registered, rule: str, error: str
) -> None:
    browser = signed_in(bob)
    ask(acme, rule)
    assert answer_of(authorize(browser, app, scope=SCOPE, prompt="none"))["error"] == error


def test_whoever_does_what_is_asked_goes_on(bob: User, acme: Organization, app: Registered) -> None:
    browser = signed_in(bob)
    ask(acme, "age")
    waiting = authorize(browser, app, scope=SCOPE)
    Session.objects.update(auth_time=clock.now())
    code = answer_of(browser.get(waiting["Location"]))["code"]
    body = redeem(app, code).json()
    assert told(claims_in(body["id_token"])) == identity(acme, "member")


def test_of_several_another_may_be_taken(bob: User, acme: Organization, app: Registered) -> None:
    zoo = make_organization(bob, name="Zoo")
    browser = signed_in(bob)
    ask(acme, "factor")
    waiting = authorize(browser, app, scope=SCOPE)["Location"]
    page = browser.get(waiting, {"organization": str(acme.id)})
    assert page.status_code == 403
    assert f'href="{waiting}"' in page.content.decode()
    code = answer_of(browser.get(waiting, {"organization": str(zoo.id)}))["code"]
    assert told(claims_in(redeem(app, code).json()["id_token"])) == identity(zoo, "owner")


@pytest.mark.parametrize("rule", WITHOUT_THE_PERSON)
def test_a_rule_made_later_is_asked_of_what_is_alive(
    bob: User, acme: Organization, app: Registered, rule: str
) -> None:
    body = tokens_for(bob, app, scope=SCOPE)
    ask(acme, rule)
    userinfo = Client().get("/oauth/userinfo", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert userinfo.status_code == 401
    for token in (body["access_token"], body["refresh_token"]):
        assert introspect(app, token) == {"active": False}
    assert error_of(refresh(app, body["refresh_token"])) == (400, "invalid_grant")
    reasons = {
        "factor": "second_factor_required",
        "method": "sign_in_method_not_allowed",
        "age": "sign_in_too_old",
    }
    assert Event.objects.get(action="token.family_revoked").data["reason"] == reasons[rule]


def test_networks_are_not_asked_where_the_person_is_not(
    bob: User, acme: Organization, app: Registered
) -> None:
    body = tokens_for(bob, app, scope=SCOPE)
    ask(acme, "network")
    assert refresh(app, body["refresh_token"]).status_code == 200


@pytest.mark.parametrize("rule", WITHOUT_THE_PERSON)
def test_a_code_that_comes_too_late_gives_nothing(
    bob: User, acme: Organization, app: Registered, rule: str
) -> None:
    code = code_for(bob, app, scope=SCOPE)
    ask(acme, rule)
    assert error_of(redeem(app, code)) == (400, "invalid_grant")


@pytest.mark.parametrize("rule", WITHOUT_THE_PERSON)
def test_no_change_to_an_organization_that_asks_for_more(
    bob: User, acme: Organization, app: Registered, rule: str
) -> None:
    zoo = make_organization(bob, name="Zoo")
    body = tokens_for(bob, app, scope=SCOPE, organization=zoo.slug)
    ask(acme, rule)
    assert error_of(refresh(app, body["refresh_token"], organization=acme.slug)) == (400, "invalid_target")
    stayed = refresh(app, body["refresh_token"]).json()
    assert told(claims_in(stayed["id_token"])) == identity(zoo, "owner")


@pytest.mark.parametrize("rule", RULES)
def test_a_device_is_not_allowed_past_the_rules(bob: User, acme: Organization, rule: str) -> None:
    tv = register_tv(scope="openid email organization")
    codes = begin(tv, scope="openid organization")
    browser = signed_in(bob)
    path = page_of(browser, codes["user_code"])
    ask(acme, rule)
    answers: list[Any] = [browser.get(path), browser.post(path, {"decision": "allow"})]
    for answer in answers:
        assert answer.status_code == 403
        assert "Acme" in answer.content.decode()
        assert answer.templates[0].name == "oauth/organization_refused.html"
        assert 'name="decision" value="deny"' in answer.content.decode()
        assert 'value="allow"' not in answer.content.decode()
    assert DeviceGrant.objects.get().status == DeviceGrant.AUTHORIZATION_PENDING
    assert error_of(poll(tv, codes["device_code"])) == (400, "authorization_pending")


@pytest.mark.parametrize("rule", RULES)
def test_a_device_is_denied_and_left_to_another_account_whatever_the_rules_say(
    bob: User, acme: Organization, rule: str
) -> None:
    tv = register_tv(scope="openid email organization")
    codes = begin(tv, scope="openid organization")
    browser = signed_in(bob)
    path = page_of(browser, codes["user_code"])
    ask(acme, rule)
    page = browser.get(path).content.decode()
    assert 'name="switch"' in page
    switched = browser.post(path, {"switch": "1"})
    assert (switched.status_code, switched["Location"].partition("?")[0]) == (303, "/login/choose")
    assert DeviceGrant.objects.get().user_id is None
    assert browser.get(path).status_code == 403
    assert browser.post(path, {"decision": "deny"}).status_code == 303
    assert error_of(poll(tv, codes["device_code"])) == (400, "access_denied")


def test_a_device_may_get_another_organization_than_the_one_that_refuses(
    bob: User, acme: Organization
) -> None:
    zoo = make_organization(bob, name="Zoo")
    tv = register_tv(scope="openid email organization")
    codes = begin(tv, scope="openid organization")
    browser = signed_in(bob)
    path = page_of(browser, codes["user_code"])
    ask(acme, "method")
    refused = browser.post(path, {"decision": "allow", "organization": str(acme.id)})
    assert refused.status_code == 403
    assert f'href="{path}"' in refused.content.decode()
    assert browser.post(path, {"decision": "allow", "organization": str(zoo.id)}).status_code == 303
    assert told(claims_in(poll(tv, codes["device_code"]).json()["id_token"])) == identity(zoo, "owner")


def test_owners_are_asked_too(alice: User, bob: User, app: Registered) -> None:
    enrol_totp(bob)
    own = make_organization(bob, name="Own")
    browser = signed_in(bob)
    ask(own, "factor")
    assert answer_of(authorize(browser, app, scope=SCOPE, prompt="none"))["error"] == "interaction_required"
