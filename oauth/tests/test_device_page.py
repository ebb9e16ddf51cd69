"""/device: a person enters the code, sees what asks, and decides (RFC 8628 section 3.3)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests import browsers
from accounts.tests.browsers import signed_in
from audit.models import Event
from core import clock
from oauth.models import Consent, DeviceGrant
from oauth.services import clients
from oauth.services.clients import Registered
from oauth.tests.device_flow import answer, begin, enter, expire, page_of, poll, register_tv
from oauth.tests.flows import error_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tv() -> Registered:
    return register_tv()


@pytest.fixture
def codes(tv: Registered) -> dict[str, str]:
    return begin(tv)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_link_with_the_code_only_fills_the_field(codes: dict[str, str], alice: User) -> None:
    response = signed_in(alice).get("/device", {"user_code": codes["user_code"]})
    assert response.status_code == 200
    assert f'value="{codes["user_code"]}"' in text_of(response)
    row = DeviceGrant.objects.get()
    assert (row.user, row.is_decided) == (None, False)


@pytest.mark.parametrize("given", ["", "<script>", "AAAA-AAAA", "x" * 5000])
def test_a_link_with_anything_else_fills_nothing(given: str) -> None:
    response = Client().get("/device", {"user_code": given})
    assert response.status_code == 200
    assert "value=" not in text_of(response).partition('name="user_code"')[2].partition(">")[0]


def test_who_is_not_signed_in_signs_in_to_the_app(codes: dict[str, str], alice: User) -> None:
    browser = Client()
    path = page_of(browser, codes["user_code"])
    response = browser.get(path)
    assert response["Location"] == f"/login?next={path.replace('/', '%2F')}"
    assert "Sign in to Telly" in text_of(browser.get(response["Location"]))
    assert DeviceGrant.objects.get().user is None
    browsers.enter(browser, alice)
    assert browser.get(path).status_code == 200


def test_the_page_says_what_asks_from_where_and_when(codes: dict[str, str], alice: User) -> None:
    browser = signed_in(alice)
    response = browser.get(page_of(browser, codes["user_code"]))
    text = text_of(response)
    for words in (
        "Telly",
        "Unverified publisher",
        "127.0.0.1",
        "(the one you are on)",
        "Just now",
        "Only continue if you started this on your own device.",
        "See your email address",
        alice.email,
    ):
        assert words in text
    assert response["Cache-Control"] == "no-store"


def test_a_verified_publisher_and_another_network_are_said_so(
    tv: Registered, codes: dict[str, str], alice: User
) -> None:
    type(tv.client).objects.update(is_verified=True, publisher="Telly Works")
    DeviceGrant.objects.update(ip="203.0.113.9")
    browser = signed_in(alice)
    text = text_of(browser.get(page_of(browser, codes["user_code"])))
    assert "Verified" in text
    assert "Telly Works" in text
    assert "(not the one you are on)" in text


def test_allowing_is_remembered_as_a_consent(tv: Registered, codes: dict[str, str], alice: User) -> None:
    response = answer(alice, codes["user_code"])
    assert response.status_code == 303
    consent = Consent.objects.get()
    assert (consent.user, consent.client, consent.scope) == (alice, tv.client, "email openid")
    event = Event.objects.get(action="device_code.approved")
    assert (event.actor_id, event.data["scope"]) == (alice.id, "openid email")


def test_denying_leaves_a_line_and_no_consent(codes: dict[str, str], alice: User) -> None:
    answer(alice, codes["user_code"], "deny")
    assert not Consent.objects.exists()
    assert Event.objects.get(action="device_code.denied").result == "denied"
    assert Event.objects.get(action="consent.denied").actor_id == alice.id


@pytest.mark.parametrize(
    ("decision", "words"), [("allow", "Your device is connected"), ("deny", "Nothing was allowed")]
)
def test_the_answer_is_shown_and_is_final(
    codes: dict[str, str], alice: User, decision: str, words: str
) -> None:
    browser = signed_in(alice)
    path = page_of(browser, codes["user_code"])
    assert browser.post(path, {"decision": decision})["Location"] == path
    for again in ({"decision": "allow"}, {"decision": "deny"}, {"switch": "1"}):
        browser.post(path, again)
        assert words in text_of(browser.get(path))
    assert Event.objects.filter(action__startswith="device_code.").count() == 2


def test_it_is_asked_each_time_also_with_a_consent(tv: Registered, alice: User) -> None:
    """Section 5.4: the consent was for another device."""
    answer(alice, begin(tv)["user_code"])
    second = begin(tv)
    browser = signed_in(alice)
    assert "Only continue if" in text_of(browser.get(page_of(browser, second["user_code"])))
    assert error_of(poll(tv, second["device_code"])) == (400, "authorization_pending")


def test_an_unknown_answer_decides_nothing(codes: dict[str, str], alice: User) -> None:
    answer(alice, codes["user_code"], "perhaps")
    assert DeviceGrant.objects.get().is_decided is False


def test_not_you_hands_the_device_on_to_another_account(
    codes: dict[str, str], alice: User, bob: User
) -> None:
    hers = signed_in(alice)
    path = page_of(hers, codes["user_code"])
    hers.get(path)
    response = hers.post(path, {"switch": "1"})
    assert response["Location"] == f"/login/choose?next={path.replace('/', '%2F')}"
    browsers.enter(hers, bob)
    assert hers.get(path).status_code == 200
    browsers.enter(hers, alice)
    assert hers.get(path).status_code == 404


@pytest.mark.parametrize("typed", ["BCDF-GHJK", "bcdf ghjk"])
def test_a_code_that_nobody_waits_with_is_said_so(alice: User, typed: str) -> None:
    response = enter(signed_in(alice), typed)
    assert response.status_code == 404
    assert "No device waits with this code" in text_of(response)
    event = Event.objects.get(action="user_code.refused")
    assert (event.actor_id, event.result) == (alice.id, "failure")


@pytest.mark.parametrize("typed", ["", "1234", "AEIO-UAEI", "B" * 41])
def test_what_cannot_be_a_code_is_not_looked_up(typed: str) -> None:
    assert enter(Client(), typed).status_code == 422
    assert not Event.objects.exists()


def test_an_expired_code_is_no_code(codes: dict[str, str], alice: User) -> None:
    expire()
    assert enter(signed_in(alice), codes["user_code"]).status_code == 404


def test_a_device_that_expires_while_the_page_is_open_is_not_allowed(
    codes: dict[str, str], alice: User
) -> None:
    browser = signed_in(alice)
    path = page_of(browser, codes["user_code"])
    browser.get(path)
    expire()
    assert browser.post(path, {"decision": "allow"}).status_code == 410
    assert "This code has expired" in text_of(browser.get(path))
    assert DeviceGrant.objects.get().is_decided is False


def test_a_client_disabled_meanwhile_is_not_allowed(
    tv: Registered, codes: dict[str, str], alice: User, olivia: User
) -> None:
    browser = signed_in(alice)
    path = page_of(browser, codes["user_code"])
    clients.disable(actor=olivia, client=tv.client, now=clock.now())
    assert browser.post(path, {"decision": "allow"}).status_code == 410
    assert DeviceGrant.objects.get().is_allowed is False


def test_a_proof_older_than_the_client_accepts_is_renewed_first(alice: User) -> None:
    codes = begin(register_tv(default_max_age=60))
    browser = signed_in(alice, auth_time=clock.now() - timedelta(minutes=5))
    path = page_of(browser, codes["user_code"])
    response = browser.post(path, {"decision": "allow"})
    assert response["Location"] == f"/login?next={path.replace('/', '%2F')}"
    assert DeviceGrant.objects.get().is_decided is False
    assert browser.get(response["Location"]).status_code == 200  # the sign-in page, not back at once
    browsers.enter(browser, alice)
    assert browser.get(path).status_code == 200


def test_a_form_of_another_site_decides_nothing(codes: dict[str, str], alice: User) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)
    path = page_of(signed_in(alice), codes["user_code"])
    for where, form in ((path, {"decision": "allow"}), ("/device", {"user_code": codes["user_code"]})):
        assert browser.post(where, form).status_code == 403
    assert DeviceGrant.objects.get().is_decided is False
