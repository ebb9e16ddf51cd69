"""Resource servers that keep our JWKS exactly as long as its Cache-Control says, and verify every token offline."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import jwt
import requests

from tests.faults.ledger import Ledger, moment
from tests.faults.world import TIMEOUT, World

ISSUER_AUDIENCES = ("", "/api/v1")
PAUSE = 0.02


@dataclass
class Verifier:
    """PyJWT over a cached key set. It asks again when the set is too old, and never because a key is unknown."""

    world: World
    verified: int = 0
    fetched: int = 0
    failures: list[str] = field(default_factory=list)
    _keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    _fresh_until: float = 0.0

    def accepts(self, token: str) -> bool:
        """Whether signature, issuer, audience and times are good by the keys that it knows."""
        key = self._known_keys().get(jwt.get_unverified_header(token)["kid"])
        base = self.world.server.base_url
        try:
            if key is None:
                return False
            jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                issuer=base,
                audience=[f"{base}{path}" for path in ISSUER_AUDIENCES],
            )
        except jwt.InvalidTokenError:
            return False
        return True

    def watch(self, ledger: Ledger, stop: threading.Event) -> None:
        """Verify each token when it is handed out, and some older one again beside it."""
        seen: list[str] = []
        while not stop.is_set():
            for token in tokens_in(ledger)[len(seen) :]:
                seen.append(token)
                self._verify(token)
                self._verify(random.choice(seen))
            time.sleep(PAUSE)

    def _verify(self, token: str) -> None:
        self.verified += 1
        if not self.accepts(token):
            self.failures.append(kid_of(token))

    def _known_keys(self) -> dict[str, jwt.PyJWK]:
        if (asked_at := moment()) >= self._fresh_until:
            url = f"{self.world.server.base_url}/.well-known/jwks.json"
            response = requests.get(url, timeout=TIMEOUT)
            max_age = int(response.headers["Cache-Control"].partition("max-age=")[2])
            self._keys = {str(key.key_id): key for key in jwt.PyJWKSet.from_dict(response.json()).keys}
            self._fresh_until = asked_at + max_age  # RFC 9111 section 4.2.3: the delay counts as age
            self.fetched += 1
        return self._keys


@contextmanager
def watching(world: World, ledger: Ledger, count: int) -> Iterator[list[Verifier]]:
    """So many verifiers, each in a thread of its own, their caches of different ages."""
    stop, verifiers = threading.Event(), [Verifier(world) for _ in range(count)]
    errors: list[BaseException] = []

    def run(verifier: Verifier, delay: float) -> None:
        time.sleep(delay)
        try:
            verifier.watch(ledger, stop)
        except BaseException as error:
            errors.append(error)

    threads = [
        threading.Thread(target=run, args=(verifier, index * world.jwks_max_age / count), daemon=True)
        for index, verifier in enumerate(verifiers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield verifiers
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    if errors:
        raise errors[0]


def tokens_in(ledger: Ledger) -> list[str]:
    """The access tokens that clients were given, oldest first."""
    return [entry.facts["answer"]["access_token"] for entry in ledger.acknowledged()]


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])
