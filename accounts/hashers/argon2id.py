"""How passwords rest: Argon2id (RFC 9106) at OWASP's 19 MiB, two passes; about 17 ms on this kind of core."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Django's hasher with figures a busy sign-in page can afford; stored hashes upgrade on login."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
