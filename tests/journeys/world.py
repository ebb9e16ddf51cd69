"""People, apps and requests that put every page into a state worth looking at."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext

from tests.support.http_client import Browserless
from tests.support.identity_providers.github import GitHubShaped
from tests.support.oauth_client import OAuthClient, authorize_code_flow
from tests.support.smtp import link_in
from tests.support.stage import Stage

PASSWORD = "plum-tractor-velvet-94"
REDIRECT_URI = "https://garden.example/callback"
SIGNED_OUT_URI = "https://garden.example/signed-out"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
PERSON = "ada.lovelace@example.com"


@dataclass(frozen=True, slots=True)
class World:
    """The stage, two apps (one allowed by the person, one not), a television, and a person signed in."""

    stage: Stage
    allowed: OAuthClient
    asking: OAuthClient
    device: OAuthClient
    person: Browserless
    neighbour: GitHubShaped
    crawl: str = ""
    """Distinguishes the addresses that one crawl signs up from another's."""
    language: str = "en"

    @property
    def base_url(self) -> str:
        return self.stage.base_url

    def let_in(self, context: BrowserContext, who: Browserless) -> None:
        """Give a Chromium profile the session of somebody who is signed in."""
        cookies = [cookie for cookie in who.session.cookies if cookie.name == "janua_session"]
        context.add_cookies(
            [{"name": each.name, "value": each.value or "", "url": self.base_url} for each in cookies]
        )

    def link_mailed_to(self, email: str, *, after: int) -> str:
        """The link of the mail that came beyond the first `after` mails."""
        mail = self.stage.mail.wait_for_mail(to=email, after=after)
        return link_in(mail, "token=")

    def device_codes(self) -> dict[str, str]:
        """A television asks to be connected."""
        codes: dict[str, str] = self.device.post(
            "/oauth/device_authorization", scope="openid profile email offline_access"
        ).json()
        return codes

    def forget_limits(self) -> None:
        """Another hour: nobody meets a limit because of what was tried before."""
        self.stage.execute("DELETE FROM core_throttlecounter")


def make_world(stage: Stage, neighbour: GitHubShaped) -> World:
    stage.janua.create_user(PERSON, PASSWORD)
    allowed, asking = (_client(stage, name) for name in ("Kitchen Garden", "Wine Cellar"))
    person = Browserless(stage.base_url)
    allowed.exchange_code(authorize_code_flow(person, allowed, email=PERSON, password=PASSWORD))
    elsewhere = Browserless(stage.base_url)  # a second device in the list of sessions
    elsewhere.session.headers["User-Agent"] = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605"
    )
    elsewhere.sign_in(PERSON, PASSWORD)
    device = _client(stage, "Living Room TV", grant_types=[DEVICE_CODE], token_endpoint_auth_method="none")
    return World(stage, allowed, asking, device, person, neighbour)


def _client(stage: Stage, name: str, **metadata: object) -> OAuthClient:
    registered = stage.janua.register_client(
        client_name=name,
        **{
            "redirect_uris": [REDIRECT_URI],
            "post_logout_redirect_uris": [SIGNED_OUT_URI],
            **metadata,
        },
    )
    return OAuthClient.registered(stage.base_url, registered)
