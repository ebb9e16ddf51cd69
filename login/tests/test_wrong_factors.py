"""What is said of a wrong second factor: what helps depends on how the code came."""

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User
from login.outcomes import WRONG, Reason, Refused
from login.tests.api import call
from mfa.factories import enrol_email, enrol_sms, enrol_totp, give_recovery_codes
from mfa.methods import Method

pytestmark = pytest.mark.django_db
MAKE = {Method.TOTP: enrol_totp, Method.SMS: enrol_sms, Method.EMAIL: enrol_email}


@pytest.mark.parametrize(
    ("method", "helps"),
    [
        (Method.TOTP, "Wait for a new one"),
        (Method.SMS, "Enter the newest one"),
        (Method.EMAIL, "Enter the newest one"),
        (Method.RECOVERY_CODE, "enter another one"),
    ],
)
def test_the_page_and_the_api_say_what_helps_with_this_method(
    alice: User, method: Method, helps: str
) -> None:
    MAKE.get(method, enrol_totp)(alice)
    give_recovery_codes(alice, "AAAAA11111")
    credentials = {"email": alice.email, "password": PASSWORD}
    browser = Client()
    browser.post("/login", credentials)
    if method in (Method.SMS, Method.EMAIL):
        browser.post("/login/challenge", {"method": method, "send": "1"})
    page = browser.post("/login/challenge", {"method": method, "code": "000000"})
    assert page.status_code == 401
    assert helps in page.content.decode()

    due = call("login", credentials).json()
    refused = call("mfa/verify", {"mfa_token": due["mfa_token"], "method": method, "code": "000000"})
    assert refused.status_code == 401
    assert helps in refused.json()["detail"]


def test_every_method_has_its_words() -> None:
    assert set(WRONG) == set(Method)
    assert all(Refused(Reason.WRONG_FACTOR, method=method).sentence == WRONG[method] for method in Method)
