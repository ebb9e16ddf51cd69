"""mozilla-django-oidc as a relying party: the site in `mozilla/`, run as its own process."""

import secrets
import subprocess
import sys

import requests

from tests.support.ports import LOOPBACK, answers, free_port
from tests.support.process import REPOSITORY, Process, Workspace, bare_environment
from tests.support.service import Service

PROJECT = "tests.support.relying_parties.mozilla"


def new_port_and_redirect_uri() -> tuple[int, str]:
    """A port and the redirect URI to register for it before the party is made."""
    port = free_port()
    return port, f"http://{LOOPBACK}:{port}/oidc/callback/"


class MozillaRelyingParty(Service):
    """/ shows who is signed in, with a link to sign in or a form to sign out (also at the provider).

    The library knows no discovery, so the provider's document is read when the party is made.
    """

    def __init__(
        self,
        port: int,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        scope: str = "openid email",
        sign_algorithm: str = "RS256",
    ) -> None:
        self.workspace = Workspace("mozilla")
        self.base_url = f"http://{LOOPBACK}:{port}"
        self.login_url = f"{self.base_url}/oidc/authenticate/"
        self.redirect_uri = f"{self.base_url}/oidc/callback/"
        self.post_logout_redirect_uri = f"{self.base_url}/"
        found = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=20)
        found.raise_for_status()
        provider = found.json()
        self.environment = bare_environment(
            self.directory,
            DJANGO_SETTINGS_MODULE=f"{PROJECT}.settings",
            RP_SECRET_KEY=secrets.token_hex(32),
            RP_DATABASE=str(self.directory / "db.sqlite3"),
            RP_CLIENT_ID=client_id,
            RP_CLIENT_SECRET=client_secret,
            RP_SCOPE=scope,
            RP_SIGN_ALGORITHM=sign_algorithm,
            RP_AUTHORIZATION_ENDPOINT=provider["authorization_endpoint"],
            RP_TOKEN_ENDPOINT=provider["token_endpoint"],
            RP_USERINFO_ENDPOINT=provider["userinfo_endpoint"],
            RP_JWKS_URI=provider["jwks_uri"],
            RP_END_SESSION_ENDPOINT=provider["end_session_endpoint"],
        )
        self.process = Process(
            name="mozilla-django-oidc",
            command=[
                *(sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{port}", "--threads", "4"),
                f"{PROJECT}.wsgi:application",
            ],
            log=self.directory / "site.log",
            environment=self.environment,
            ready=lambda: answers(f"{self.base_url}/"),
        )

    def start(self) -> None:
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(command, env=self.environment, cwd=REPOSITORY, check=True)
        super().start()
