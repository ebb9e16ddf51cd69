"""The verbs of tokens, by topic: keys, JWTs, access tokens, refresh tokens, and who a credential is."""
