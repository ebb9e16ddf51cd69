"""Providers on loopback."""

from tests.support.identity_providers.fixtures import github, herbs, providers_on_loopback

__all__ = ["github", "herbs", "providers_on_loopback"]
