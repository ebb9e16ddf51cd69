"""A client's own keys, and what it signs with them."""

import json
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client as Browser
from joserfc import jwt as jose
from joserfc.jwk import ECKey, RSAKey

from oauth.services.client_assertions import TYPE
from oauth.services.clients import Registered
from oauth.tests.flows import FORM, ISSUER

TOKEN_ENDPOINT = f"{ISSUER}/oauth/token"
_RSA = RSAKey.generate_key(2048)  # dear to make, and any will do


def key_for(algorithm: str) -> RSAKey | ECKey:
    return ECKey.generate_key("P-256") if algorithm == "ES256" else _RSA


@dataclass
class Signer:
    """Somebody with a private key."""

    algorithm: str = "ES256"
    key: RSAKey | ECKey = field(init=False)

    def __post_init__(self) -> None:
        self.key = key_for(self.algorithm)

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [{**self.key.as_dict(private=False), "kid": self.kid, "use": "sig"}]}

    @property
    def kid(self) -> str:
        return self.key.thumbprint()

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        members = {"alg": self.algorithm, "kid": self.kid, **header}
        return jose.encode(members, claims, self.key, algorithms=[self.algorithm])

    def sign_by_hand(self, claims: dict[str, Any], **header: Any) -> str:
        """RS256 over whatever header: a library refuses to write some."""
        members = {"alg": "RS256", "kid": self.kid, **header}
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in (members, claims))
        signature = _RSA.private_key.sign(signed.encode(), PKCS1v15(), SHA256())
        return f"{signed}.{_encoded(signature)}"

    def assertion(self, registered: Registered, **changes: Any) -> str:
        """A good client assertion, but for the changes; None takes a claim out."""
        claims = {
            "iss": registered.client.client_id,
            "sub": registered.client.client_id,
            "aud": ISSUER,
            "jti": str(uuid4()),
            "exp": int(time.time()) + 60,
            **changes,
        }
        return self.sign({name: value for name, value in claims.items() if value is not None})


def by_assertion(assertion: str, **form: str) -> Any:
    """POST to the token endpoint, authenticated by the assertion."""
    body = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": assertion,
        **form,
    }
    return Browser(enforce_csrf_checks=True).post("/oauth/token", urlencode(body), content_type=FORM)


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
