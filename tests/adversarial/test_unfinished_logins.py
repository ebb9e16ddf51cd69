"""S133: a login that waits for its second factor opens nothing but its own challenge.

Every route of the URL map is called with everything that such a login gives: the browser's cookie, and the token of a
program in every place that takes a secret. Each answers as it does to nobody, and nothing changes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyotp
import pytest
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.tests.mails import last_letter
from login.models import LoginAttempt
from mfa.factories import SEED, enrol_totp
from mfa.models import WebAuthnChallenge
from tests.adversarial.tools import bearer, post_json
from tests.architecture.routes import all_routes
from tokens.models import SigningKey, TokenFamily

OWN = ("/login/challenge", "/login/recover", "/api/v1/auth/mfa/verify", "/api/v1/auth/mfa/challenge")
METHODS = ("get", "post", "put", "patch", "delete")
ANYBODYS = {"audit", "core"}  # the trail, the counters: a stranger's request writes them too
# Form tokens, ids of requests, moments, what passkeys are to sign
OF_THIS_REQUEST = re.compile(
    r'"(?:id|challenge)": ?"[\w-]{22,}"|value="\w{64}"|\b[0-9a-f]{32}\b|\d{4}-\d\d-\d\dT[\d:.]+Z?|"\w+_(?:seconds|ms)":[\d.]+'
)
ROUTES = [route for route in all_routes() if not route.path.startswith(OWN)]


def waiting_browser(user: User) -> Browser:
    """The password was right."""
    browser = Browser()
    answer = browser.post("/login", {"email": user.email, "password": PASSWORD})
    assert answer["Location"] == "/login/challenge"
    return browser


def waiting_token(user: User) -> str:
    answer = post_json(Browser(), "/api/v1/auth/login", {"email": user.email, "password": PASSWORD})
    return str(answer.json()["mfa_token"])


@pytest.fixture
def alice(alice: User) -> User:
    enrol_totp(alice)
    return alice


@dataclass(frozen=True, slots=True)
class Held:
    """What a caller has to show."""

    cookies: Mapping[str, str] = field(default_factory=dict)
    bearer: str = ""

    def call(self, method: str, path: str) -> Any:
        browser = Browser(raise_request_exception=False)
        for name, value in self.cookies.items():
            browser.cookies[name] = value
        return getattr(browser, method)(path, **(bearer(self.bearer) if self.bearer else {}))


def state() -> set[str]:
    """Every row but those that anybody's requests write."""
    models = [each for each in apps.get_models() if each._meta.app_label not in ANYBODYS]
    models.remove(SigningKey)  # made when it is first asked for, by whomever
    models.remove(WebAuthnChallenge)  # the sign-in page asks for one that is nobody's
    rows = (row for model in models for row in model._default_manager.order_by("pk"))
    return {json.dumps(row, sort_keys=True, default=str) for row in serializers.serialize("python", rows)}


def seen(answer: Any) -> tuple[Any, ...]:
    text = "" if answer.streaming else OF_THIS_REQUEST.sub("", answer.content.decode(errors="replace"))
    return answer.status_code, answer.get("Location"), text, sorted(answer.cookies)


def differences(nobody: Held, theirs: Held) -> Iterator[str]:
    """Where they are answered otherwise than nobody is."""
    for route in ROUTES:
        for method in METHODS:
            answers = [held.call(method, route.path) for held in (nobody, theirs)]
            if seen(answers[0]) != seen(answers[1]):
                yield f"{method} {route.path}: {[seen(answer) for answer in answers]}"


def test_s133_there_are_routes_to_try() -> None:
    assert len(ROUTES) > 150


def test_s133_no_route_answers_to_the_cookies(alice: User) -> None:
    cookies = {name: morsel.value for name, morsel in waiting_browser(alice).cookies.items()}
    assert settings.FLOW_COOKIE_NAME in cookies
    before = state()
    assert (
        list(differences(Held(), Held({settings.FLOW_COOKIE_NAME: cookies[settings.FLOW_COOKIE_NAME]}))) == []
    )
    assert state() ^ before == set()


@pytest.mark.parametrize("place", ["Bearer", settings.SESSION_COOKIE_NAME, settings.ACCOUNTS_COOKIE_NAME])
def test_s133_no_route_answers_to_the_token(alice: User, place: str) -> None:
    """A real one is worth as much as one that was made up."""
    made_up, real = (
        Held(bearer=secret) if place == "Bearer" else Held({place: secret})
        for secret in ("jnu_la_" + "x" * 43, waiting_token(alice))
    )
    before = state()
    assert list(differences(made_up, real)) == []
    assert state() ^ before == set()
    assert not WebAuthnChallenge.objects.filter(user=alice).exists()


SECRETS: list[tuple[str, dict[str, str]]] = [
    ("/api/v1/auth/token/refresh", {"refresh_token": "{}"}),
    ("/api/v1/auth/magic-link/verify", {"id": "{}", "token": "{}"}),
    ("/api/v1/auth/email/verify", {"token": "{}"}),
    ("/api/v1/auth/password/reset", {"token": "{}", "new_password": "copper-lantern-meadow-31"}),
    ("/api/v1/oauth/email/verify", {"handle": "{}", "code": "123456"}),
]


@pytest.mark.parametrize(("path", "body"), SECRETS)
def test_s133_the_token_is_no_other_secret(alice: User, path: str, body: dict[str, str]) -> None:
    token = waiting_token(alice)
    before = state()
    answer = post_json(Browser(), path, {name: value.format(token) for name, value in body.items()})
    assert answer.status_code in (401, 404, 422)
    assert state() ^ before == set()


GRANTS = [
    {"grant_type": "refresh_token", "refresh_token": "{}"},
    {"grant_type": "authorization_code", "code": "{}"},
    {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "{}"},
]


@pytest.mark.parametrize("form", GRANTS, ids=lambda form: form["grant_type"])
def test_s133_nor_a_grant(alice: User, acme: Any, form: dict[str, str]) -> None:
    token = waiting_token(alice)
    client = {"client_id": acme.client.client_id, "client_secret": acme.secret}
    answer = Browser().post("/oauth/token", {**client, **{k: v.format(token) for k, v in form.items()}})
    assert answer.status_code == 400
    assert not TokenFamily.objects.exists()


def test_s133_the_way_on_to_an_app_stays_shut(alice: User, acme: Any) -> None:
    """The application that waits gets its code after the factor, and not before."""
    browser = waiting_browser(alice)
    query = {"client_id": acme.client.client_id, "response_type": "code", "scope": "openid"}
    answer = browser.get("/oauth/authorize", query)
    while answer.status_code in (302, 303) and answer["Location"].startswith("/"):
        answer = browser.get(answer["Location"])
        assert "code=" not in answer.get("Location", "")
    assert not Session.objects.exists()


def test_s133_another_door_begins_anew(alice: User) -> None:
    """The mailed code beside a password that waits is another first proof, not the second."""
    browser = waiting_browser(alice)
    browser.post("/login/email", {"email": alice.email})
    answer = browser.post("/login/code", {"code": last_letter(alice.email).code})
    assert answer["Location"] == "/login/challenge"
    assert not Session.objects.exists()
    assert LoginAttempt.objects.count() == 2


def test_s133_a_suspended_or_locked_out_person_does_not_come_in_by_it(alice: User) -> None:
    token = waiting_token(alice)
    User.objects.filter(id=alice.id).update(status=User.Status.SUSPENDED)
    body = {"mfa_token": token, "code": pyotp.TOTP(SEED).now()}
    answer = post_json(Browser(), "/api/v1/auth/mfa/verify", body)
    assert (answer.status_code, json.loads(answer.content)["reason"]) == (401, "account_suspended")
    assert not Session.objects.exists()
