"""A right password that has to be replaced opens the way to a new one, and nothing else."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, User
from accounts.services import recovery
from accounts.tests.mails import last_letter, letters_to
from audit.models import Event
from core import clock
from login.outcomes import Outcome, SignedIn
from login.services import path
from login.tests.api import call, problem_of

NEW = "copper-lantern-meadow-31"
REQUIRED = (401, "AUTHENTICATION_ERROR", "password_reset_required")


@pytest.fixture
def dora(db: None) -> User:
    """An operator wants her password replaced."""
    user: User = UserFactory(email="dora@example.com")
    recovery.require_reset(actor=None, user=user, now=clock.now())
    return user


def log_in(user: User, password: str = PASSWORD) -> Any:
    return call("login", {"email": user.email, "password": password})


def sign_in(browser: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return browser.post("/login", {"email": user.email, "password": password, **more})


def test_the_page_leads_to_the_reset_and_back_to_where_one_was_going(dora: User, client: Client) -> None:
    response = sign_in(client, dora, next="/account/profile")
    assert (response.status_code, response["Location"]) == (303, "/password/reset")
    assert settings.SESSION_COOKIE_NAME not in client.cookies
    page = client.get("/password/reset")
    assert page.context["is_required"]
    assert "has to be replaced" in page.content.decode()
    letter = last_letter(dora.email)
    assert letter.kind == "reset_required"
    done = client.post("/password/reset", {"code": letter.code, "new_password": NEW})
    assert done.context["action_url"] == "/login?next=%2Faccount%2Fprofile"
    assert sign_in(client, dora, NEW)["Location"] == "/account"


def test_over_rest_the_reason_says_so_and_the_mail_goes_out(dora: User) -> None:
    assert problem_of(log_in(dora)) == REQUIRED
    letter = last_letter(dora.email)
    assert call("password/reset", {"token": letter.token, "new_password": NEW}).status_code == 204
    assert log_in(dora, NEW).status_code == 200


def test_a_wrong_password_learns_and_sends_nothing(dora: User, client: Client) -> None:
    assert problem_of(log_in(dora, "wrong"))[2] == "invalid_credentials"
    assert sign_in(client, dora, "wrong").status_code == 401
    assert not letters_to(dora.email)


def test_the_mails_are_limited_and_the_answer_stays(dora: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    for _ in range(7):
        assert problem_of(log_in(dora)) == REQUIRED
    assert len(letters_to(dora.email)) == 5
    letter = last_letter(dora.email)
    assert call("password/reset", {"token": letter.token, "new_password": NEW}).status_code == 204


def test_an_unproven_mailbox_is_proven_first(db: None, client: Client) -> None:
    eve = UserFactory(email="eve@example.com", email_verified=False, password_reset_required=True)
    assert sign_in(client, eve)["Location"] == "/signup/verify"
    response = client.post("/signup/verify", {"code": last_letter(eve.email).code})
    assert (response.status_code, response["Location"]) == (303, "/password/reset")
    assert last_letter(eve.email).kind == "reset_required"
    assert not Session.objects.exists()


def test_another_door_stays_open(dora: User) -> None:
    """What has to be replaced is the password: who comes in without it is not held up."""
    assert isinstance(enter_by("federated", dora), SignedIn)


def enter_by(amr: str, user: User) -> Outcome:
    from login.attempts import Attempt

    kind = Session.Kind.BROWSER
    attempt = Attempt(user=user, amr=(amr,), kind=kind, keep=False, device=None, now=clock.now())
    return path.advance(attempt, door="test")


@pytest.fixture
def breached(tmp_path: Path, janua_options: Any) -> None:
    """PASSWORD turned up in a breach."""
    source, target = tmp_path / "hashes", tmp_path / "filter"
    source.write_text(hashlib.sha1(PASSWORD.encode()).hexdigest())
    call_command("build_breach_filter", str(source), str(target), stdout=io.StringIO())
    janua_options(breached_passwords_file=target)


def test_a_breached_password_lets_in_where_the_operator_says_nothing(alice: User, breached: None) -> None:
    assert log_in(alice).status_code == 200


def test_a_breached_password_is_replaced_where_the_operator_says_so(
    alice: User, breached: None, janua_options: Any
) -> None:
    before = log_in(alice).json()["tokens"]["access_token"]
    janua_options(breached_password_at_login="reset")
    assert problem_of(log_in(alice, "wrong"))[2] == "invalid_credentials"
    assert problem_of(log_in(alice)) == REQUIRED
    assert problem_of(log_in(alice)) == REQUIRED
    assert last_letter(alice.email).kind == "reset_required"
    assert call("me", token=before, method="GET").status_code == 401
    assert Event.objects.get(action="user.password_reset_required").data == {"because": "breached"}


def test_a_good_password_stays_where_breached_ones_go(db: None, breached: None, janua_options: Any) -> None:
    janua_options(breached_password_at_login="reset")
    assert log_in(UserFactory(raw_password=NEW), NEW).status_code == 200
