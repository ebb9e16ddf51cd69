"""A client written with Authlib: code and PKCE, refresh and revocation, the ID token checked by joserfc."""

import secrets

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.http_client import Browserless
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
REDIRECT_URI = "https://garden.example/callback"


def test_authlib_client_signs_a_person_in_and_its_tokens_verify_offline(stage: Stage) -> None:
    user_id = stage.janua.create_user("gardener@example.com", PASSWORD)
    registered = stage.janua.register_client(
        client_name="Garden",
        redirect_uris=[REDIRECT_URI],
        grant_types=["authorization_code", "refresh_token"],
        scope="openid email offline_access",
    )
    provider = get_json(f"{stage.base_url}/.well-known/openid-configuration")
    with OAuth2Session(
        registered["client_id"],
        registered["client_secret"],
        scope="openid email offline_access",
        redirect_uri=REDIRECT_URI,
        code_challenge_method="S256",
        token_endpoint=provider["token_endpoint"],
        revocation_endpoint_auth_method="client_secret_basic",
    ) as session:
        nonce, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
        url, state = session.create_authorization_url(
            provider["authorization_endpoint"], nonce=nonce, code_verifier=verifier
        )
        answer = authorize(stage, url)
        token = session.fetch_token(
            provider["token_endpoint"], authorization_response=answer, state=state, code_verifier=verifier
        )
        assert token["token_type"] == "Bearer"
        claims = read_id_token(token["id_token"], provider, audience=registered["client_id"])
        assert claims["nonce"] == nonce
        person = session.get(provider["userinfo_endpoint"]).json()
        assert person["sub"] == claims["sub"] == user_id
        assert person["email"] == "gardener@example.com"

        first = token["refresh_token"]
        token = session.refresh_token(provider["token_endpoint"])
        assert token["refresh_token"] != first
        assert session.get(provider["userinfo_endpoint"]).status_code == 200
        revoked = session.revoke_token(
            provider["revocation_endpoint"], token["refresh_token"], token_type_hint="refresh_token"
        )
        assert revoked.status_code == 200
        assert session.get(provider["userinfo_endpoint"]).status_code == 401


def authorize(stage: Stage, url: str) -> str:
    """The person's part; returns the address the browser was sent back to."""
    browser = Browserless(stage.base_url)
    page = browser.get(url, stop_at=REDIRECT_URI)
    page = browser.sign_in("gardener@example.com", PASSWORD, page=page, stop_at=REDIRECT_URI)
    return browser.consent(page, stop_at=REDIRECT_URI).url


def read_id_token(token: str, provider: dict[str, str], *, audience: str) -> dict[str, object]:
    """OpenID Connect Core section 3.1.3.7, with nothing but the published keys."""
    keys = KeySet.import_key_set(get_json(provider["jwks_uri"]))
    read = jwt.decode(token, keys, algorithms=["RS256"])
    required = {"iss": provider["issuer"], "aud": audience}
    registry = jwt.JWTClaimsRegistry(
        exp={"essential": True},
        iat={"essential": True},
        **{name: {"essential": True, "value": value} for name, value in required.items()},
    )
    registry.validate(read.claims)
    return dict(read.claims)


def get_json(url: str) -> dict[str, str]:
    found = requests.get(url, timeout=20)
    found.raise_for_status()
    answer: dict[str, str] = found.json()
    return answer
