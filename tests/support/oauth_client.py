"""An OAuth 2.0 / OpenID Connect client over plain HTTP, of the tests' own making, sparing no detail."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import requests

from tests.support.http_client import Browserless, Page

AuthenticationMethod = Literal["client_secret_basic", "client_secret_post", "none"]
TIMEOUT = 30


def challenge_of(verifier: str) -> str:
    """RFC 7636 section 4.2, S256."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """An authorization request (RFC 6749 section 4.1.1) and what its sender remembers."""

    url: str
    redirect_uri: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationAnswer:
    """What came back to the redirect URI (RFC 6749 section 4.1.2, RFC 9207 for `iss`)."""

    request: AuthorizationRequest
    parameters: dict[str, str]

    @property
    def code(self) -> str:
        if "code" not in self.parameters:
            raise AssertionError(f"no code in the answer: {self.parameters}")
        return self.parameters["code"]

    @property
    def state(self) -> str | None:
        return self.parameters.get("state")

    @property
    def iss(self) -> str | None:
        return self.parameters.get("iss")

    @property
    def error(self) -> str | None:
        return self.parameters.get("error")


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A registered client. A public one has no secret."""

    base_url: str
    client_id: str
    client_secret: str | None = None
    redirect_uri: str
    scope: str = "openid profile email"
    authentication: AuthenticationMethod | None = None
    """How it authenticates at the token endpoint; by default basic with a secret, none without."""

    @classmethod
    def registered(cls, base_url: str, registration: dict[str, Any], **changes: Any) -> "OAuthClient":
        """From the answer of register_client (RFC 7591 section 3.2.1)."""
        known: dict[str, Any] = {
            "client_id": registration["client_id"],
            "client_secret": registration.get("client_secret"),
            "redirect_uri": registration["redirect_uris"][0],
            "authentication": registration.get("token_endpoint_auth_method"),
        }
        return cls(base_url=base_url, **(known | changes))

    def authorization_request(self, **extra: str | None) -> AuthorizationRequest:
        """A code request with PKCE S256, state and nonce; `extra` adds or (None) removes parameters."""
        verifier = secrets.token_urlsafe(48)
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": secrets.token_urlsafe(16),
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **extra,
        }
        sent = {name: value for name, value in parameters.items() if value is not None}
        return AuthorizationRequest(
            url=f"{self.base_url}/oauth/authorize?{urlencode(sent)}",
            redirect_uri=sent.get("redirect_uri", self.redirect_uri),
            state=sent.get("state", ""),
            nonce=sent.get("nonce", ""),
            code_verifier=verifier,
        )

    def exchange_code(self, answer: AuthorizationAnswer, **extra: str) -> requests.Response:
        """RFC 6749 section 4.1.3 with RFC 7636 section 4.5."""
        form = {
            "grant_type": "authorization_code",
            "code": answer.code,
            "redirect_uri": answer.request.redirect_uri,
            "code_verifier": answer.request.code_verifier,
        }
        return self.post("/oauth/token", **(form | extra))

    def refresh(self, refresh_token: str, **extra: str) -> requests.Response:
        """RFC 6749 section 6."""
        return self.post("/oauth/token", grant_type="refresh_token", refresh_token=refresh_token, **extra)

    def client_credentials(self, **extra: str) -> requests.Response:
        """RFC 6749 section 4.4."""
        return self.post("/oauth/token", grant_type="client_credentials", **extra)

    def introspect(self, token: str, **extra: str) -> requests.Response:
        """RFC 7662 section 2.1."""
        return self.post("/oauth/introspect", token=token, **extra)

    def revoke(self, token: str, **extra: str) -> requests.Response:
        """RFC 7009 section 2.1."""
        return self.post("/oauth/revoke", token=token, **extra)

    def userinfo(self, access_token: str) -> requests.Response:
        """OpenID Connect Core section 5.3.1."""
        headers = {"Authorization": f"Bearer {access_token}"}
        return requests.get(f"{self.base_url}/oauth/userinfo", headers=headers, timeout=TIMEOUT)

    def post(self, path: str, **form: str) -> requests.Response:
        """POST a form to one of the provider's endpoints, authenticated as this client."""
        headers: dict[str, str] = {}
        match self.authentication or ("client_secret_basic" if self.client_secret else "none"):
            case "client_secret_basic":
                # RFC 6749 section 2.3.1: both halves are form-encoded before they are joined.
                pair = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret or '')}"
                headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
            case "client_secret_post":
                form = {"client_id": self.client_id, "client_secret": self.client_secret or "", **form}
            case "none":
                form = {"client_id": self.client_id, **form}
        url = f"{self.base_url}{path}"
        return requests.post(url, data=form, headers=headers, timeout=TIMEOUT, allow_redirects=False)


def read_answer(request: AuthorizationRequest, page: Page) -> AuthorizationAnswer:
    """Take the answer from the redirect URI the browser stopped at."""
    if page.response is not None:
        raise AssertionError(f"not sent back, but on {page.url} ({page.status}): {page.text[:600]}")
    parts = urlsplit(page.url)
    carried = parse_qs(parts.query or parts.fragment, keep_blank_values=True, strict_parsing=True)
    doubled = [name for name, values in carried.items() if len(values) > 1]
    if doubled:
        raise AssertionError(f"parameters more than once in the answer: {doubled}")
    return AuthorizationAnswer(
        request=request, parameters={name: values[0] for name, values in carried.items()}
    )


def authorize_code_flow(
    browser: Browserless,
    client: OAuthClient,
    *,
    email: str | None = None,
    password: str | None = None,
    allow: bool = True,
    **extra: str | None,
) -> AuthorizationAnswer:
    """Walk from the authorization request to the redirect URI, which is not loaded.

    Signs in when the provider asks (needs email and password) and decides on the consent page when one
    comes. The answer may be an error; `answer.code` insists on a code. The state is checked.
    """
    request = client.authorization_request(**extra)
    page = browser.get(request.url, stop_at=request.redirect_uri)
    if page.has_form("password") and email is not None and password is not None:
        page = browser.sign_in(email, password, page=page, stop_at=request.redirect_uri)
    if page.has_form("decision"):
        page = browser.consent(page, allow=allow, stop_at=request.redirect_uri)
    answer = read_answer(request, page)
    if (answer.state or "") != request.state:
        raise AssertionError(f"state {answer.state!r} came back instead of {request.state!r}")
    return answer
