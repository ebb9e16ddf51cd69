"""How long a second start takes, and what a running Janua weighs."""

import time

from bench.cpu import pss_megabytes, tree
from tests.support.janua import JanuaServer


def second_start(server: JanuaServer) -> tuple[float, float]:
    """Stop and start again: seconds of `manage.py prepare`, and of gunicorn to its first 200."""
    server.stop()
    began = time.monotonic()
    server.manage("prepare")
    prepared = time.monotonic()
    server.process.start()
    return prepared - began, time.monotonic() - prepared


def weight(server: JanuaServer) -> float:
    """Megabytes (PSS) of the master and its workers."""
    return pss_megabytes(tree([server.process.pid]))
