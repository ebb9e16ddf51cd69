"""What the attacks share: sessions, mailed secrets, the provider's requests, all by Django's test client."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import transaction
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.services import sessions
from core import clock
from core.models import Mail
from oauth.factories import REDIRECT_URI
from oauth.services.clients import Registered
from tests.support.oauth_client import challenge_of

VERIFIER = "attack-" + "v" * 43
WRONG = "wrong-" + PASSWORD
NEW_PASSWORD = "quarry-lantern-hazel-27"


def session_for(browser: Browser, user: User, **more: Any) -> Session:
    """Put a living session of the person into the browser."""
    now = clock.now()
    proof = sessions.Proof(amr=("pwd",), auth_time=now)
    with transaction.atomic():
        new = sessions.start_session(
            user, proof, kind=Session.Kind.BROWSER, keep=more.get("keep", False), now=now
        )
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    return new.session


def sign_in(browser: Browser, user: User, password: str = PASSWORD, **headers: Any) -> Any:
    return browser.post("/login", {"email": user.email, "password": password}, **headers)


def post_json(browser: Browser, path: str, body: Any, **headers: Any) -> Any:
    return browser.post(path, body, content_type="application/json", **headers)


def api_login(browser: Browser, user: User, password: str = PASSWORD) -> dict[str, Any]:
    """The token pair of a login over REST."""
    answer = post_json(
        browser, "/api/v1/auth/login", {"email": user.email, "password": password}, REMOTE_ADDR="127.0.0.9"
    )
    assert answer.status_code == 200, answer.content
    tokens: dict[str, Any] = answer.json()["tokens"]
    return tokens


def bearer(token: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def me(token: str) -> int:
    """The status that our own API answers this token with."""
    return Browser().get("/api/v1/auth/me", **bearer(token)).status_code


def newest_mail(to: str, kind: str = "") -> Mail:
    rows = Mail.objects.filter(recipient=to)
    mail = (rows.filter(kind=kind) if kind else rows).order_by("-created_at", "-id").first()
    assert mail is not None, f"no mail {kind} to {to}"
    return mail


def code_in(mail: Mail) -> str:
    found = re.search(r"(?<![\w-])(\d{8}|\d{6})(?![\w-])", mail.subject)
    assert found, mail.subject
    return found.group()


def token_in(mail: Mail) -> str:
    found = re.search(r"token=([\w-]+)", mail.text)
    assert found, mail.text
    return found.group(1)


def asked(registered: Registered, **changes: str | None) -> dict[str, str]:
    """The parameters of an authorization request with PKCE; `changes` add or (None) take away."""
    parameters: dict[str, str | None] = {
        "response_type": "code", "client_id": registered.client.client_id, "redirect_uri": REDIRECT_URI,
        "scope": "openid email", "state": "st-1", "nonce": "n-1", "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256", **changes,
    }  # fmt: skip
    return {name: value for name, value in parameters.items() if value is not None}


def answer_of(response: Any) -> dict[str, str]:
    """The parameters that an authorization response carries back to the client."""
    assert response.status_code in (302, 303), response.content
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def authorize(browser: Browser, registered: Registered, **changes: str | None) -> dict[str, str]:
    """Walk to the client's redirect URI, allowing what is asked."""
    response = browser.get("/oauth/authorize", asked(registered, **changes))
    if response["Location"].startswith("/oauth/authorize/"):
        path = response["Location"]
        response = browser.get(path)
        if response.status_code == 200:
            response = browser.post(path, {"decision": "allow"})
    return answer_of(response)


def post_token(registered: Registered, *, secret: str | None = "", **form: str) -> Any:
    """POST to the token endpoint as the client; another secret or none (None) where asked."""
    secret = registered.secret if secret == "" else secret
    body = {"client_id": registered.client.client_id, **form}
    if secret is not None:
        body["client_secret"] = secret
    return post_form("/oauth/token", body)


def post_form(path: str, form: dict[str, Any], **headers: Any) -> Any:
    from django.utils.http import urlencode

    return Browser().post(
        path, urlencode(form, doseq=True), content_type="application/x-www-form-urlencoded", **headers
    )


def redeem(registered: Registered, code: str, **changes: str) -> Any:
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI,
        "code_verifier": VERIFIER, **changes,
    }  # fmt: skip
    return post_token(registered, **{name: value for name, value in form.items() if value})


def tokens_of(browser: Browser, registered: Registered, **changes: str | None) -> dict[str, Any]:
    """The whole code flow in a browser that is signed in; the token response."""
    answer = redeem(registered, authorize(browser, registered, **changes)["code"])
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def refresh(registered: Registered, token: str, **more: str) -> Any:
    return post_token(registered, grant_type="refresh_token", refresh_token=token, **more)


def userinfo(token: str) -> int:
    return Browser().get("/oauth/userinfo", **bearer(token)).status_code


def introspect(registered: Registered, token: str) -> Any:
    form = {
        "client_id": registered.client.client_id,
        "client_secret": registered.secret or "",
        "token": token,
    }
    return post_form("/oauth/introspect", form)
