"""/login/passkey and the challenge by key: what is bound to whom, and what a refusal says. (Whole ceremonies stand in
tests/journeys/test_passkeys.py.)"""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock, limits, throttle
from mfa.factories import give_passkey
from mfa.models import Passkey, WebAuthnChallenge

OPTIONS, DOOR, CHALLENGE = "/login/passkey/options", "/login/passkey", "/login/challenge/passkey"
NONSENSE = {"id": "bm9ib2R5", "rawId": "bm9ib2R5", "type": "public-key", "response": {}}


def press(browser: Client, path: str, credential: Any, **fields: str) -> Any:
    return browser.post(path, {"credential": json.dumps(credential), **fields})


def test_options_name_nobody_and_are_good_for_this_browser_only(db: None) -> None:
    browser = Client()
    answers = [browser.post(OPTIONS) for _ in range(2)]
    assert not answers[0].json().get("allowCredentials")
    assert answers[0].json()["userVerification"] == "required"
    assert answers[0].json()["challenge"] != answers[1].json()["challenge"]
    cookie = answers[0].cookies[settings.PASSKEY_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    Client().post(OPTIONS)
    holders = WebAuthnChallenge.objects.order_by("created_at").values_list("holder", flat=True)
    assert holders[0] == holders[1] != holders[2]
    assert set(WebAuthnChallenge.objects.values_list("purpose", flat=True)) == {"sign_in"}


def test_a_browsers_id_of_ones_own_making_is_none(db: None) -> None:
    browser = Client()
    browser.cookies[settings.PASSKEY_COOKIE_NAME] = "somebody"
    browser.post(OPTIONS)
    assert WebAuthnChallenge.objects.get().holder != "browser:somebody"


def test_a_network_asks_for_only_so_many(db: None, janua_options: Any) -> None:
    janua_options(rate_limits="on", redis_url="")
    limit = limits.PASSKEY_OPTIONS_IP
    with_others = throttle.network_of("127.0.0.1")
    for _ in range(limit.count):
        throttle.hit(limit, with_others, now=clock.now())
    refused = Client().post(OPTIONS)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert not WebAuthnChallenge.objects.exists()


def test_the_address_by_itself_leads_to_the_sign_in_page(client: Client) -> None:
    assert client.get(f"{DOOR}?next=/account/apps")["Location"] == "/login?next=%2Faccount%2Fapps"


@pytest.mark.parametrize("sent", ["", "x", "[]", '{"id": 1, "id": 2}', "{" * 100])
def test_what_cannot_be_read_is_refused_on_the_page(db: None, client: Client, sent: Any) -> None:
    answer = client.post(DOOR, {"credential": sent, "next": "/account/apps"})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="/account/apps"' in answer.text


@pytest.mark.parametrize("odd", [{}, {"id": 7}, {"id": "\u0000"[:0], "response": []}, NONSENSE])
def test_what_no_authenticator_sent_is_refused_in_words(db: None, client: Client, odd: Any) -> None:
    client.post(OPTIONS)
    answer = press(client, DOOR, odd)
    assert answer.status_code == 401
    assert "This passkey does not open an account here." in answer.text


def test_only_a_passkey_that_no_account_has_is_put_away(alice: User, client: Client) -> None:
    kept = give_passkey(alice)
    unknown = press(client, DOOR, NONSENSE)
    known = press(client, DOOR, {**NONSENSE, "id": kept.credential_id, "rawId": kept.credential_id})
    assert (unknown.status_code, known.status_code) == (401, 401)
    assert NONSENSE["id"] in unknown.context["signals"]
    assert known.context["signals"] == ""


def test_the_challenge_asks_only_for_the_keys_of_who_waits(alice: User) -> None:
    mine = give_passkey(alice, kind=Passkey.Kind.SECURITY_KEY)
    give_passkey(UserFactory(email="other@example.com"), kind=Passkey.Kind.SECURITY_KEY)
    browser = Client()
    assert browser.post(CHALLENGE).status_code == 401
    browser.post("/login", {"email": alice.email, "password": PASSWORD})
    allowed = browser.post(CHALLENGE).json()["allowCredentials"]
    assert [each["id"] for each in allowed] == [mine.credential_id]
    row = WebAuthnChallenge.objects.get()
    assert (row.purpose, row.user_id, row.holder.split(":")[0]) == ("second_factor", alice.id, "attempt")
    assert signed_in(alice).post(CHALLENGE).status_code == 401


def test_a_wrong_answer_of_a_key_stays_on_the_page(alice: User, client: Client) -> None:
    give_passkey(alice, kind=Passkey.Kind.SECURITY_KEY)
    client.post("/login", {"email": alice.email, "password": PASSWORD})
    page = client.get("/login/challenge")
    assert 'data-passkey="get"' in page.text
    refused = press(client, "/login/challenge", NONSENSE, method="passkey")
    assert refused.status_code == 401
    assert "This passkey or key was not accepted." in refused.text
    assert client.post("/login/challenge", {"method": "passkey"}).status_code == 422
