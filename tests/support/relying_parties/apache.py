"""Apache with mod_auth_openidc as a relying party, configured wholly inside a temporary directory."""

import pwd
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from string import Template
from urllib.parse import quote

from tests.support.ports import LOOPBACK, NotReadyError, answers, free_port
from tests.support.process import Process, Workspace, bare_environment, unprivileged_user
from tests.support.service import Service, find_program

MODULES = Path("/usr/lib/apache2/modules")
LOADED = (
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_user",
    "dir",
    "include",
    "auth_openidc",
)
CONFIGURATION = Template("""\
ServerRoot "$directory"
ServerName $host
Listen $host:$port
PidFile "$directory/httpd.pid"
DefaultRuntimeDir "$directory"
ErrorLog "$directory/error.log"
LogLevel warn auth_openidc:info
DocumentRoot "$directory/pages"
StartServers 1
ThreadsPerChild 16
MaxRequestWorkers 32
$modules
$identity

<Directory "$directory/pages">
    Require all granted
    Options +Includes
    DirectoryIndex index.shtml
    ForceType text/html
    SetOutputFilter INCLUDES
</Directory>

# Plain http: provider and relying party meet on loopback only.
OIDCProviderMetadataURL "$issuer/.well-known/openid-configuration"
OIDCClientID "$client_id"
OIDCClientSecret "$client_secret"
OIDCRedirectURI "$redirect_uri"
OIDCDefaultURL "$base_url/"
OIDCCryptoPassphrase "$passphrase"
OIDCScope "$scope"
OIDCPKCEMethod S256
OIDCProviderTokenEndpointAuth $authentication
OIDCRemoteUserClaim sub
OIDCCookieSameSite On
OIDCHTTPTimeoutLong 20
OIDCInfoHook iat access_token access_token_expires id_token userinfo refresh_token session
$directives

<Location "/protected">
    AuthType openid-connect
    Require valid-user
</Location>
""")
# mod_include writes variables entity-encoded.
PROTECTED_PAGE = """\
<!doctype html>
<html lang="en"><head><title>Protected</title></head><body>
<h1>Protected</h1>
<dl>
<dt>User</dt><dd id="user"><!--#echo var="REMOTE_USER" --></dd>
<dt>E-mail</dt><dd id="email"><!--#echo var="OIDC_CLAIM_email" --></dd>
<dt>Verified</dt><dd id="email_verified"><!--#echo var="OIDC_CLAIM_email_verified" --></dd>
<dt>Name</dt><dd id="name"><!--#echo var="OIDC_CLAIM_name" --></dd>
<dt>Issuer</dt><dd id="iss"><!--#echo var="OIDC_CLAIM_iss" --></dd>
</dl>
</body></html>
"""
OPEN_PAGE = """\
<!doctype html>
<html lang="en"><head><title>Open</title></head><body><h1>Open to all</h1></body></html>
"""


def new_port_and_redirect_uri() -> tuple[int, str]:
    """A port and the redirect URI to register for it before the party is made."""
    port = free_port()
    return port, f"http://{LOOPBACK}:{port}/protected/redirect_uri"


class ApacheRelyingParty(Service):
    """/protected/ asks for a login and shows the claims; / is open. `directives` end the configuration."""

    def __init__(
        self,
        port: int,
        issuer: str,
        client_id: str,
        client_secret: str,
        *,
        scope: str = "openid profile email",
        authentication: str = "client_secret_basic",
        directives: Sequence[str] = (),
    ) -> None:
        if not (MODULES / "mod_auth_openidc.so").exists():
            raise NotReadyError("mod_auth_openidc is not installed: run scripts/install_test_packages.sh")
        user = unprivileged_user("www-data")
        self.workspace = Workspace("apache", user)
        self.base_url = f"http://{LOOPBACK}:{port}"
        self.redirect_uri = f"{self.base_url}/protected/redirect_uri"
        self.protected_url = f"{self.base_url}/protected/"
        self._write_pages(user)
        configuration = self.directory / "httpd.conf"
        configuration.write_text(
            CONFIGURATION.substitute(
                directory=self.directory,
                host=LOOPBACK,
                port=port,
                modules="\n".join(f'LoadModule {name}_module "{MODULES}/mod_{name}.so"' for name in LOADED),
                identity=f"User {user}\nGroup #{pwd.getpwnam(user).pw_gid}" if user else "",
                issuer=issuer,
                client_id=client_id,
                client_secret=client_secret,
                redirect_uri=self.redirect_uri,
                base_url=self.base_url,
                passphrase=secrets.token_hex(32),
                scope=scope,
                authentication=authentication,
                directives="\n".join(directives),
            )
        )
        self.process = Process(
            name="apache",
            command=[find_program("apache2"), "-DFOREGROUND", "-f", str(configuration)],
            log=self.directory / "error.log",
            environment=bare_environment(self.directory),
            ready=lambda: answers(f"{self.base_url}/"),
            cwd=self.directory,
        )

    def logout_url(self, return_to: str) -> str:
        """Ends the session here and at the provider (OpenID Connect RP-Initiated Logout)."""
        return f"{self.redirect_uri}?logout={quote(return_to, safe='')}"

    @property
    def info_url(self) -> str:
        """JSON of the signed-in session: tokens, claims, expiry."""
        return f"{self.redirect_uri}?info=json"

    def _write_pages(self, user: str | None) -> None:
        protected = self.directory / "pages" / "protected"
        protected.mkdir(parents=True)
        (protected / "index.shtml").write_text(PROTECTED_PAGE)
        (protected.parent / "index.shtml").write_text(OPEN_PAGE)
        if user is not None:
            for path in (protected.parent, *protected.parent.rglob("*")):
                shutil.chown(path, user)
