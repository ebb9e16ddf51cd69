"""MFA_REQUIRED_FOR at /oauth/authorize: the set-up first, then on to the application."""

from typing import Any

import pytest
from django.conf import settings

from accounts.models import Session, User
from accounts.services import sudo
from accounts.tests.browsers import signed_in
from core import clock
from mfa.factories import enrol_totp
from oauth.factories import register_client
from oauth.models import AuthorizationCode
from oauth.services import consents
from oauth.tests.flows import answer_of, authorize

pytestmark = pytest.mark.django_db


def test_no_code_before_the_set_up_and_one_after_it(alice: User, janua_options: Any) -> None:
    acme = register_client()
    consents.grant(alice, acme.client, ["openid", "email"], now=clock.now())
    janua_options(mfa_required_for="everyone")
    User.objects.filter(id=alice.id).update(mfa_due_at=clock.now())
    browser = signed_in(alice)
    assert answer_of(authorize(browser, acme, prompt="none"))["error"] == "interaction_required"
    waiting = authorize(browser, acme)["Location"]
    led = browser.get(waiting)["Location"]
    assert led.startswith("/account/security?next=%2Foauth%2Fauthorize%2F")
    assert not AuthorizationCode.objects.exists()
    enrol_totp(alice)
    secret = sudo.open_for(Session.objects.get(), by="totp", factor=("otp",), now=clock.now()).secret
    browser.cookies[settings.SESSION_COOKIE_NAME] = secret
    assert "code" in answer_of(browser.get(waiting))
