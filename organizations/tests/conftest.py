"""A DNS server for the tests of domains."""

from collections.abc import Callable, Iterator

import pytest

from organizations.tests.dns_server import Zone, serving


@pytest.fixture
def zone(janua_options: Callable[..., None]) -> Iterator[Zone]:
    """The records of a DNS server that Janua asks."""
    with serving() as served:
        janua_options(dns_resolver=served.at)
        yield served
