"""One product for all journeys; each browser lives no longer than its module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from organizations.tests.dns_server import Zone, serving
from tests.support.browser import TIMEOUT_MILLISECONDS, Chromium
from tests.support.identity_providers.answering import CLIENT_ID, CLIENT_SECRET
from tests.support.identity_providers.github import GitHubShaped
from tests.support.identity_providers.oidc_provider import OidcProvider
from tests.support.relying_parties import apache, mozilla_django_oidc
from tests.support.relying_parties.apache import ApacheRelyingParty
from tests.support.relying_parties.mozilla_django_oidc import MozillaRelyingParty
from tests.support.stage import Stage, open_stage

OPERATOR_EMAIL = "first.operator@janua.dev"
OPERATOR_PASSWORD = "harbour-candle-orbit-61"


@pytest.fixture(scope="package")
def neighbour() -> Iterator[GitHubShaped]:
    """A provider of GitHub's shape that asks before it tells anything."""
    with GitHubShaped(asks=True) as provider:
        yield provider


@pytest.fixture(scope="package")
def oidc_provider() -> Iterator[OidcProvider]:
    """An OpenID provider: the npm package of that name."""
    with OidcProvider() as provider:
        yield provider


@pytest.fixture(scope="package")
def zone() -> Iterator[Zone]:
    """What a DNS server knows that Janua asks."""
    with serving() as zone:
        yield zone


@pytest.fixture(scope="package")
def stage(neighbour: GitHubShaped, oidc_provider: OidcProvider, zone: Zone) -> Iterator[Stage]:
    """Rate limits stay on: nobody on an ordinary way may ever meet one."""
    environment = {
        "ADMIN_BOOTSTRAP_EMAIL": OPERATOR_EMAIL,
        "ADMIN_BOOTSTRAP_PASSWORD": OPERATOR_PASSWORD,
        "CLIENT_REGISTRATION": "people",
        "OUTBOUND_ALLOW": "127.0.0.0/8",
        "GITHUB_URL": neighbour.base_url,
        "GITLAB_URL": oidc_provider.issuer,
        "DNS_RESOLVER": zone.at,
    }
    for name in ("GITHUB", "GITLAB"):
        environment |= {f"{name}_CLIENT_ID": CLIENT_ID, f"{name}_CLIENT_SECRET": CLIENT_SECRET}
    with open_stage(environment) as stage:
        oidc_provider.let_in(stage.base_url)
        yield stage


@pytest.fixture(scope="module", autouse=True)
def _another_hour(stage: Stage) -> None:
    """All people of all modules come from one address: let their counters not add up."""
    stage.execute("DELETE FROM core_throttlecounter")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    expect.set_options(timeout=TIMEOUT_MILLISECONDS)  # else five seconds: a busy machine is no mistake
    with Chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def photo_box(stage: Stage) -> Iterator[ApacheRelyingParty]:
    """A relying party: Apache with mod_auth_openidc."""
    port, redirect_uri = apache.new_port_and_redirect_uri()
    registered = stage.janua.register_client(
        client_name="Photo Box",
        redirect_uris=[redirect_uri],
        post_logout_redirect_uris=[f"{redirect_uri.partition('/protected')[0]}/"],
    )
    secret = registered["client_secret"]
    with ApacheRelyingParty(port, stage.base_url, registered["client_id"], secret) as party:
        yield party


@pytest.fixture(scope="package")
def wine_list(stage: Stage) -> Iterator[MozillaRelyingParty]:
    """Another relying party: a Django site with mozilla-django-oidc."""
    port, redirect_uri = mozilla_django_oidc.new_port_and_redirect_uri()
    registered = stage.janua.register_client(
        client_name="Wine List",
        redirect_uris=[redirect_uri],
        post_logout_redirect_uris=[f"{redirect_uri.partition('/oidc')[0]}/"],
    )
    secret = registered["client_secret"]
    with MozillaRelyingParty(port, stage.base_url, registered["client_id"], secret) as party:
        yield party
