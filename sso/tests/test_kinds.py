"""The providers that Janua knows by name: where each leads, and what each one's answer comes to.

Their own servers are not to be had here: the answers have the shape of their documentation, at addresses on loopback.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.socialaccount.providers.discord.views import DiscordOAuth2Adapter
from allauth.socialaccount.providers.facebook import flows
from allauth.socialaccount.providers.facebook.views import FacebookOAuth2Adapter
from allauth.socialaccount.providers.slack.views import SlackOAuth2Adapter
from allauth.socialaccount.providers.twitter_oauth2.views import TwitterOAuth2Adapter
from django.test import Client
from pydantic import SecretStr

from accounts.models import Identity, User
from core import clock
from sso.engine.exchange import authorization_url
from sso.factories import add_provider
from sso.models import SocialProvider
from sso.providers import find_provider, list_providers
from sso.services.states import secrets_of
from tests.support.identity_providers.answering import (
    CLIENT_ID,
    CLIENT_SECRET,
    Answer,
    AnsweringProvider,
    as_json,
)
from tests.support.identity_providers.journeys import query_of, set_out, sign_in, through
from tests.support.identity_providers.openid import LEFT_OUT, PEM, OpenIDProvider
from tokens.services.foreign_jwt import header_of, unverified_claims_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("providers_on_loopback")]


class Telling(AnsweringProvider):
    """Answers any address with what stands under it."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Any] = {}

    def more(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        return as_json(self.answers[path]) if path in self.answers else super().more(path, query, headers)


@pytest.fixture
def telling() -> Iterator[Telling]:
    with Telling() as provider:
        yield provider


def at_home(monkeypatch: pytest.MonkeyPatch, adapter: Any, telling: Telling, **addresses: str) -> None:
    for name, path in {"authorize_url": "/authorize", "access_token_url": "/token", **addresses}.items():
        monkeypatch.setattr(adapter, name, f"{telling.base_url}{path}")


def came(email: str, subject: str, *, told: str = "") -> bool:
    """Whether exactly this person came in."""
    identity = Identity.objects.get()
    return (identity.user.email, identity.subject, identity.email) == (email, subject, told or email)


WHERE = {
    "microsoft": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?",
    "github": "https://github.com/login/oauth/authorize?",
    "slack": "https://slack.com//openid/connect/authorize?",
    "discord": "https://discord.com/api/oauth2/authorize?",
    "facebook": "https://www.facebook.com/",
    "x": "https://x.com/i/oauth2/authorize?",
    "apple": "https://appleid.apple.com/auth/authorize?",
}


@pytest.mark.parametrize("key", WHERE)
def test_each_leads_to_its_own_address(key: str, janua_options: Callable[..., None]) -> None:
    secret = (
        {"apple_private_key": SecretStr(PEM)} if key == "apple" else {f"{key}_client_secret": SecretStr("s")}
    )
    janua_options(**{f"{key}_client_id": "janua", **secret})
    provider = find_provider(key)
    assert provider is not None
    url = authorization_url(provider, secrets_of("state-1"), now=clock.now())
    assert url.startswith(WHERE[key])
    asked = query_of(url)
    assert (asked["client_id"], asked["state"], asked["response_type"]) == ("janua", "state-1", "code")
    assert asked["redirect_uri"] == f"http://localhost:4100/sso/social/{key}/callback"
    assert ("code_challenge" in asked) is provider.kind.takes_pkce


def test_google_shaped(herbs: OpenIDProvider) -> None:
    """Google is OpenID with an issuer that is known: the generic kind speaks to it."""
    add_provider("g", "google", issuer=herbs.base_url)
    herbs.claims = {"email": "ann@gmail.com", "hd": "gmail.com"}
    assert sign_in(Client(), "g")["Location"] == "/account"
    assert came("ann@gmail.com", "sub-1")


def test_authoritative_for_the_mailbox(herbs: OpenIDProvider, alice: User) -> None:
    SocialProvider.objects.update(authoritative_domains=["example.com"])
    herbs.claims = {"email": alice.email}
    assert sign_in(Client(), "herbs")["Location"] == "/account"
    assert Identity.objects.get().user == alice


def test_linkedin_shaped_without_nonce_and_pkce(herbs: OpenIDProvider) -> None:
    add_provider("l", "linkedin", issuer=herbs.base_url)
    herbs.claims = {"nonce": LEFT_OUT}
    assert sign_in(Client(), "l")["Location"] == "/account"
    herbs.claims = {"nonce": "another"}
    assert sign_in(Client(), "l").status_code == 400


def test_microsoft_shaped_never_by_its_address(telling: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    row = add_provider("m", "microsoft", issuer=telling.base_url, options={"graph_url": telling.base_url})
    telling.AUTHORIZE, telling.TOKEN = "/common/oauth2/v2.0/authorize", "/common/oauth2/v2.0/token"  # type: ignore[misc]
    telling.answers["/v1.0/me"] = {"id": "0f0e", "displayName": "Ann", "mail": "ann@example.com"}
    row.authoritative_domains = ["example.com"]
    row.save()
    assert sign_in(Client(), "m")["Location"] == "/sso/social/email"
    assert not User.objects.exists()


def test_discord_shaped(telling: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    add_provider("d", "discord")
    at_home(monkeypatch, DiscordOAuth2Adapter, telling, profile_url="/me")
    telling.answers["/me"] = {"id": "80351", "username": "nelly", "email": "n@example.com", "verified": True}
    assert sign_in(Client(), "d")["Location"] == "/account"
    assert came("n@example.com", "80351")


def test_slack_shaped(telling: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    add_provider("s", "slack")
    at_home(monkeypatch, SlackOAuth2Adapter, telling, identity_url="/userinfo")
    told = {"ok": True, "sub": "U1", "https://slack.com/user_id": "U1", "https://slack.com/team_id": "T1",
            "email": "s@example.com", "email_verified": True}  # fmt: skip
    telling.answers["/userinfo"] = told
    assert sign_in(Client(), "s")["Location"] == "/account"
    assert came("s@example.com", "T1_U1")
    telling.answers["/userinfo"] = {**told, "https://slack.com/team_id": None}
    assert sign_in(Client(), "s").status_code == 400


def test_x_shaped_tells_no_address(telling: Telling, monkeypatch: pytest.MonkeyPatch) -> None:
    add_provider("x1", "x")
    at_home(monkeypatch, TwitterOAuth2Adapter, telling, profile_url="/me")
    telling.answers["/me"] = {"data": {"id": "2244", "name": "Ann", "username": "ann"}}
    assert sign_in(Client(), "x1")["Location"] == "/sso/social/email"


def test_facebook_shaped_is_never_taken_as_verified(
    telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_provider("f", "facebook")
    at_home(monkeypatch, FacebookOAuth2Adapter, telling)
    monkeypatch.setattr(flows, "GRAPH_API_URL", telling.base_url)
    telling.answers["/me"] = {"id": "1000", "name": "Ann", "email": "ann@example.com", "verified": True}
    assert sign_in(Client(), "f")["Location"] == "/sso/social/email"


def test_apple_shaped_posts_the_name_once(herbs: OpenIDProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    add_provider("a", "apple", issuer=herbs.base_url, client_secret=PEM,
                 options={"team_id": "TEAM", "key_id": "KEY"})  # fmt: skip
    herbs.AUTHORIZE, herbs.TOKEN = "/auth/authorize", "/auth/token"  # type: ignore[misc]
    monkeypatch.setattr("tests.support.identity_providers.answering._is_client", _signed_by_the_key)
    real = herbs.more
    monkeypatch.setattr(
        herbs, "more", lambda path, *rest: real(path.removeprefix("/auth").replace("/keys", "/jwks"), *rest)
    )
    browser = Client()
    back = query_of(through(set_out(browser, "a")))
    posted = Client().post(
        "/sso/social/a/callback", {**back, "user": '{"name": {"firstName": "Ann", "lastName": "Day"}}'}
    )
    assert browser.get(posted["Location"])["Location"] == "/account"
    user = User.objects.get()
    assert (user.given_name, user.family_name) == ("Ann", "Day")


def _signed_by_the_key(form: dict[str, str], _headers: dict[str, str]) -> bool:
    """Apple's client secret is a JWT by the operator's key."""
    claims = unverified_claims_of(form["client_secret"])
    named = (claims["iss"], claims["sub"], claims["aud"])
    return header_of(form["client_secret"])["kid"] == "KEY" and named == (
        "TEAM",
        CLIENT_ID,
        "https://appleid.apple.com",
    )


def test_plain_oauth2_by_its_addresses(telling: Telling) -> None:
    base = telling.base_url
    add_provider("p", "oauth2", authorize_url=f"{base}/authorize?tenant=7", token_url=f"{base}/token",
                 userinfo_url=f"{base}/who", scope="who mail", options={"subject_field": "id"})  # fmt: skip
    telling.answers["/who"] = {"id": 12, "email": "p@example.com", "email_verified": True, "name": "P"}
    assert sign_in(Client(), "p")["Location"] == "/sso/social/email"
    asked = query_of(Client().get("/sso/social/p/start")["Location"])
    assert (asked["tenant"], set(asked["scope"].split())) == ("7", {"who", "mail"})


def test_the_operators_order(janua_options: Callable[..., None]) -> None:
    for key in ("github", "google"):
        janua_options(**{f"{key}_client_id": CLIENT_ID, f"{key}_client_secret": SecretStr(CLIENT_SECRET)})
    add_provider("late", issuer="https://a.example", order=9)
    add_provider("early", issuer="https://b.example", order=1)
    add_provider("off", issuer="https://c.example", is_enabled=False)
    assert [provider.slug for provider in list_providers()] == ["google", "github", "early", "late"]
    janua_options(social_order=("late", "github"))
    assert [provider.slug for provider in list_providers()] == ["late", "github", "google", "early"]
    assert find_provider("off") is None
