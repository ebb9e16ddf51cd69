"""Small sites written with other people's OpenID libraries, each a program that is told all by its environment."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import ECKey

from tests.support.janua import JanuaServer
from tests.support.npm import install_packages
from tests.support.ports import LOOPBACK, answers, free_port
from tests.support.process import Process, Workspace, bare_environment
from tests.support.service import Service, find_program


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A site's program and what its library needs to be registered with (RFC 7591 section 2)."""

    library: str
    script: str
    """A file in `node/`, or the name of a WSGI module beside this one."""
    callback: str = "/callback"
    metadata: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, port: int) -> list[str]:
        if self.script.endswith(".js"):
            return [find_program("node"), str(install_packages() / self.script)]
        application = f"{__package__}.{self.script}:application"
        gunicorn = [sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{port}", "--threads", "4"]
        return [*gunicorn, application]


WITH_REFRESH = ["authorization_code", "refresh_token"]
OIDC_CLIENT_TS = Program(
    library="oidc-client-ts",
    script="single_page.js",
    metadata={"token_endpoint_auth_method": "none", "grant_types": WITH_REFRESH},
)
OPENID_CLIENT = Program(
    library="openid-client", script="openid_client.js", metadata={"grant_types": WITH_REFRESH}
)
KEY = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
OPENID_CLIENT_BY_KEY = Program(
    library="openid-client by key",
    script="openid_client.js",
    metadata={
        "grant_types": WITH_REFRESH,
        "token_endpoint_auth_method": "private_key_jwt",
        "request_object_signing_alg": "ES256",
        "require_signed_request_object": True,
        "jwks": {"keys": [KEY.as_dict(private=False)]},
    },
    environment={"CLIENT_KEY": json.dumps(KEY.as_dict(private=True))},
)
TELEVISION = Program(
    library="openid-client television",
    script="television.js",
    metadata={
        "token_endpoint_auth_method": "none",
        "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
    },
)
PASSPORT = Program(
    library="passport-openidconnect",
    script="passport.js",
    # The library knows no PKCE and sends its secret in the body.
    metadata={"token_endpoint_auth_method": "client_secret_post", "require_pkce": False},
)
AUTH_JS = Program(library="Auth.js", script="authjs.js", callback="/auth/callback/janua")
ALLAUTH = Program(
    library="django-allauth", script="allauth_site", callback="/accounts/oidc/janua/login/callback/"
)
AUTHLIB = Program(library="Authlib", script="authlib_site", metadata={"grant_types": WITH_REFRESH})


class SiteRelyingParty(Service):
    """/ shows who is signed in, with buttons to sign in or out; /signed-out is where Janua leads back to."""

    def __init__(self, port: int, issuer: str, registered: Mapping[str, Any], program: Program) -> None:
        self.workspace = Workspace("site")
        self.base_url = f"http://{LOOPBACK}:{port}"
        self.name = str(registered["client_name"])
        self.process = Process(
            name=program.library,
            command=program.command(port),
            log=self.directory / "site.log",
            environment=bare_environment(
                self.directory,
                PORT=str(port),
                BASE_URL=self.base_url,
                ISSUER=issuer,
                CLIENT_ID=registered["client_id"],
                CLIENT_SECRET=registered.get("client_secret", ""),
                **program.environment,
            ),
            ready=lambda: answers(f"{self.base_url}/"),
        )


@contextmanager
def open_site(janua: JanuaServer, program: Program) -> Iterator[SiteRelyingParty]:
    """Register a client, start its site, stop it at the end."""
    port = free_port()
    base_url = f"http://{LOOPBACK}:{port}"
    registered = janua.register_client(
        client_name=f"{program.library} site",
        redirect_uris=[f"{base_url}{program.callback}"],
        post_logout_redirect_uris=[f"{base_url}/signed-out"],
        **program.metadata,
    )
    with SiteRelyingParty(port, janua.base_url, registered, program) as site:
        yield site
