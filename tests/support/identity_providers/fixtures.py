"""Fixtures: providers on loopback, and Janua registered there."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest
from pydantic import SecretStr

from sso.engine import documents
from sso.factories import add_provider
from tests.support.identity_providers.answering import CLIENT_ID, CLIENT_SECRET
from tests.support.identity_providers.github import GitHubShaped
from tests.support.identity_providers.openid import OpenIDProvider


@pytest.fixture
def providers_on_loopback(janua_options: Callable[..., None]) -> None:
    """Janua may call this machine; what it kept of earlier providers is forgotten."""
    janua_options(outbound_allow=(ip_network("127.0.0.0/8"),))
    documents.forget()


@pytest.fixture
def github(
    providers_on_loopback: None, janua_options: Callable[..., None], db: None
) -> Iterator[GitHubShaped]:
    """A provider of GitHub's shape."""
    with GitHubShaped() as provider:
        janua_options(
            github_client_id=CLIENT_ID,
            github_client_secret=SecretStr(CLIENT_SECRET),
            github_url=provider.base_url,
        )
        yield provider


@pytest.fixture
def herbs(providers_on_loopback: None, db: None) -> Iterator[OpenIDProvider]:
    """An OpenID provider, behind the button "Herbs" of an operator's row."""
    with OpenIDProvider() as provider:
        add_provider("herbs", issuer=provider.base_url)
        yield provider
