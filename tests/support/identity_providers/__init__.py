"""Providers that people come from: real ones on loopback, honest and otherwise."""
