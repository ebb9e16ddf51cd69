"""Devices that ask for an organization: the person chooses on the page where they allow it."""

from typing import Any

import pytest

from accounts.models import User
from accounts.tests.browsers import signed_in
from oauth.models import DEVICE_CODE, DeviceGrant
from oauth.services.clients import Registered
from oauth.tests.device_flow import begin, page_of, poll, register_tv
from oauth.tests.flows import error_of, post
from oauth.tests.organizations import claims_in, close, identity, remove, suspend, told
from organizations.factories import join, make_organization
from organizations.models import Organization

pytestmark = pytest.mark.django_db
SCOPE = "openid organization"


@pytest.fixture
def acme(bob: User) -> Organization:
    return make_organization(bob, name="Acme")


@pytest.fixture
def zoo(alice: User, bob: User) -> Organization:
    made = make_organization(alice, name="Zoo")
    join(made, bob)
    return made


@pytest.fixture
def tv() -> Registered:
    return register_tv(scope="openid email organization")


def decide(user: User, codes: dict[str, Any], **form: str) -> Any:
    browser = signed_in(user)
    return browser.post(page_of(browser, codes["user_code"]), {"decision": "allow", **form})


def test_the_person_chooses_on_the_page(
    bob: User, acme: Organization, zoo: Organization, tv: Registered
) -> None:
    codes = begin(tv, scope=SCOPE)
    browser = signed_in(bob)
    text = browser.get(page_of(browser, codes["user_code"])).content.decode()
    assert f'value="{acme.id}"' in text
    assert f'value="{zoo.id}"' in text
    assert decide(bob, codes, organization=str(zoo.id)).status_code == 303
    body = poll(tv, codes["device_code"]).json()
    assert body["scope"] == SCOPE
    assert told(claims_in(body["access_token"])) == {**identity(zoo, "member"), "permissions": []}


def test_the_only_one_is_named_and_taken(bob: User, acme: Organization, tv: Registered) -> None:
    codes = begin(tv, scope=SCOPE)
    browser = signed_in(bob)
    assert "Acme" in browser.get(page_of(browser, codes["user_code"])).content.decode()
    decide(bob, codes)
    assert told(claims_in(poll(tv, codes["device_code"]).json()["id_token"])) == identity(acme, "owner")


@pytest.mark.parametrize("way", ["scope", "parameter", "id"])
def test_a_device_may_name_one(
    bob: User, acme: Organization, zoo: Organization, tv: Registered, way: str
) -> None:
    asked = {
        "scope": {"scope": f"openid organization:{zoo.slug}"},
        "parameter": {"scope": "openid", "organization": zoo.slug},
        "id": {"scope": SCOPE, "organization": str(zoo.id)},
    }[way]
    codes = begin(tv, **asked)
    decide(bob, codes, organization=str(acme.id))  # the page does not overrule the device
    assert told(claims_in(poll(tv, codes["device_code"]).json()["id_token"])) == identity(zoo, "member")


def test_without_a_choice_or_with_a_foreign_one_nothing_is_allowed(
    alice: User, bob: User, acme: Organization, zoo: Organization, tv: Registered
) -> None:
    foreign = make_organization(alice)
    codes = begin(tv, scope=SCOPE)
    for form in ({}, {"organization": str(foreign.id)}, {"organization": "nonsense"}):
        assert decide(bob, codes, **form).status_code == 422
    assert DeviceGrant.objects.get().status == DeviceGrant.AUTHORIZATION_PENDING


def test_whoever_belongs_nowhere_can_only_say_no(charlie: User, acme: Organization, tv: Registered) -> None:
    for asked in ({"scope": SCOPE}, {"scope": SCOPE, "organization": acme.slug}):
        codes = begin(tv, **asked)
        browser = signed_in(charlie)
        text = browser.get(page_of(browser, codes["user_code"])).content.decode()
        assert 'value="allow"' not in text
        assert "Acme" not in text
        assert decide(charlie, codes).status_code == 422
        assert decide(charlie, codes, decision="deny").status_code == 303
        assert error_of(poll(tv, codes["device_code"])) == (400, "access_denied")


@pytest.mark.parametrize("end", [remove, suspend, close])
def test_s197_a_device_that_polls_too_late_gets_nothing(
    bob: User, acme: Organization, zoo: Organization, tv: Registered, end: Any
) -> None:
    codes = begin(tv, scope=SCOPE)
    decide(bob, codes, organization=str(zoo.id))
    end(zoo, bob)
    assert error_of(poll(tv, codes["device_code"])) == (400, "invalid_grant")


def test_a_device_whose_client_is_not_registered_may_not_ask() -> None:
    plain = register_tv(scope="openid")
    for asked in (
        {"scope": SCOPE},
        {"scope": "openid organization:x"},
        {"scope": "openid", "organization": "x"},
    ):
        assert error_of(post("/oauth/device_authorization", plain, **asked)) == (400, "invalid_scope")


def test_no_organization_is_asked_of_who_asks_for_none(bob: User, acme: Organization, tv: Registered) -> None:
    codes = begin(tv, scope="openid")
    decide(bob, codes, organization=str(acme.id))
    assert told(claims_in(poll(tv, codes["device_code"]).json()["id_token"])) == {}
    assert DEVICE_CODE in tv.client.grant_types
