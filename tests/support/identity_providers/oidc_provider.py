"""An OpenID provider as others write them: the npm package `oidc-provider`, with its own pages.

Whoever signs in there as `name` is `name@example.com`, verified.
"""

import json
from pathlib import Path

from tests.support.identity_providers.answering import CLIENT_ID, CLIENT_SECRET
from tests.support.npm import install_packages
from tests.support.ports import LOOPBACK, answers, free_port
from tests.support.process import Process, Workspace, bare_environment
from tests.support.service import Service, find_program

DIRECTORY = Path(__file__).parent / "node"


class OidcProvider(Service):
    """Reads its client from a file, so that Janua's address may be known later than its own."""

    def __init__(self) -> None:
        self.workspace = Workspace("oidc-provider")
        port = free_port()
        self.issuer = f"http://{LOOPBACK}:{port}"
        self.client = self.directory / "client.json"
        self.client.write_text("{}")
        self.process = Process(
            name="oidc-provider",
            command=[find_program("node"), str(install_packages(DIRECTORY) / "provider.js")],
            log=self.directory / "provider.log",
            environment=bare_environment(
                self.directory, PORT=str(port), ISSUER=self.issuer, CLIENT=str(self.client)
            ),
            ready=lambda: answers(f"{self.issuer}/.well-known/openid-configuration"),
        )

    def let_in(self, base_url: str) -> None:
        """Register Janua, and start anew with it."""
        registered = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "redirect_uris": [f"{base_url}/sso/social/gitlab/callback"],
        }
        self.client.write_text(json.dumps(registered))
        self.restart()
