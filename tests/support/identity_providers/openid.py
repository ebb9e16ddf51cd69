"""An OpenID provider that says whatever a test wants it to: what honest ones never say, others do."""

import json
import time
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.support.identity_providers.answering import CLIENT_ID, Answer, AnsweringProvider, as_json

KEY = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
STRANGER = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": KEY.as_dict()["kid"]})
PEM = ECKey.generate_key("P-256").as_pem(private=True).decode()
"""A private key as Apple gives its developers one."""


class _LeftOut:
    """Stands for a member that is not there; of one name in every process, for pytest's ids."""

    def __repr__(self) -> str:
        return "left out"


LEFT_OUT = _LeftOut()


class OpenIDProvider(AnsweringProvider):
    """`claims` and `userinfo` are told beyond the usual; `LEFT_OUT` takes a member away."""

    name = "Provider of any word"

    def __init__(self, port: int = 0, *, asks: bool = False) -> None:
        super().__init__(port, asks=asks)
        self.issuer = self.base_url
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.key: Any = KEY
        self.header: dict[str, Any] = {"alg": "RS256", "kid": KEY.as_dict()["kid"]}
        self.person = {
            "sub": "sub-1", "email": "dora@example.com", "email_verified": True, "name": "Dora Day",
            "given_name": "Dora", "family_name": "Day",
        }  # fmt: skip

    def token_answer(self, asked: dict[str, str]) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked.get("nonce"),
            **self.person,
        }  # fmt: skip
        payload = json.dumps(_changed(claims, self.claims)).encode()
        id_token = jws.serialize_compact(self.header, payload, self.key, algorithms=[self.header["alg"]])
        return {**super().token_answer(asked), "id_token": id_token}

    def more(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Answer:
        if path == "/.well-known/openid-configuration":
            return as_json({
                "issuer": self.issuer, "authorization_endpoint": f"{self.base_url}/authorize",
                "token_endpoint": f"{self.base_url}/token", "userinfo_endpoint": f"{self.base_url}/userinfo",
                "jwks_uri": f"{self.base_url}/jwks", "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            })  # fmt: skip
        if path == "/jwks":
            return as_json({"keys": [KEY.as_dict(private=False)]})
        if path == "/userinfo":
            return as_json(_changed(self.person, {**self.claims_of_person(), **self.userinfo}))
        return super().more(path, query, headers)

    def claims_of_person(self) -> dict[str, Any]:
        """Who it is, userinfo says as the ID token does."""
        return {name: value for name, value in self.claims.items() if name in self.person}


def by_secret(secret: str) -> OctKey:
    return OctKey.import_key(secret)


def _changed(claims: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**claims, **changes}.items() if value is not LEFT_OUT}
