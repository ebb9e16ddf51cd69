"""Requests that race for the same one-time thing."""
