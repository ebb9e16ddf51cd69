"""What an error page tells the client's owner and operators of a redirect URI, and nobody else."""

import pytest
from django.template.loader import render_to_string
from django.test import Client as Browser

from accounts.models import Session, User
from accounts.tests.browsers import enter, signed_in
from oauth.factories import REDIRECT_URI, register_client
from oauth.models import Client
from oauth.pages.errors import DeveloperDetails, developer_details
from oauth.tests.flows import authorize

pytestmark = pytest.mark.django_db
GOT = "https://app.example/callback/<b>?x=1"


def session_of(user: User) -> Session:
    return enter(Browser(), user)


@pytest.fixture
def acme(alice: User) -> Client:
    return register_client(owner=alice).client


def test_owners_and_operators_see_both_sides(alice: User, olivia: User, acme: Client) -> None:
    for person in (alice, olivia):
        details = developer_details(acme, session_of(person), GOT)
        assert details == DeveloperDetails(acme.client_id, GOT, [REDIRECT_URI])


def test_others_see_nothing(bob: User, acme: Client) -> None:
    assert developer_details(acme, session_of(bob), GOT) is None
    assert developer_details(acme, None, GOT) is None
    assert developer_details(None, session_of(bob), GOT) is None


def test_nobodys_client_is_not_everybodys(bob: User) -> None:
    assert developer_details(register_client().client, session_of(bob), GOT) is None


def test_the_page_shows_them_as_words(alice: User, acme: Client) -> None:
    details = developer_details(acme, session_of(alice), GOT)
    facts = {"error": "invalid_request", "detail": "…", "request_id": "r-1", "developer": details}
    page = render_to_string("oauth/error.html", facts)
    assert "https://app.example/callback/&lt;b&gt;?x=1" in page
    assert f"<dd>{REDIRECT_URI}</dd>" in page
    assert f'href="/account/clients/{acme.client_id}"' in page
    assert REDIRECT_URI not in render_to_string("oauth/error.html", {**facts, "developer": None})


def test_the_endpoint_tells_the_owner_and_nobody_else(alice: User, bob: User) -> None:
    acme = register_client(owner=alice)
    for browser, sees in ((signed_in(alice), True), (signed_in(bob), False), (Browser(), False)):
        page = authorize(browser, acme, redirect_uri=GOT)
        assert page.status_code == 400
        assert ("You manage this app" in page.content.decode()) is sees
        assert (REDIRECT_URI in page.content.decode()) is sees
    silent = authorize(signed_in(alice), acme, client_id="nobody", redirect_uri=GOT)
    assert "You manage this app" not in silent.content.decode()


def test_a_very_long_address_is_cut(alice: User, acme: Client) -> None:
    details = developer_details(acme, session_of(alice), "x" * 10_000)
    assert details is not None
    assert len(details.got) == 500
