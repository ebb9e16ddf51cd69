"""Operators approve the reset of lost factors, or remove them at once; nobody does it to their betters."""

from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, User
from accounts.tests.mails import letters_to
from audit.models import Event
from core import clock
from core.errors import Conflict
from core.tests.parallel import in_parallel
from login.outcomes import SignedIn
from login.tests.api import call as auth
from login.tests.api import problem_of
from login.tests.test_lost_factor import begin, sign_in
from login.tests.test_people_api import close_sudo, emails_in, token_of, users_api
from mfa.factories import SEED, enrol_totp, give_recovery_codes, proven_twice
from mfa.models import Factor, FactorReset
from mfa.services import operator_resets

pytestmark = pytest.mark.django_db
WHY = {"reason": "Showed a passport"}


@pytest.fixture
def token(olivia: User) -> str:
    return token_of(olivia)


def reset(token: str, user: User, body: Any = WHY, method: str = "POST") -> Any:
    return users_api(token, f"/{user.id}/mfa/reset", body, method=method)


def test_without_a_reset_that_waits_the_factors_go_at_once(token: str, alice: User, olivia: User) -> None:
    session = proven_twice(alice).session
    enrol_totp(alice)
    give_recovery_codes(alice, "AAAAA11111")
    shown = reset(token, alice, None, "GET").json()
    assert (shown["mfa_enabled"], shown["reset"], shown["recovery_codes_left"]) == (True, None, 1)
    assert [factor["method"] for factor in shown["methods"]] == ["totp"]
    assert SEED not in str(shown)
    gone = reset(token, alice)
    nothing = {"mfa_enabled": False, "methods": [], "recovery_codes_left": 0, "reset": None}
    assert (gone.status_code, gone.json()) == (200, nothing)
    assert not Factor.objects.exists()
    session.refresh_from_db()
    assert session.ended_at
    assert [letter.kind for letter in letters_to(alice.email)] == ["factors_removed"]
    event = Event.objects.get(action="mfa.removed_by_operator")
    assert (event.actor_id, event.target_id, event.data["methods"]) == (olivia.id, str(alice.id), ["totp"])
    assert event.personal.data["reason"] == WHY["reason"]
    assert problem_of(reset(token, alice)) == (409, "CONFLICT_ERROR", "mfa_not_enabled")


def test_a_reset_that_waits_is_due_at_once(token: str, alice: User, olivia: User) -> None:
    enrol_totp(alice)
    begin(alice, now=clock.now())
    for _ in range(2):
        shown = reset(token, alice)
        assert shown.status_code == 200, shown.content
        assert shown.json()["reset"]["approved_by"] == str(olivia.id)
    assert Factor.objects.exists(), "until the person signs in"
    notices = [letter for letter in letters_to(alice.email) if letter.kind == "factor_reset"]
    assert len(notices) == 2
    assert notices[0].token == notices[1].token, "the first link still stops it"
    assert isinstance(sign_in(alice, now=clock.now()), SignedIn)
    assert not Factor.objects.exists()
    assert Event.objects.get(action="mfa.reset_approved").actor_id == olivia.id


def test_it_asks_for_a_fresh_proof_and_a_reason(token: str, alice: User) -> None:
    enrol_totp(alice)
    for body in ({}, {"reason": ""}, {"reason": "x" * 501}, {**WHY, "mfa_enabled": False}):
        assert reset(token, alice, body).status_code == 422
    close_sudo()
    refused = reset(token, alice)
    assert (refused.status_code, Factor.objects.count()) == (401, 1)
    assert "insufficient_user_authentication" in refused["WWW-Authenticate"]


def test_nobody_but_operators_of_a_higher_rank(alice: User, bob: User, olivia: User) -> None:
    admin = UserFactory(email="admin@janua.dev", role="admin")
    person, lesser, higher = token_of(alice), token_of(admin), token_of(olivia)
    for user in (alice, bob, admin, olivia):
        enrol_totp(user)
    Session.objects.update(amr=["pwd", "otp", "mfa"], acr="aal2")
    for method, body in (("POST", WHY), ("GET", None)):
        assert problem_of(reset(person, bob, body, method))[2] == "not_an_operator"
        assert Client().generic(method, f"/api/v1/users/{bob.id}/mfa/reset").status_code == 401
    for token, user in ((lesser, olivia), (lesser, admin), (higher, olivia)):
        assert problem_of(reset(token, user)) == (403, "AUTHORIZATION_ERROR", "role_too_low")
    assert Factor.objects.count() == 4
    assert reset(higher, admin).status_code == 200
    unknown = "0199a000-0000-7000-8000-000000000000"
    assert users_api(higher, f"/{unknown}/mfa/reset", WHY, method="POST").status_code == 404


def test_the_list_tells_and_filters(token: str, alice: User, bob: User, olivia: User) -> None:
    enrol_totp(alice)
    with CaptureQueriesContext(connection) as everybody:
        answer = users_api(token)
    shown = {user["email"]: user["mfa_enabled"] for user in answer.json()["data"]}
    assert shown == {alice.email: True, bob.email: False, olivia.email: False}
    with CaptureQueriesContext(connection) as some:
        assert emails_in(users_api(token, mfa_enabled="true")) == [alice.email]
    assert len(everybody) == len(some)
    assert emails_in(users_api(token, mfa_enabled="false", sort="created_at")) == [olivia.email, bob.email]
    assert users_api(token, mfa_enabled="maybe").status_code == 422
    assert users_api(token, f"/{alice.id}").json()["mfa_enabled"] is True


def test_it_costs_the_same_whoever_looks(token: str, alice: User) -> None:
    enrol_totp(alice)
    reset(token, alice, None, "GET")
    with CaptureQueriesContext(connection) as none:
        reset(token, alice, None, "GET")
    begin(alice, now=clock.now())
    with CaptureQueriesContext(connection) as one:
        reset(token, alice, None, "GET")
    assert len(none) == len(one)
    assert sum("mfa_factorreset" in query["sql"] for query in one) == 1


@pytest.mark.parametrize("value", [True, False])
def test_s204_nobody_sets_it_by_a_patch(token: str, alice: User, value: bool) -> None:
    mine = token_of(alice)
    enrol_totp(alice)
    for refused in (
        users_api(token, f"/{alice.id}", {"mfa_enabled": value}, method="PATCH"),
        users_api(mine, "/me", {"mfa_enabled": value}, method="PATCH"),
        users_api(token, "", {"email": "new@example.com", "mfa_enabled": value}, method="POST"),
    ):
        assert refused.status_code == 422
        assert "mfa_enabled" in refused.json()["details"]
    assert users_api(mine, "/me").json()["mfa_enabled"] is True
    assert auth("me", token=mine, method="GET").json()["mfa_enabled"] is True


def test_in_the_console(alice: User, bob: User, olivia: User) -> None:
    enrol_totp(alice)
    browser = Client()
    browser.post("/login", {"email": olivia.email, "password": PASSWORD})
    listed = browser.get("/admin/accounts/user/?two_step=on").content.decode()
    assert alice.email in listed
    assert bob.email not in listed
    person = browser.get(f"/admin/accounts/user/{alice.id}/change/").content.decode()
    assert "Authenticator app" in person
    assert SEED not in person
    form = {
        "action": "remove_second_factors",
        "_selected_action": [str(alice.id), str(bob.id), str(olivia.id)],
    }
    done = browser.post("/admin/accounts/user/", form, follow=True).content.decode()
    assert f"Done for {alice.email}." in done
    assert f"Not done for {bob.email}" in done
    assert f"Not done for {olivia.email}" in done
    assert not Factor.objects.exists()
    assert browser.get("/admin/mfa/factorreset/").status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits", [True, False])
def test_of_parallel_operators_one_acts(waits: bool) -> None:
    for number in range(3):
        actors = [UserFactory(email=f"{name}{number}@janua.dev", role="superadmin") for name in "ab"]
        user = UserFactory()
        enrol_totp(user)
        if waits:
            begin(user, now=clock.now())
        waiting, start = [(actor, _session_of(actor)) for actor in actors], Barrier(2)

        def act(
            waiting: list[tuple[User, Session]] = waiting, start: Barrier = start, user: User = user
        ) -> bool:
            actor, session = waiting.pop()
            start.wait(timeout=10)
            try:
                operator_resets.approve_or_remove(
                    actor=actor, session=session, user=user, reason="x", now=clock.now()
                )
            except Conflict:
                return False
            return True

        assert sorted(in_parallel(2, act)) == [waits, True]
        action = "mfa.reset_approved" if waits else "mfa.removed_by_operator"
        assert Event.objects.filter(action=action, target_id=str(user.id)).count() == 1
        assert FactorReset.objects.filter(user=user).count() == int(waits)


def _session_of(user: User) -> Session:
    with transaction.atomic():
        return proven_twice(user).session
