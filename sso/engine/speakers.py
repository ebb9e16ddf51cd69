"""allauth's classes that need another hand: OpenID, Apple, plain OAuth 2, and servers at other addresses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.apple.views import AppleOAuth2Adapter
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter

from core.strict_json import parse_object
from sso.engine import documents
from sso.engine.id_tokens import Expected, claims_of
from sso.engine.outside import Session
from sso.errors import IdentityRefused
from sso.providers import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One conversation with a provider: who, by which HTTP, and what must come back."""

    provider: Provider
    session: Session
    nonce: str
    now: datetime
    name_of_person: str = ""  # Apple posts it beside the code, once

    def expected(self, issuer: str, keys_url: str) -> Expected:
        return Expected(
            issuer=issuer,
            client_id=self.provider.client_id,
            keys_url=keys_url,
            nonce=self.nonce,
            needs_nonce=self.provider.kind.sends_nonce,
            now=self.now,
        )


class OpenID(OpenIDConnectOAuth2Adapter):
    """Discovery is kept; the ID token is verified always; userinfo must speak of the same person."""

    def __init__(self, request: Any, talk: Talk) -> None:
        super().__init__(request, talk.provider.slug)
        self.talk = talk

    @property
    def openid_config(self) -> dict[str, Any]:
        return documents.discover(self.talk.provider.issuer, self.talk.session)

    def complete_login(self, request: Any, app: Any, token: Any, **kwargs: Any) -> Any:
        config = self.openid_config
        expected = self.talk.expected(config["issuer"], config["jwks_uri"])
        told = {"id_token": claims_of(kwargs["response"].get("id_token"), expected, self.talk.session)}
        if "userinfo_endpoint" in config:
            told["userinfo"] = self._fetch_user_info(token.token)
            if told["userinfo"].get("sub") != told["id_token"]["sub"]:  # OpenID Connect Core section 5.3.2
                raise IdentityRefused("The provider spoke of two people.", reason="subject_changed")
        return self.get_provider().sociallogin_from_response(request, told)


class Apple(AppleOAuth2Adapter):
    """The code only, no token through the browser; the person's name comes with the posted answer."""

    def __init__(self, request: Any, talk: Talk) -> None:
        super().__init__(request)
        self.talk = talk
        self.authorize_url = f"{talk.provider.issuer}/auth/authorize"
        self.access_token_url = f"{talk.provider.issuer}/auth/token"

    def get_access_token_data(
        self, request: Any, app: Any, client: Any, pkce_code_verifier: Any = None
    ) -> Any:
        return client.get_access_token(request.GET["code"], pkce_code_verifier=pkce_code_verifier)

    def parse_token(self, data: Any) -> Any:
        return OAuth2Adapter.parse_token(self, data)

    def complete_login(self, request: Any, app: Any, token: Any, **kwargs: Any) -> Any:
        expected = self.talk.expected(self.talk.provider.issuer, f"{self.talk.provider.issuer}/auth/keys")
        told = claims_of(kwargs["response"].get("id_token"), expected, self.talk.session)
        return self.get_provider().sociallogin_from_response(request, {**told, **self._names(), "name": None})

    def _names(self) -> dict[str, Any]:
        """As OpenID names them. They came through the browser, unsigned: good for a greeting, not more."""
        try:
            name = parse_object(self.talk.name_of_person.encode()).get("name")
        except ValueError:
            return {}
        parts = name if isinstance(name, dict) else {}
        return {"given_name": parts.get("firstName"), "family_name": parts.get("lastName")}


class GitHub(GitHubOAuth2Adapter):
    """GitHub, or an Enterprise Server at the operator's address."""

    def __init__(self, request: Any, talk: Talk) -> None:
        super().__init__(request)
        web = talk.provider.issuer
        api = "https://api.github.com" if web == talk.provider.kind.issuer else f"{web}/api/v3"
        self.authorize_url = f"{web}/login/oauth/authorize"
        self.access_token_url = f"{web}/login/oauth/access_token"
        self.profile_url, self.emails_url = f"{api}/user", f"{api}/user/emails"


class Plain(OAuth2Adapter):
    """Any OAuth 2 provider, by its three addresses."""

    provider_id = "plain_oauth2"

    def __init__(self, request: Any, talk: Talk) -> None:
        super().__init__(request)
        self.authorize_url, self.access_token_url = talk.provider.authorize_url, talk.provider.token_url
        self.talk = talk

    def complete_login(self, request: Any, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        answer = self.talk.session.get(
            self.talk.provider.userinfo_url, headers={"Authorization": f"Bearer {token.token}"}
        )
        answer.raise_for_status()
        return self.get_provider().sociallogin_from_response(request, parse_object(answer.content))


class PlainProvider(OAuth2Provider):
    """Reads the usual members; an address is never taken as verified."""

    id = "plain_oauth2"
    name = "OAuth 2"
    oauth2_adapter_class = Plain

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["id"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"email": data.get("email"), "name": data.get("name")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        email = data.get("email")
        return [EmailAddress(email=email, verified=False, primary=True)] if email else []


def speaker_for(request: Any, talk: Talk, provider_class: Any) -> Any:
    """The allauth adapter that speaks to this provider."""
    own = {"openid_connect": OpenID, "apple": Apple, "github": GitHub, "plain_oauth2": Plain}
    speaker = own.get(talk.provider.kind.engine)
    return speaker(request, talk) if speaker else provider_class.oauth2_adapter_class(request)
