"""A relying party of the tests' own: asks, receives, redeems, and believes nothing unverified.

ID tokens are verified by PyJWT (signature, issuer, audience, times) and Authlib (what OpenID Connect adds);
the product uses neither.
"""

import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import jwt
import requests
from authlib.oidc.core import CodeIDToken

from tests.conformance.callback import Callback, Received
from tests.support.forms import Form
from tests.support.http_client import Browserless, Page, origin_of
from tests.support.oauth_client import TIMEOUT, AuthorizationAnswer, AuthorizationRequest, OAuthClient

FORM = "application/x-www-form-urlencoded"
NO_PKCE: dict[str, str | None] = {"code_challenge": None, "code_challenge_method": None}


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    email: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an authorization request: an answer at the client, or a page of the provider."""

    request: AuthorizationRequest
    answer: AuthorizationAnswer | None
    page: Page
    asked: tuple[str, ...]
    """What the person was asked on the way: "login", "consent"."""

    @property
    def code_answer(self) -> AuthorizationAnswer:
        assert self.answer is not None, f"no answer, but {self.page.url}: {self.page.text[:600]}"
        assert self.answer.code
        return self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A whole code flow: the answer, the token response, the verified ID token and userinfo."""

    outcome: Outcome
    tokens: dict[str, Any]
    claims: dict[str, Any]
    userinfo: dict[str, Any]


@dataclass(frozen=True)
class RelyingParty:
    """One registered client with its web server, and the person who uses it."""

    client: OAuthClient
    callback: Callback
    person: Person
    response_mode: str = ""

    @cached_property
    def provider(self) -> dict[str, Any]:
        """The discovery document (OpenID Connect Discovery section 4)."""
        url = f"{self.client.base_url}/.well-known/openid-configuration"
        document: dict[str, Any] = requests.get(url, timeout=TIMEOUT).json()
        return document

    @property
    def post_logout_redirect_uri(self) -> str:
        return f"{self.callback.origin}/signed-out"

    def browser(self) -> Browserless:
        """A browser without any cookie."""
        return Browserless(self.client.base_url)

    def answering_by(self, response_mode: str) -> "RelyingParty":
        return replace(self, response_mode=response_mode)

    def request(self, **extra: str | None) -> AuthorizationRequest:
        """An authorization request without PKCE, as clients of the certification send it."""
        mode = {"response_mode": self.response_mode or None}
        return self.client.authorization_request(**{**NO_PKCE, **mode, **extra})

    def ask(
        self, browser: Browserless, prepared: AuthorizationRequest | None = None, /, **extra: str | None
    ) -> Outcome:
        """Send the browser to the provider and do what it asks, until the client is answered or a page stays."""
        request = prepared or self.request(**extra)
        self.callback.take()
        return self.finish(browser, request, browser.get(request.url))

    def post(self, browser: Browserless, **extra: str | None) -> Outcome:
        """The same as a form on a page of the client (OpenID Connect Core section 3.1.2.1)."""
        request = self.request(**extra)
        start = browser.get(self.callback.origin)
        self.callback.take()
        endpoint, _, query = request.url.partition("?")
        fields = Received("GET", "", query, "", "").parameters()
        return self.finish(browser, request, browser.submit(start, Form(endpoint, "post", fields)))

    def finish(self, browser: Browserless, request: AuthorizationRequest, page: Page) -> Outcome:
        """Sign in and allow where a page asks for it, and read the answer."""
        asked: list[str] = []
        if page.has_form("password"):
            asked.append("login")
            page = browser.sign_in(self.person.email, self.person.password, page=page)
        if page.has_form("decision"):
            asked.append("consent")
            page = browser.consent(page)
        if self.response_mode == "form_post" and (form := _form_to(page, request.redirect_uri)):
            _check_form_post_page(page, form)
            page = browser.submit(page, form)
        answer = self._received(request)
        return Outcome(request=request, answer=answer, page=page, asked=tuple(asked))

    def sign_in(self, browser: Browserless, **extra: str | None) -> SignedIn:
        """A code flow from the request to userinfo, everything verified that a client has to verify."""
        return self.complete(self.ask(browser, **extra))

    def complete(self, outcome: Outcome, **extra: str) -> SignedIn:
        """Redeem the code of an answer; verify the ID token; fetch userinfo of the same person."""
        tokens = self.tokens_of(self.redeem(outcome, **extra))
        claims = self.verify(
            tokens["id_token"], nonce=outcome.request.nonce, access_token=tokens["access_token"]
        )
        response = self.client.userinfo(tokens["access_token"])
        return SignedIn(
            outcome=outcome, tokens=tokens, claims=claims, userinfo=self.userinfo_of(response, claims)
        )

    def redeem(self, outcome: Outcome, **extra: str) -> requests.Response:
        """RFC 6749 section 4.1.3."""
        form = {"code": outcome.code_answer.code, "redirect_uri": outcome.request.redirect_uri, **extra}
        return self.client.post("/oauth/token", grant_type="authorization_code", **form)

    def tokens_of(self, response: requests.Response) -> dict[str, Any]:
        """A successful token response (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3)."""
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"].split(";")[0] == "application/json"
        assert "no-store" in response.headers["Cache-Control"]
        tokens: dict[str, Any] = response.json()
        assert tokens["token_type"].lower() == "bearer"
        assert len(tokens["access_token"]) >= 32
        assert isinstance(tokens["expires_in"], int)
        assert tokens["expires_in"] > 0
        assert tokens["id_token"].count(".") == 2
        return tokens

    def verify(self, token: str, *, nonce: str, access_token: str) -> dict[str, Any]:
        """The claims of an ID token (OpenID Connect Core sections 2 and 3.1.3.7), by the JWKS as published."""
        header = jwt.get_unverified_header(token)
        published = jwt.PyJWKSet.from_dict(requests.get(self.provider["jwks_uri"], timeout=TIMEOUT).json())
        assert header["alg"] == "RS256"
        claims: dict[str, Any] = jwt.decode(
            token,
            published[header["kid"]],
            algorithms=["RS256"],
            audience=self.client.client_id,
            issuer=self.provider["issuer"],
            options={"require": ["iss", "sub", "aud", "exp", "iat", "at_hash"]},
        )
        params = {"client_id": self.client.client_id, "nonce": nonce, "access_token": access_token}
        CodeIDToken(claims, header, {}, params).validate()
        assert claims["sub"].isascii()
        assert 0 < len(claims["sub"]) <= 255
        assert abs(time.time() - claims["iat"]) < 300
        assert ("nonce" in claims) == bool(nonce)
        return claims

    def userinfo_of(self, response: requests.Response, claims: dict[str, Any]) -> dict[str, Any]:
        """A userinfo response about the very person of the ID token (OpenID Connect Core section 5.3.2)."""
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"].split(";")[0] == "application/json"
        userinfo: dict[str, Any] = response.json()
        assert userinfo["sub"] == claims["sub"]
        return userinfo

    def _received(self, request: AuthorizationRequest) -> AuthorizationAnswer | None:
        came = self.callback.take()
        if not came:
            return None
        (received,) = came
        assert self.callback.origin + received.path == request.redirect_uri.partition("?")[0]
        if self.response_mode == "form_post":
            assert (received.method, received.content_type, received.query) == ("POST", FORM, "")
        else:
            assert (received.method, received.body) == ("GET", "")
        parameters = received.parameters()
        assert parameters.get("state", "") == request.state
        if self.provider["authorization_response_iss_parameter_supported"]:
            assert parameters["iss"] == self.provider["issuer"]
        assert ("code" in parameters) != ("error" in parameters)
        return AuthorizationAnswer(request=request, parameters=parameters)


def _form_to(page: Page, uri: str) -> Form | None:
    return next((form for form in page.forms if form.action == uri), None)


def _check_form_post_page(page: Page, form: Form) -> None:
    """OAuth 2.0 Form Post Response Mode section 2, and its page is no page to keep."""
    assert page.response is not None
    assert page.status == 200
    assert form.method == "post"
    assert "no-store" in page.response.headers["Cache-Control"]
    assert origin_of(form.action) in page.response.headers["Content-Security-Policy"]
