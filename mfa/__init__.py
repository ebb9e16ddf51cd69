"""Second factors and passkeys (docs/second-factors.md)."""
