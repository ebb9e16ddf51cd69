"""A client written with Authlib: a person chooses an organization, and the client goes on to another without a login."""

import secrets
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.requests_client import OAuth2Session

from tests.journeys.test_authlib_client import get_json, read_id_token
from tests.support.http_client import Browserless
from tests.support.organizations import make_organization, name_permissions, remove_member
from tests.support.stage import Stage

PERSON, OWNER = "bookkeeper@example.com", "baker@example.com"
PASSWORD = "plum-tractor-velvet-94"
REDIRECT_URI = "https://ledger.example/callback"
SCOPE = "openid email organization"


def test_a_client_switches_between_a_persons_organizations(stage: Stage) -> None:
    for email in (PERSON, OWNER):
        stage.janua.create_user(email, PASSWORD)
    own = make_organization(stage, "Bookkeepers", slug="bookkeepers", owner=PERSON)
    bakery = make_organization(stage, "Bakery", slug="bakery", owner=OWNER, members=(PERSON,))
    registered = stage.janua.register_client(
        client_name="Ledger",
        redirect_uris=[REDIRECT_URI],
        grant_types=["authorization_code", "refresh_token"],
        scope=SCOPE,
    )
    client_id = registered["client_id"]
    name_permissions(stage, client_id, "ledger:read", "ledger:write")
    provider: dict[str, Any] = get_json(f"{stage.base_url}/.well-known/openid-configuration")
    assert "organization" in provider["scopes_supported"]
    with OAuth2Session(
        client_id,
        registered["client_secret"],
        scope=SCOPE,
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256",
        token_endpoint=provider["token_endpoint"],
    ) as session:
        token = _begin(stage, session, provider, organization_id=own)
        claims = read_id_token(token["id_token"], provider, audience=client_id)
        assert (claims["org_id"], claims["org_slug"], claims["org_role"]) == (own, "bookkeepers", "owner")
        told = read_id_token(token["access_token"], provider, audience=provider["issuer"])
        assert told["permissions"] == ["ledger:read", "ledger:write"]

        # On to the other one, with nobody at the keyboard.
        token = session.refresh_token(provider["token_endpoint"], organization="bakery")
        claims = read_id_token(token["id_token"], provider, audience=client_id)
        assert (claims["org_id"], claims["org_role"]) == (bakery, "member")
        told = read_id_token(token["access_token"], provider, audience=provider["issuer"])
        assert (told["org_id"], told["permissions"]) == (bakery, [])
        assert session.get(provider["userinfo_endpoint"]).json()["org_slug"] == "bakery"

        # Out of it: what the client holds for it is worth nothing from this moment on.
        remove_member(stage, bakery, PERSON)
        assert session.get(provider["userinfo_endpoint"]).status_code == 401
        refused = requests.post(
            provider["token_endpoint"],
            data={"grant_type": "refresh_token", "refresh_token": token["refresh_token"]},
            auth=(client_id, registered["client_secret"]),
            timeout=20,
        )
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def _begin(stage: Stage, session: Any, provider: dict[str, Any], *, organization_id: str) -> dict[str, Any]:
    """The person signs in, chooses and allows it."""
    nonce, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    url, state = session.create_authorization_url(
        provider["authorization_endpoint"], nonce=nonce, code_verifier=verifier
    )
    browser = Browserless(stage.base_url)
    page = browser.get(url, stop_at=REDIRECT_URI)
    page = browser.sign_in(PERSON, PASSWORD, page=page, stop_at=REDIRECT_URI)
    assert {"Bookkeepers", "Bakery"} <= {name for name in ("Bookkeepers", "Bakery") if name in page.text}
    chosen = f"{page.url.partition('?')[0]}?{urlencode({'organization': organization_id})}"
    page = browser.get(chosen, stop_at=REDIRECT_URI)
    assert "Bookkeepers" in page.text
    assert "Bakery" not in page.text
    page = browser.consent(page, stop_at=REDIRECT_URI)
    token: dict[str, Any] = session.fetch_token(
        provider["token_endpoint"], authorization_response=page.url, state=state, code_verifier=verifier
    )
    return token
