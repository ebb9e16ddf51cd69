"""Social login over REST, each operation with what makes it succeed."""

from typing import Any

import requests

from tests.support.identity_providers.answering import CLIENT_ID, CLIENT_SECRET
from tests.support.identity_providers.journeys import query_of, through
from tests.support.identity_providers.openid import OpenIDProvider
from tests.support.smtp import code_in
from tests.support.stage import Stage

APP = "https://app.example/back"


def options_for(provider: OpenIDProvider) -> dict[str, str]:
    """Janua's options: the provider stands where GitLab would."""
    return {
        "OUTBOUND_ALLOW": "127.0.0.0/8",
        "GITLAB_URL": provider.base_url,
        "GITLAB_CLIENT_ID": CLIENT_ID,
        "GITLAB_CLIENT_SECRET": CLIENT_SECRET,
        "SOCIAL_REDIRECT_URIS": APP,
    }


def as_a_traveller(call: Any, stage: Stage, provider: OpenIDProvider, password: str) -> None:
    slug = {"provider": "gitlab"}
    assert call("GET", "/oauth/providers")["data"][0]["slug"] == "gitlab"
    result = call("POST", "/oauth/callback/{provider}", slug, **answer(call, "/oauth/authorize/{provider}"))
    assert result["user"]["email"] == provider.person["email"]
    provider.claims = {"sub": "sub-2", "email_verified": False}
    needed = call("POST", "/oauth/callback/{provider}", slug, **answer(call, "/oauth/authorize/{provider}"))
    email = "traveller@example.com"
    call("POST", "/oauth/email", handle=needed["handle"], email=email)
    code = code_in(stage.mail.wait_for_mail(to=email, subject="code"))
    call("POST", "/oauth/email/verify", handle=needed["handle"], code=code)
    stage.janua.create_user("linking@example.com", password)
    signed_in = call("POST", "/auth/login", email="linking@example.com", password=password)
    call.token = signed_in["tokens"]["access_token"]
    provider.claims = {"sub": "sub-3"}
    linked = call("POST", "/oauth/link/{provider}/callback", slug, **answer(call, "/oauth/link/{provider}"))
    assert [row["id"] for row in call("GET", "/oauth/accounts")["data"]] == [linked["id"]]
    call("DELETE", "/oauth/unlink/{account_id}", {"account_id": linked["id"]})
    call.token = ""


def answer(call: Any, path: str) -> dict[str, str]:
    """What an app holds after the way through the provider and our callback."""
    begun = call("POST", path, {"provider": "gitlab"}, redirect_uri=APP)
    forwarded = requests.get(through(begun["authorization_url"]), allow_redirects=False, timeout=20)
    return {**query_of(forwarded.headers["Location"]), "binding": begun["binding"]}
