"""Providers that lie, accounts that were there before, answers that belong to somebody else.

Cases: S109 S110 S111 S112 S115.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Identity, Session, User
from accounts.tests.browsers import signed_in
from sso.engine import documents
from sso.factories import add_provider
from sso.models import SocialProvider, SocialState
from tests.adversarial.tools import api_login, me
from tests.support.identity_providers.answering import CLIENT_SECRET
from tests.support.identity_providers.journeys import come_back, local, query_of, set_out, sign_in, through
from tests.support.identity_providers.openid import LEFT_OUT, STRANGER, OpenIDProvider, by_secret

pytestmark = pytest.mark.django_db


@pytest.fixture
def clover(providers_on_loopback: None) -> Iterator[OpenIDProvider]:
    """Another provider, unlike "Herbs"."""
    with OpenIDProvider() as provider:
        add_provider("clover", issuer=provider.base_url)
        yield provider


def nobody_is_in(browser: Browser) -> bool:
    cookie = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    return (cookie is None or not cookie.value) and not Session.objects.exists()


@pytest.mark.parametrize("verified", [False, LEFT_OUT, "true", None, 1, "false", ["true"]])
@pytest.mark.parametrize("has_account", [True, False])
def test_s109_an_address_that_is_not_verified_links_nothing(
    herbs: OpenIDProvider, verified: Any, has_account: bool
) -> None:
    victim = UserFactory(email="victim@example.com") if has_account else None
    herbs.claims = {"email": "victim@example.com", "email_verified": verified}
    browser = Browser()
    response = sign_in(browser, "herbs")
    assert (response.status_code, response["Location"]) == (303, "/sso/social/email")
    assert nobody_is_in(browser)
    assert not Identity.objects.exists()
    assert list(User.objects.all()) == ([victim] if victim else [])


def test_s109_userinfo_that_denies_it_counts_too(herbs: OpenIDProvider, alice: User) -> None:
    herbs.userinfo = {"email_verified": "true"}
    assert sign_in(Browser(), "herbs")["Location"] == "/sso/social/email"


@pytest.mark.parametrize("email", [LEFT_OUT, None, "", [], "no address", {"x": 1}])
def test_s109_no_address_at_all_is_asked_for(herbs: OpenIDProvider, email: Any) -> None:
    herbs.claims = {"email": email}
    response = sign_in(Browser(), "herbs")
    assert response.status_code in (303, 400)
    assert not User.objects.exists()


def test_s110_who_was_there_before_the_proof_is_out(herbs: OpenIDProvider) -> None:
    squatter = UserFactory(
        email="victim@example.com", email_verified=False, given_name="Mallory", nickname="m"
    )
    planted = signed_in(squatter)
    assert planted.get("/account").status_code == 200
    User.objects.filter(id=squatter.id).update(email_verified=True)
    token = api_login(Browser(), squatter)["access_token"]
    User.objects.filter(id=squatter.id).update(email_verified=False)
    herbs.claims = {"email": "victim@example.com"}
    browser = Browser()
    assert sign_in(browser, "herbs")["Location"] == "/account"
    user = User.objects.get()
    assert (user.email_verified, user.given_name, user.nickname) == (True, "Dora", "")
    assert not user.check_password(PASSWORD)
    assert not user.has_usable_password()
    assert planted.get("/account").status_code == 302
    assert me(token) == 401
    refused = Browser().post("/login", {"email": user.email, "password": PASSWORD})
    assert refused.status_code == 401
    assert browser.get("/account").status_code == 200


SUBJECTS: list[Any] = [
    LEFT_OUT,
    None,
    "",
    "null",
    "None",
    0,
    7,
    [],
    ["x"],
    {},
    True,
    " ",
    " x",
    "a\nb",
    "x" * 256,
]


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_s111_without_a_subject_nobody_comes_in(herbs: OpenIDProvider, subject: Any) -> None:
    herbs.claims = {"sub": subject}
    browser = Browser()
    assert sign_in(browser, "herbs").status_code == 400
    assert nobody_is_in(browser)
    assert not Identity.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize("subject", [None, "", "null", 0, -1, [], {}, False, LEFT_OUT], ids=str)
def test_s111_not_at_a_provider_of_its_own_shape_either(github: Any, subject: Any) -> None:
    github.profile["id"] = subject
    if subject is LEFT_OUT:
        del github.profile["id"]
    assert sign_in(Browser(), "github").status_code == 400
    assert not User.objects.exists()


def test_s112_the_same_subject_elsewhere_is_somebody_else(
    herbs: OpenIDProvider, clover: OpenIDProvider
) -> None:
    sign_in(Browser(), "herbs")
    clover.claims = {"email": "other@example.com"}
    sign_in(Browser(), "clover")
    assert [identity.subject for identity in Identity.objects.all()] == ["sub-1", "sub-1"]
    assert User.objects.count() == 2


def test_s112_a_button_made_anew_for_another_issuer_matches_nobody(herbs: OpenIDProvider) -> None:
    sign_in(Browser(), "herbs")
    SocialProvider.objects.all().delete()
    with OpenIDProvider() as successor:
        add_provider("herbs", issuer=successor.base_url)
        successor.claims = {"email": "other@example.com"}
        sign_in(Browser(), "herbs")
    assert set(User.objects.values_list("email", flat=True)) == {"dora@example.com", "other@example.com"}


def test_s112_nor_does_a_login_that_was_under_way(herbs: OpenIDProvider, clover: OpenIDProvider) -> None:
    browser = Browser()
    back = through(set_out(browser, "herbs"))
    SocialProvider.objects.filter(slug="herbs").update(issuer=clover.base_url)
    assert come_back(browser, back).status_code == 400
    assert nobody_is_in(browser)


def test_s112_a_provider_that_calls_itself_otherwise(herbs: OpenIDProvider) -> None:
    herbs.issuer = "https://accounts.google.com"
    response = Browser().get("/sso/social/herbs/start")
    assert response.status_code == 400
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "change", ["none", "wrong", "empty", "another provider's", "another browser", "no cookie"]
)
def test_s115_a_state_that_is_not_this_logins(
    herbs: OpenIDProvider, clover: OpenIDProvider, change: str
) -> None:
    browser = Browser()
    back = through(set_out(browser, "herbs"))
    state = query_of(back)["state"]
    if change == "none":
        back = back.replace(f"state={state}", "x=y")
    elif change == "wrong":
        back = back.replace(state, state[:-1] + ("A" if state[-1] != "A" else "B"))
    elif change == "empty":
        back = back.replace(state, "")
    elif change == "another provider's":
        back = back.replace("/herbs/", "/clover/")
    elif change == "another browser":
        browser = Browser()
        set_out(browser, "herbs")
    else:
        browser = Browser()
    response = come_back(browser, back)
    assert response.status_code == 400
    assert nobody_is_in(browser)
    assert not User.objects.exists()


def test_s115_a_state_is_of_use_once(herbs: OpenIDProvider) -> None:
    browser = Browser()
    back = through(set_out(browser, "herbs"))
    assert come_back(browser, back).status_code == 303
    again = come_back(browser, back)
    assert again.status_code == 400
    assert "no longer valid" in again.content.decode()
    assert Session.objects.count() == 1


def test_s115_and_for_ten_minutes(herbs: OpenIDProvider, travel: Callable[[timedelta], None]) -> None:
    browser = Browser()
    back = through(set_out(browser, "herbs"))
    travel(timedelta(minutes=10, seconds=1))
    assert come_back(browser, back).status_code == 400
    assert nobody_is_in(browser)


def test_s115_a_link_comes_back_in_its_own_session_only(
    herbs: OpenIDProvider, alice: User, bob: User
) -> None:
    """Mallory has Alice's browser finish what Mallory began: Mallory's account must not open Alice's."""
    mallory = signed_in(bob)
    going = mallory.post("/account/connections", {"connect": "herbs"})
    back = through(going.context["url"])
    victim = signed_in(alice)
    for name in (settings.SOCIAL_COOKIE_NAME,):
        victim.cookies[name] = mallory.cookies[name].value
    assert come_back(victim, back).status_code == 400
    assert not Identity.objects.exists()
    assert SocialState.objects.get().used_at is not None


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": LEFT_OUT}, {"nonce": None}, {"iss": "https://elsewhere.example"},
        {"iss": LEFT_OUT}, {"aud": "another"}, {"aud": []}, {"aud": LEFT_OUT}, {"aud": ["janua-at-home", "b"]},
        {"azp": "another"}, {"exp": 1}, {"exp": LEFT_OUT}, {"exp": "9999999999"}, {"iat": LEFT_OUT},
        {"iat": 9_999_999_999}, {"nbf": 9_999_999_999},
    ],
    ids=str,
)  # fmt: skip
def test_an_id_token_of_another_login_is_refused(herbs: OpenIDProvider, claims: dict[str, Any]) -> None:
    herbs.claims = claims
    browser = Browser()
    assert sign_in(browser, "herbs").status_code == 400
    assert nobody_is_in(browser)


def test_an_id_token_that_another_key_signed_is_refused(herbs: OpenIDProvider) -> None:
    herbs.key = STRANGER
    assert sign_in(Browser(), "herbs").status_code == 400


def test_an_id_token_signed_by_the_shared_secret_is_refused(herbs: OpenIDProvider) -> None:
    herbs.key, herbs.header = by_secret(CLIENT_SECRET), {"alg": "HS256"}
    assert sign_in(Browser(), "herbs").status_code == 400


def test_a_key_without_a_name_is_tried(herbs: OpenIDProvider) -> None:
    herbs.header = {"alg": "RS256"}
    assert sign_in(Browser(), "herbs").status_code == 303


def test_a_userinfo_of_somebody_else_is_refused(herbs: OpenIDProvider) -> None:
    herbs.userinfo = {"sub": "sub-2"}
    assert sign_in(Browser(), "herbs").status_code == 400
    assert not User.objects.exists()


def test_an_answer_of_another_issuer_is_refused(herbs: OpenIDProvider) -> None:
    browser = Browser()
    back = through(set_out(browser, "herbs"))
    assert come_back(browser, f"{back}&iss=https://elsewhere.example").status_code == 400


@pytest.mark.parametrize("body", [[], "x", 7, None, {"data": [[[]]]}], ids=str)
def test_nonsense_instead_of_an_answer_is_a_page(github: Any, body: Any) -> None:
    github.profile = body
    assert sign_in(Browser(), "github").status_code == 400
    assert not User.objects.exists()


@pytest.mark.parametrize("body", [7, ["x"], [{"email": "a@example.com"}], [{"primary": True}]], ids=str)
def test_nonsense_instead_of_addresses_is_a_page(github: Any, body: Any) -> None:
    github.emails = body
    assert sign_in(Browser(), "github").status_code == 400
    assert not User.objects.exists()


@pytest.mark.parametrize("endpoint", ["javascript:alert(1)", "https://a.example/\n", 7, None])
def test_an_authorization_endpoint_that_is_none(
    herbs: OpenIDProvider, endpoint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents.forget()
    real = herbs.more

    def more(path: str, query: Any, headers: Any) -> Any:
        status, kind, body = real(path, query, headers)
        address = f'"{herbs.base_url}/authorize"'.encode()
        return status, kind, body.replace(address, json.dumps(endpoint).encode())

    monkeypatch.setattr(herbs, "more", more)
    assert Browser().get("/sso/social/herbs/start").status_code == 400


def test_no_secret_stands_on_the_page_or_in_the_log(
    herbs: OpenIDProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = Browser()
    back = through(set_out(browser, "herbs"))
    herbs.grants.clear()
    response = browser.get(local(back))
    assert response.status_code == 400
    written = response.content.decode() + capsys.readouterr().err
    assert CLIENT_SECRET not in written
    assert query_of(back)["code"] not in written


def test_a_start_goes_nowhere_else_afterwards(herbs: OpenIDProvider) -> None:
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert sign_in(Browser(), "herbs", evil)["Location"] == "/account"


def test_starts_of_one_network_have_a_limit(herbs: OpenIDProvider, limits_on: None) -> None:
    answers = [Browser().get("/sso/social/herbs/start").status_code for _ in range(121)]
    assert answers == [302] * 120 + [429]
