"""The verbs of the provider, by topic."""
