"""Idempotency-Key: done once, answered twice; only by the same caller, with the same body, for a day."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import User
from core import clock
from core.models import IdempotentAnswer
from core.tasks import purge
from login.tests.api import call as login_call
from login.tests.api import problem_of
from oauth.factories import REDIRECT_URI
from oauth.models import Client

pytestmark = pytest.mark.django_db
KEY = "0b9f6f0e-one-registration"
BODY = {"client_name": "Once", "redirect_uris": [REDIRECT_URI]}


@pytest.fixture(autouse=True)
def _open_to_people(janua_options: Callable[..., None]) -> None:
    janua_options(client_registration="people")


def token_of(user: User) -> str:
    login = login_call("login", {"email": user.email, "password": PASSWORD}).json()
    return str(login["tokens"]["access_token"])


def post(token: str, body: Any = BODY, key: str | None = KEY, path: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key is not None else {})
    return Browser().post(
        f"/api/v1/oauth/clients{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_the_same_request_is_done_once_and_answered_alike(alice: User) -> None:
    token = token_of(alice)
    first, second = post(token), post(token)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.json()["client_secret"]
    assert Client.objects.count() == 1
    rotated = [post(token, key=KEY, path=f"/{first.json()['client_id']}/secrets").json() for _ in range(2)]
    assert rotated[0] == rotated[1], "the same key for another address is another key"


def test_without_a_key_it_is_done_each_time(alice: User) -> None:
    token = token_of(alice)
    post(token, key=None)
    post(token, key=None)
    assert Client.objects.count() == 2


def test_another_body_is_refused(alice: User) -> None:
    token = token_of(alice)
    post(token)
    assert problem_of(post(token, {**BODY, "client_name": "Other"}))[2] == "idempotency_key_reused"


def test_another_persons_key_is_another_key(alice: User, bob: User) -> None:
    assert post(token_of(alice)).json()["client_id"] != post(token_of(bob)).json()["client_id"]


def test_what_was_refused_may_be_tried_again(alice: User, janua_options: Callable[..., None]) -> None:
    token = token_of(alice)
    janua_options(client_registration="operators")
    assert post(token).status_code == 403
    janua_options(client_registration="people")
    assert post(token).status_code == 201


def test_while_the_first_is_being_done_the_second_waits(alice: User) -> None:
    token = token_of(alice)
    post(token)
    IdempotentAnswer.objects.update(status=None, answer="")
    assert problem_of(post(token))[:2] == (409, "CONFLICT_ERROR")
    IdempotentAnswer.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert post(token).status_code == 201, "a request that died does not hold the key for ever"


@pytest.mark.parametrize("key", ["", "short", "x" * 256, "with a space in it", "umlaut-ä-umlaut"])
def test_a_bad_key_is_refused(alice: User, key: str) -> None:
    assert problem_of(post(token_of(alice), key=key))[2] == "bad_idempotency_key"
    assert not Client.objects.exists()


def test_the_answer_lies_sealed_and_is_forgotten_after_a_day(alice: User) -> None:
    token = token_of(alice)
    made = post(token).json()
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer, key_hash FROM core_idempotentanswer")
        [(answer, key_hash)] = cursor.fetchall()
    assert made["client_secret"] not in answer
    assert made["client_id"] not in answer
    assert KEY not in key_hash
    IdempotentAnswer.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert post(token).json()["client_id"] != made["client_id"]
    IdempotentAnswer.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    purge()
    assert not IdempotentAnswer.objects.exists()
