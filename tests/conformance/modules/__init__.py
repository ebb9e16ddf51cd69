"""The modules: each a function with the official name, entered into MODULES by being imported."""

from tests.conformance.modules import (
    claims,
    codes,
    discovery,
    flows,
    logout,
    logout_refused,
    prompts,
    requests_refused,
)
from tests.conformance.suite import MODULES

__all__ = [
    "MODULES",
    "claims",
    "codes",
    "discovery",
    "flows",
    "logout",
    "logout_refused",
    "prompts",
    "requests_refused",
]
