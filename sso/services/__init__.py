"""The verbs of social login: setting out for a provider, and coming back."""
