"""A tiny Django site of its own that signs people in with mozilla-django-oidc."""
