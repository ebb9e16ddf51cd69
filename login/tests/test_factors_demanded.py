"""MFA_REQUIRED_FOR: who must have a second factor, from when on, and how far one gets without."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.test import Client

from accounts import two_step
from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from core.errors import Conflict
from login.tests.api import call, problem_of
from login.tests.test_people_api import token_of, users_api
from mfa.factories import SEED, enrol_totp, give_recovery_codes, proven_twice
from mfa.methods import Method
from mfa.models import Factor, RecoveryCode
from mfa.services import factors, own_factors, totp


def due(user: User) -> User:
    User.objects.filter(id=user.id).update(mfa_due_at=clock.now())
    user.refresh_from_db()
    return user


def test_the_days_of_grace_begin_with_a_sign_in(alice: User, janua_options: Any) -> None:
    janua_options(mfa_required_for="everyone", mfa_grace_days=3)
    browser = Client()
    assert browser.post("/login", {"email": alice.email, "password": PASSWORD})["Location"] == "/account"
    alice.refresh_from_db()
    assert alice.mfa_due_at is not None
    assert abs(alice.mfa_due_at - clock.now() - timedelta(days=3)) < timedelta(minutes=1)
    assert browser.get("/account").status_code == 200
    due_at = alice.mfa_due_at
    browser.post("/login", {"email": alice.email, "password": PASSWORD})
    alice.refresh_from_db()
    assert alice.mfa_due_at == due_at, "they do not begin anew"


def test_after_them_every_page_leads_to_the_set_up(alice: User, janua_options: Any) -> None:
    janua_options(mfa_required_for="everyone")
    browser = signed_in(due(alice))
    assert browser.get("/account/profile")["Location"].startswith("/account/security?next=")
    assert browser.get("/account/security").status_code == 200
    assert browser.get("/account/security/app").status_code == 200
    assert browser.get("/account")["Location"].startswith("/account/security?next=")
    enrol_totp(alice)
    assert browser.get("/account/profile").status_code == 200


def test_nobody_who_must_have_one_removes_the_last(alice: User, janua_options: Any) -> None:
    janua_options(mfa_required_for="everyone")
    factor, session = enrol_totp(alice), proven_twice(alice).session
    for remove in (
        lambda: own_factors.remove(session=session, factor_id=factor.id, now=clock.now()),
        lambda: own_factors.disable(session=session, now=clock.now()),
    ):
        with pytest.raises(Conflict):
            remove()
    assert Factor.objects.filter(user=alice).count() == 1


def test_a_method_that_is_not_offered_is_neither_added_nor_used(alice: User, janua_options: Any) -> None:
    enrol_totp(alice)
    give_recovery_codes(alice, "AAAAA11111")
    janua_options(mfa_methods=("sms",))
    assert factors.methods_of(alice, now=clock.now()) == (Method.RECOVERY_CODE,)
    browser = Client()
    browser.post("/login", {"email": alice.email, "password": PASSWORD})
    assert browser.get("/login/challenge").status_code == 200
    RecoveryCode.objects.all().delete()
    assert browser.get("/login/challenge")["Location"] == "/login/recover"
    assert browser.get("/login/recover").status_code == 200
    assert Client().post("/login", {"email": alice.email, "password": PASSWORD}).status_code == 303
    with pytest.raises(Conflict):
        totp.begin(session=proven_twice(alice).session, now=clock.now())


def test_after_them_programs_are_refused_in_words(alice: User, janua_options: Any) -> None:
    janua_options(mfa_required_for="everyone")
    due(alice)
    answer = call("login", {"email": alice.email, "password": PASSWORD})
    assert problem_of(answer) == (401, "AUTHENTICATION_ERROR", "mfa_enrolment_required")
    assert "two-step" in answer.json()["detail"]


@pytest.mark.parametrize("demanded", ["nobody", "operators", "everyone"])
def test_whom_it_is_demanded_of(alice: User, olivia: User, janua_options: Any, demanded: str) -> None:
    janua_options(mfa_required_for=demanded)
    assert two_step.is_required(alice) is (demanded == "everyone")
    assert two_step.is_required(olivia) is (demanded != "nobody")


def test_a_rule_that_was_lifted_holds_nobody_up(alice: User) -> None:
    assert signed_in(due(alice)).get("/account/profile").status_code == 200


def test_operators_enter_the_console_with_a_second_factor_only(olivia: User, janua_options: Any) -> None:
    janua_options(mfa_required_for="operators")
    browser = signed_in(olivia)
    assert browser.get("/admin/").status_code == 200, "while the days of grace last"
    due(olivia)
    assert browser.get("/admin/")["Location"].startswith("/account/security?next=%2Fadmin%2F")
    enrol_totp(olivia)
    assert browser.get("/admin/")["Location"].startswith("/account/confirm?next=%2Fadmin%2F&level=aal2")


def test_operators_act_over_rest_with_a_second_factor_only(
    olivia: User, alice: User, janua_options: Any
) -> None:
    """A session from before the rule has less than the console asks for, and opens no more here."""
    token = token_of(olivia)
    janua_options(mfa_required_for="operators")
    everywhere = ("", f"/{alice.id}", f"/{alice.id}/sessions", f"/{alice.id}/mfa/reset")
    assert {users_api(token, path).status_code for path in everywhere} == {200}, (
        "while the days of grace last"
    )
    due(olivia)
    for path in everywhere:
        refused = users_api(token, path)
        assert problem_of(refused) == (403, "AUTHORIZATION_ERROR", "mfa_enrolment_required"), path
    assert users_api(token, "/me").status_code == 200, "their own account stays theirs"
    enrol_totp(olivia)
    refused = users_api(token, "")
    assert problem_of(refused)[::2] == (401, "reauthentication_required")
    assert 'acr_values="aal2"' in refused["WWW-Authenticate"]
    proof = {"method": "totp", "code": pyotp.TOTP(SEED).now()}
    assert call("reauthenticate", proof, token=token).status_code == 204
    assert {users_api(token, path).status_code for path in everywhere} == {200}


@pytest.mark.parametrize("path", ["rbac/system-roles", "admin/organizations"])
def test_so_do_they_where_it_is_about_organizations(olivia: User, janua_options: Any, path: str) -> None:
    token = token_of(olivia)
    janua_options(mfa_required_for="operators")
    due(olivia)
    refused = Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
    assert problem_of(refused) == (403, "AUTHORIZATION_ERROR", "mfa_enrolment_required")


def test_others_hear_that_they_are_no_operators(alice: User, janua_options: Any) -> None:
    token = token_of(due(alice))
    janua_options(mfa_required_for="everyone")
    assert problem_of(users_api(token, "")) == (403, "AUTHORIZATION_ERROR", "not_an_operator")
