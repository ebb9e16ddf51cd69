"""Walking the provider's endpoints with Django's test client."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from oauth.factories import REDIRECT_URI
from oauth.services.clients import Registered

ISSUER = "http://localhost:4100"
VERIFIER = "a-code-verifier-of-43-characters-or-more-0001"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
FORM = "application/x-www-form-urlencoded"


def request_of(registered: Registered, **changes: str | None) -> dict[str, str]:
    """The parameters of a good authorization request; None takes one out."""
    parameters: dict[str, str | None] = {
        "response_type": "code",
        "client_id": registered.client.client_id,
        "redirect_uri": REDIRECT_URI,
        "scope": "openid email",
        "state": "the state",
        "nonce": "n-0S6_WzA2Mj",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in parameters.items() if value is not None}


def authorize(browser: Client, registered: Registered, **changes: str | None) -> HttpResponse:
    return browser.get("/oauth/authorize", request_of(registered, **changes))  # type: ignore[return-value]


def answer_of(response: HttpResponse) -> dict[str, str]:
    """The parameters that went back to the client's redirect URI."""
    assert response.status_code == 303, response.content[:300]
    return dict(parse_qsl(urlsplit(response["Location"]).query, keep_blank_values=True, strict_parsing=True))


def is_waiting(response: HttpResponse) -> bool:
    """Whether the person is sent to the page that goes on with the request."""
    return response.status_code == 303 and response["Location"].startswith("/oauth/authorize/")


def allow(browser: Client, response: HttpResponse, decision: str = "allow") -> HttpResponse:
    """Answer the consent page that waits."""
    assert is_waiting(response), response
    return browser.post(response["Location"], {"decision": decision})  # type: ignore[return-value]


def code_for(user: User, registered: Registered, **changes: str | None) -> str:
    """A fresh code: signed in, allowed."""
    browser = signed_in(user)
    response = authorize(browser, registered, **changes)
    if is_waiting(response):
        response = allow(browser, response)
    return answer_of(response)["code"]


def basic(client_id: str, secret: str | None) -> dict[str, str]:
    """RFC 6749 section 2.3.1: both halves form-encoded, then joined."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret or '')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def post(path: str, registered: Registered, *, accept: str = "*/*", **form: str) -> Any:
    """POST a form, authenticated as the client in the way it is registered for."""
    client = registered.client
    headers = {"Accept": accept}
    match client.token_endpoint_auth_method:
        case "client_secret_basic":
            headers |= basic(client.client_id, registered.secret)
        case "client_secret_post":
            form |= {"client_id": client.client_id, "client_secret": registered.secret or ""}
        case "none":
            form |= {"client_id": client.client_id}
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in form.items())
    return Client(enforce_csrf_checks=True).post(path, body, content_type=FORM, headers=headers)


def redeem(registered: Registered, code: str, **changes: str) -> Any:
    form = {"redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER, **changes}
    return post("/oauth/token", registered, grant_type="authorization_code", code=code, **form)


def tokens_for(user: User, registered: Registered, **changes: str | None) -> dict[str, Any]:
    """The token response of a whole flow."""
    response = redeem(registered, code_for(user, registered, **changes))
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def error_of(response: Any) -> tuple[int, str]:
    """(status, error) of a refusal by RFC 6749 section 5.2."""
    body = response.json()
    assert body.keys() == {"error", "error_description"}, body
    assert response["Cache-Control"] == "no-store"
    return response.status_code, body["error"]
