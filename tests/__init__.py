"""Tests that no single app owns: journeys, conformance, architecture, adversarial; and their support."""
