"""A client asks for a level (`acr_values`, an essential `acr`, or as it is registered): who is asked for what."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Device, Session, User
from accounts.services import sudo
from accounts.tests.browsers import enter, signed_in
from core import clock
from login.services import reauthentication
from mfa.factories import SEED, enrol_totp
from mfa.factors import Answer
from mfa.methods import Method
from mfa.models import Passkey, WebAuthnChallenge
from oauth.factories import register_client
from oauth.models import AuthorizationCode
from oauth.services import consents
from oauth.services.clients import Registered
from oauth.tests import device_flow
from oauth.tests.flows import answer_of, authorize, is_waiting, post, redeem, request_of
from oauth.tests.test_levels_table import Person
from oauth.tests.test_requested_claims import asking, id_token_of
from tokens.models import TokenFamily

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Registered:
    return register_client()


@pytest.fixture
def _consented(alice: User, acme: Registered) -> None:
    consents.grant(alice, acme.client, ["openid", "email"], now=clock.now())


def essential(*values: str) -> str:
    return asking(id_token={"acr": {"essential": True, "values": list(values)}})


def voluntary(*values: str) -> str:
    return asking(id_token={"acr": {"values": list(values)}})


def lift(user: User, factor: str = "otp") -> Session:
    """The person proves a factor in the session they have, as /account/confirm does it."""
    session = Session.objects.select_related("user").get(user=user)
    return sudo.open_for(session, by="totp", factor=(factor,), now=clock.now()).session


def confirm_page(path: str, level: str) -> str:
    return f"/account/confirm?next={path.replace('/', '%2F')}&level={level}"


WAYS: dict[str, dict[str, str]] = {
    "acr_values": {"acr_values": "aal2"},
    "the preferred one of several": {"acr_values": "aal2 aal1"},
    "after one that is out of reach": {"acr_values": "phr aal2"},
    "beside words of others": {"acr_values": "urn:mace:incommon:iap:silver aal2"},
    "voluntary claim": {"claims": voluntary("aal2")},
    "essential claim": {"claims": essential("aal2")},
    "one value": {"claims": asking(id_token={"acr": {"essential": True, "value": "aal2"}})},
}


@pytest.mark.usefixtures("_consented")
@pytest.mark.parametrize("way", WAYS)
def test_who_has_a_factor_is_asked_for_it_and_for_nothing_else(
    alice: User, acme: Registered, way: str
) -> None:
    enrol_totp(alice)
    browser = signed_in(alice)
    waiting = authorize(browser, acme, **WAYS[way])
    assert is_waiting(waiting)
    asked = browser.get(waiting["Location"])
    assert (asked.status_code, asked["Location"]) == (303, confirm_page(waiting["Location"], "aal2"))
    secret = sudo.open_for(Session.objects.get(), by="totp", factor=("otp",), now=clock.now()).secret
    browser.cookies[settings.SESSION_COOKIE_NAME] = secret
    code = answer_of(browser.get(waiting["Location"]))["code"]
    claims = id_token_of(redeem(acme, code).json())
    assert (claims["acr"], claims["amr"]) == ("aal2", ["pwd", "otp", "mfa"])


@pytest.mark.usefixtures("_consented")
@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"acr_values": "aal1"},
        {"acr_values": "aal1 aal2 phr"},
        {"acr_values": "1 2"},
        {"claims": essential("aal1", "aal2")},
        {"claims": asking(id_token={"acr": {"essential": True}})},
        {"claims": asking(id_token={"acr": None})},
        {"claims": voluntary("silver")},
    ],
)
def test_who_is_there_already_is_asked_for_nothing(
    alice: User, acme: Registered, wish: dict[str, str]
) -> None:
    enrol_totp(alice)
    answer = answer_of(authorize(signed_in(alice), acme, **wish))
    assert id_token_of(redeem(acme, answer["code"]).json())["acr"] == "aal1"


@pytest.mark.usefixtures("_consented")
@pytest.mark.parametrize(
    "wish", [{"acr_values": "phr aal2"}, {"acr_values": "aal2"}, {"claims": voluntary("phr")}]
)
def test_a_wish_out_of_reach_goes_on_with_what_there_is(
    alice: User, acme: Registered, wish: dict[str, str]
) -> None:
    answer = answer_of(authorize(signed_in(alice), acme, **wish))
    assert id_token_of(redeem(acme, answer["code"]).json())["acr"] == "aal1"


@pytest.mark.usefixtures("_consented")
@pytest.mark.parametrize(("level", "needs_key"), [("aal2", False), ("phr", True)])
def test_what_must_be_and_cannot_be_is_said_and_the_way_back_tells_the_client(
    alice: User, acme: Registered, level: str, needs_key: bool
) -> None:
    """OpenID Connect Core Unmet Authentication Requirements 1.0."""
    browser = signed_in(alice)
    waiting = authorize(browser, acme, claims=essential(level))
    page = browser.get(waiting["Location"])
    assert page.status_code == 200
    assert (page.context["app"], page.context["needs_key"]) == ("Acme", needs_key)
    assert page.context["set_up_url"] == f"/account/security?next={waiting['Location'].replace('/', '%2F')}"
    assert "form-action 'self' https://app.example" in page["Content-Security-Policy"]
    for form in ({}, {"decision": "allow"}):
        answer = answer_of(browser.post(waiting["Location"], form))
        assert (answer["error"], answer["state"]) == ("unmet_authentication_requirements", "the state")
    assert not AuthorizationCode.objects.exists()


def test_a_factor_that_was_set_up_meanwhile_is_asked_for(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    waiting = authorize(browser, acme, claims=essential("aal2"))
    assert browser.get(waiting["Location"]).status_code == 200
    enrol_totp(alice)
    assert browser.get(waiting["Location"])["Location"] == confirm_page(waiting["Location"], "aal2")


def test_the_way_back_is_not_taken_from_another_site(alice: User, acme: Registered) -> None:
    browser = signed_in(alice, enforce_csrf_checks=True)
    waiting = authorize(browser, acme, claims=essential("phr"))
    assert browser.post(waiting["Location"]).status_code == 403


@pytest.mark.usefixtures("_consented")
@pytest.mark.parametrize(
    ("has_factor", "wish", "answered"),
    [
        (True, {"claims": essential("aal2")}, "login_required"),
        (True, {"claims": essential("phr")}, "unmet_authentication_requirements"),
        (True, {"claims": essential("phr", "aal1")}, ""),
        (False, {"claims": essential("aal2")}, "unmet_authentication_requirements"),
        (False, {"claims": essential("aal3")}, "unmet_authentication_requirements"),
        (True, {"acr_values": "aal2"}, ""),
        (False, {"acr_values": "phr"}, ""),
    ],
)
def test_in_silence(
    alice: User, acme: Registered, has_factor: bool, wish: dict[str, str], answered: str
) -> None:
    if has_factor:
        enrol_totp(alice)
    answer = answer_of(authorize(signed_in(alice), acme, prompt="none", **wish))
    assert answer.get("error", "") == answered
    assert ("code" in answer) is (answered == "")


def test_a_posted_silent_request_is_answered_silently(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    for factor, error in ((False, "unmet_authentication_requirements"), (True, "login_required")):
        if factor:
            enrol_totp(alice)
        waiting = browser.post("/oauth/authorize", request_of(acme, prompt="none", claims=essential("aal2")))
        assert answer_of(browser.get(waiting["Location"]))["error"] == error


@pytest.mark.parametrize(
    "acr", [{"values": "aal2"}, {"values": [2]}, {"values": None}, {"value": 2}, {"value": ["aal2"]}]
)
@pytest.mark.parametrize("is_essential", [True, False])
def test_a_level_that_is_no_word_is_refused_and_not_forgotten(
    alice: User, acme: Registered, acr: dict[str, Any], is_essential: bool
) -> None:
    claims = json.dumps({"id_token": {"acr": {"essential": is_essential, **acr}}})
    assert answer_of(authorize(signed_in(alice), acme, claims=claims))["error"] == "invalid_request"


def test_essential_comes_before_acr_values_and_both_before_what_is_registered(alice: User) -> None:
    enrol_totp(alice)
    eager = register_client(default_acr_values=["aal2"])
    consents.grant(alice, eager.client, ["openid", "email"], now=clock.now())
    browser = signed_in(alice)
    assert is_waiting(authorize(browser, eager))
    assert "code" in answer_of(authorize(browser, eager, acr_values="aal1"))
    assert "code" in answer_of(authorize(browser, eager, acr_values="phr", claims=essential("aal1")))
    assert is_waiting(authorize(browser, eager, acr_values="aal1", claims=essential("aal2")))


@pytest.mark.usefixtures("_consented")
@pytest.mark.parametrize(
    "stale",
    [{"prompt": "login"}, {"max_age": "60"}, {"max_age": "0"}],
)
def test_where_the_proof_is_too_old_the_whole_sign_in_is_asked_for(
    alice: User, acme: Registered, stale: dict[str, str]
) -> None:
    enrol_totp(alice)
    browser = signed_in(alice, auth_time=clock.now() - timedelta(hours=1))
    waiting = authorize(browser, acme, acr_values="aal2", **stale)
    assert browser.get(waiting["Location"])["Location"].startswith("/login?next=")
    enter(browser, alice)
    assert browser.get(waiting["Location"])["Location"] == confirm_page(waiting["Location"], "aal2")


@pytest.mark.usefixtures("_consented")
def test_auth_time_stays_that_of_the_sign_in(alice: User, acme: Registered) -> None:
    """A step-up is no sign-in: `max_age` counts from that."""
    enrol_totp(alice)
    began = clock.now() - timedelta(hours=1)
    browser = signed_in(alice, auth_time=began)
    new = sudo.open_for(Session.objects.get(), by="totp", factor=("otp",), now=clock.now())
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    answer = answer_of(authorize(browser, acme, acr_values="aal2"))
    assert id_token_of(redeem(acme, answer["code"]).json())["auth_time"] == int(began.timestamp())
    assert "code" not in answer_of(authorize(browser, acme, acr_values="aal2", max_age="60", prompt="none"))


@pytest.mark.usefixtures("_consented")
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "phr"),
        ("aal1", "aal1"),
        ("aal1 aal2", "aal2"),
        ("aal2 aal1", "aal2"),
        ("phr aal2", "phr"),
        ("silver", "phr"),
    ],
)
def test_the_tokens_say_the_strongest_level_that_was_asked_for_and_is_met(
    alice: User, acme: Registered, asked: str, told: str
) -> None:
    """OpenID Connect Core section 5.5.1.1; RFC 9068 section 2.2.1: and go on saying it."""
    browser = signed_in(alice)
    Session.objects.update(amr=["hwk", "user", "mfa"], acr="phr")
    tokens = redeem(acme, answer_of(authorize(browser, acme, acr_values=asked))["code"]).json()
    assert said(acme, tokens) == {told}


@pytest.mark.usefixtures("_consented")
def test_what_a_client_holds_is_lifted_by_no_later_proof(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    tokens = redeem(acme, answer_of(authorize(browser, acme))["code"]).json()
    before = id_token_of(tokens)
    enrol_totp(alice)
    session = lift(alice)
    Session.objects.filter(id=session.id).update(auth_time=clock.now() + timedelta(seconds=5))
    assert said(acme, tokens) == {"aal1"}
    refreshed = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    after = id_token_of(refreshed.json())
    assert [after[name] for name in ("acr", "amr", "auth_time")] == [
        before[name] for name in ("acr", "amr", "auth_time")
    ]


@pytest.mark.usefixtures("_consented")
def test_grants_from_before_speak_of_their_session(alice: User, acme: Registered) -> None:
    browser = signed_in(alice)
    tokens = redeem(acme, answer_of(authorize(browser, acme))["code"]).json()
    TokenFamily.objects.update(login_claims={})
    Session.objects.update(acr="")
    refreshed = post("/oauth/token", acme, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert id_token_of(refreshed.json())["acr"] == "aal1"


def said(registered: Registered, tokens: dict[str, Any]) -> set[str]:
    """Every `acr` that is told of these tokens: in them, by introspection, and after a refresh."""
    told = {id_token_of(tokens)["acr"]}
    found = post("/oauth/introspect", registered, token=tokens["access_token"]).json()
    assert found["auth_time"] == id_token_of(tokens)["auth_time"]
    assert found["amr"] == id_token_of(tokens)["amr"]
    told.add(found["acr"])
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    refreshed = post("/oauth/token", registered, **form).json()  # once more within the retry window: the same
    told.add(id_token_of(refreshed)["acr"])
    told.add(post("/oauth/introspect", registered, token=refreshed["access_token"]).json()["acr"])
    return told


def trusting(user: User) -> Client:
    """A browser that the person signed in on with both steps, trusts, and is signed out of."""
    browser = Client()
    browser.post("/login", {"email": user.email, "password": PASSWORD})
    browser.post("/login/challenge", {"code": pyotp.TOTP(SEED).now()})
    Device.objects.update(trusted_until=clock.now() + timedelta(days=30))
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    return browser


@pytest.mark.usefixtures("_consented")
@pytest.mark.parametrize(("wish", "asks"), [("aal2", True), ("phr", True), ("aal1 aal2", False), ("", False)])
def test_a_trusted_browser_is_asked_for_the_factor_that_an_app_wishes_for(
    alice: User, acme: Registered, wish: str, asks: bool
) -> None:
    enrol_totp(alice)
    browser = trusting(alice)
    waiting = authorize(browser, acme, acr_values=wish)["Location"]
    form = {"email": alice.email, "password": PASSWORD, "next": waiting}
    assert browser.post("/login", form)["Location"] == ("/login/challenge" if asks else waiting)


def test_devices_follow_what_their_client_is_registered_for(alice: User) -> None:
    enrol_totp(alice)
    tv = device_flow.register_tv(default_acr_values=["aal2"])
    codes = device_flow.begin(tv)
    browser = signed_in(alice)
    path = device_flow.page_of(browser, codes["user_code"])
    assert browser.post(path, {"decision": "allow"})["Location"] == confirm_page(path, "aal2")
    new = sudo.open_for(Session.objects.get(), by="totp", factor=("otp",), now=clock.now())
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    browser.post(path, {"decision": "allow"})
    claims = id_token_of(device_flow.poll(tv, codes["device_code"]).json())
    assert (claims["acr"], claims["amr"]) == ("aal2", ["pwd", "otp", "mfa"])


def test_a_device_of_a_person_without_a_factor_goes_on(alice: User) -> None:
    tv = device_flow.register_tv(default_acr_values=["phr", "aal1"])
    codes = device_flow.begin(tv)
    assert device_flow.answer(alice, codes["user_code"]).status_code == 303
    assert id_token_of(device_flow.poll(tv, codes["device_code"]).json())["acr"] == "aal1"


@pytest.mark.parametrize(
    "path", ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"]
)
def test_both_documents_name_the_levels(path: str) -> None:
    """RFC 9470 section 5."""
    assert Client().get(path).json()["acr_values_supported"] == ["aal1", "aal2", "phr"]


def test_the_waiting_request_stands_in_the_address_of_the_confirmation(alice: User, acme: Registered) -> None:
    enrol_totp(alice)
    browser = signed_in(alice)
    waiting = authorize(browser, acme, acr_values="aal2")["Location"]
    query = parse_qs(urlsplit(browser.get(waiting)["Location"]).query)
    assert query == {"next": [waiting], "level": ["aal2"]}


@pytest.mark.usefixtures("_consented")
def test_the_real_page_lifts_the_session_and_hands_over_to_the_app(alice: User, acme: Registered) -> None:
    """Also in Chromium, which holds form-action against the redirects that follow the form."""
    enrol_totp(alice)
    browser = signed_in(alice)
    waiting = authorize(browser, acme, acr_values="aal2")["Location"]
    asked = browser.get(waiting)["Location"]
    assert "form-action 'self' https://app.example" in browser.get(asked)["Content-Security-Policy"]
    form = {"method": "totp", "code": pyotp.TOTP(SEED).now(), "next": waiting, "level": "aal2"}
    done = browser.post("/account/confirm", form)
    assert (done.status_code, done["Location"]) == (303, waiting)
    code = answer_of(browser.get(waiting))["code"]
    assert id_token_of(redeem(acme, code).json())["acr"] == "aal2"


@pytest.mark.usefixtures("_consented")
def test_a_passkey_reaches_the_highest_level(alice: User, acme: Registered) -> None:
    person, now = Person(alice), clock.now()
    person.take(Passkey.Kind.PASSKEY, now)
    Session.objects.all().delete()
    browser = signed_in(alice)
    waiting = authorize(browser, acme, claims=essential("phr"))["Location"]
    assert browser.get(waiting)["Location"] == confirm_page(waiting, "phr")
    session = Session.objects.select_related("user").get()
    holder = reauthentication.holder_of(session)
    signed = person.sign(WebAuthnChallenge.Purpose.CONFIRM, holder, now)
    given = Answer(method=Method.PASSKEY, credential=signed)
    new = reauthentication.confirm_with_factor(session, given, level="phr", now=now)
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    claims = id_token_of(redeem(acme, answer_of(browser.get(waiting))["code"]).json())
    assert (claims["acr"], claims["amr"]) == ("phr", ["pwd", "hwk", "user", "mfa"])
