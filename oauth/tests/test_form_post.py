"""Answers by a form that sends itself (OAuth 2.0 Form Post Response Mode). Case S015."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client as Browser

from accounts.models import User
from accounts.tests.browsers import signed_in
from oauth.factories import REDIRECT_URI, register_client
from oauth.services.clients import Registered
from oauth.tests.flows import ISSUER, allow, authorize, redeem

pytestmark = pytest.mark.django_db


class Forms(HTMLParser):
    """The one form of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action, self.method = "", ""
        self.fields: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action, self.method = given["action"] or "", given["method"] or ""
        if tag == "input":
            self.fields[given["name"] or ""] = given["value"] or ""


@pytest.fixture
def acme(db: None) -> Registered:
    return register_client()


def form_of(response: Any) -> Forms:
    assert response.status_code == 200
    return Forms(response.content.decode())


def test_the_code_goes_to_the_redirect_uri_by_post(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    response = allow(browser, authorize(browser, acme, response_mode="form_post"))
    form = form_of(response)
    assert (form.action, form.method) == (REDIRECT_URI, "post")
    assert form.fields.keys() == {"code", "state", "iss"}
    assert form.fields["iss"] == ISSUER
    assert redeem(acme, form.fields["code"]).status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_a_remembered_consent_and_silent_errors_go_the_same_way(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    allow(browser, authorize(browser, acme))
    assert "code" in form_of(authorize(browser, acme, response_mode="form_post")).fields
    silent = authorize(Browser(), acme, response_mode="form_post", prompt="none")
    assert form_of(silent).fields["error"] == "login_required"
    denied = allow(browser, authorize(browser, acme, response_mode="form_post", prompt="consent"), "deny")
    assert form_of(denied).fields["error"] == "access_denied"


def test_the_policy_lets_the_form_go_there_and_nowhere_else(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    policy = allow(browser, authorize(browser, acme, response_mode="form_post"))["Content-Security-Policy"]
    assert "form-action 'self' https://app.example;" in policy + ";"
    assert "script-src 'self'" in policy


def test_s015_what_the_client_sent_is_escaped(alice: User, acme: Registered) -> None:
    state = '"><script>alert(1)</script>'
    response = authorize(Browser(), acme, response_mode="form_post", prompt="none", state=state)
    assert form_of(response).fields["state"] == state
    assert b"<script>alert" not in response.content


def test_our_own_form_token_is_not_given_away(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    response = allow(browser, authorize(browser, acme, response_mode="form_post"))
    assert b"csrf" not in response.content
