"""People with their sessions, token families and refresh tokens, spread over time as a year of use would."""

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from uuid import UUID

from accounts.models import Session, User
from admin_panel.seeding.bulk import Load, Say, Values, loading, told
from core import crypto
from tokens.models import FIRST_PARTY_CLIENT_ID, RefreshToken, TokenFamily

DOMAIN = "seed.example"  # RFC 2606: nobody's
YEAR, FAMILIES_SINCE = timedelta(days=365), timedelta(days=37)
SESSION_LIFE, TOKEN_LIFE = timedelta(days=30), timedelta(days=7)
TOKENS_IN_FAMILY = 5
CLIENTS = 20
GIVEN = ("Ada", "Bo", "Chidi", "Dunja", "Emre", "Fatou", "Goro", "Hana", "Ines", "Jun", "Kofi", "Lena", "Mei")
FAMILY = (
    "Adeyemi",
    "Berg",
    "Costa",
    "Dimitrov",
    "Eriksen",
    "Fujita",
    "Garcia",
    "Haddad",
    "Ivanova",
    "Jansen",
)
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
)

USERS = Load(
    User, "id", "email", "email_verified", "password", "given_name", "family_name", "status", "created_at",
    "updated_at",
)  # fmt: skip
SESSIONS = Load(
    Session, "id", "user_id", "kind", "secret_hash", "amr", "auth_time", "created_at", "last_seen_at", "idle_until",
    "idle_seconds", "expires_at", "ended_at", "ip", "user_agent",
)  # fmt: skip
FAMILIES = Load(
    TokenFamily, "id", "user_id", "session_id", "client_id", "scope", "created_at", "expires_at", "revoked_at",
    "revoked_reason",
)  # fmt: skip
TOKENS = Load(RefreshToken, "id", "family_id", "token_hash", "created_at", "expires_at", "used_at")


def email_of(number: int) -> str:
    return f"seed{number}@{DOMAIN}"


def row_id(kind: str, number: int, at: datetime) -> UUID:
    """As `core.models.uuid7` makes them, but the same again for the same row."""
    digest = int.from_bytes(blake2b(f"{kind}{number}".encode(), digest_size=10).digest())
    value = (int(at.timestamp() * 1000) << 80) | digest
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | (0x7 << 76) | (0x2 << 62))


@dataclass(frozen=True)
class People:
    """So many people and refresh tokens. The same numbers and the same moment give the same rows."""

    users: int
    refresh_tokens: int
    now: datetime
    password_hash: str

    @property
    def families(self) -> int:
        """One for each session."""
        return -(-self.refresh_tokens // TOKENS_IN_FAMILY)

    def load(self, say: Say) -> None:
        """Write them; call it in a transaction."""
        with loading(User, Session, TokenFamily, RefreshToken):
            USERS.append(told(self._user_rows(), "people", self.users, say))
            SESSIONS.append(told(self._session_rows(), "sessions", self.families, say))
            FAMILIES.append(told(self._family_rows(), "token families", self.families, say))
            TOKENS.append(told(self._token_rows(), "refresh tokens", self.refresh_tokens, say))
            say("indexes and foreign keys are made again")

    def user_id(self, number: int) -> UUID:
        return row_id("user", number, self._joined(number))

    def _user_rows(self) -> Iterator[Values]:
        for number in range(self.users):
            joined = self._joined(number)
            yield (
                row_id("user", number, joined), email_of(number), number % 20 != 0, self.password_hash,
                GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)],
                "suspended" if number % 33 == 32 else "active", joined, joined,
            )  # fmt: skip

    def _session_rows(self) -> Iterator[Values]:
        idle = int(SESSION_LIFE.total_seconds())
        for number, owner in enumerate(self._owners):
            began = self._began(number)
            ends = began + SESSION_LIFE
            yield (
                row_id("session", number, began), self.user_id(owner), "browser" if number % 3 == 0 else "api",
                crypto.keyed_hash("seed", f"session {number}"), ["pwd"], began, began, began, ends, idle, ends,
                min(began + timedelta(hours=9), self.now) if number % 7 == 0 else None,
                f"203.0.113.{number % 256}", BROWSERS[number % len(BROWSERS)],
            )  # fmt: skip

    def _family_rows(self) -> Iterator[Values]:
        for number, owner in enumerate(self._owners):
            began = self._began(number)
            is_revoked = number % 19 == 0
            is_clients = number % 3 == 0
            yield (
                row_id("family", number, began), self.user_id(owner), row_id("session", number, began),
                f"seed-client-{number % CLIENTS}" if is_clients else FIRST_PARTY_CLIENT_ID,
                "openid email" if is_clients else "", began, began + SESSION_LIFE,
                began if is_revoked else None, "revoked" if is_revoked else "",
            )  # fmt: skip

    def _token_rows(self) -> Iterator[Values]:
        """Each family's last token waits for its use (or has expired); the ones before it are used."""
        for number in range(self.refresh_tokens):
            family, place = divmod(number, TOKENS_IN_FAMILY)
            began = self._began(family)
            step = min(self.now - began, TOKEN_LIFE) / TOKENS_IN_FAMILY
            born = began + step * place
            is_used = place < TOKENS_IN_FAMILY - 1
            yield (
                row_id("token", number, born), row_id("family", family, began),
                crypto.keyed_hash("seed", f"token {number}"), born, born + TOKEN_LIFE, born + step if is_used else None,
            )  # fmt: skip

    def _joined(self, number: int) -> datetime:
        return self.now - YEAR * (1 - number / max(self.users, 1))

    def _began(self, number: int) -> datetime:
        return self.now - FAMILIES_SINCE * (1 - number / max(self.families, 1))

    @cached_property
    def _owners(self) -> "array[int]":
        """Whose each session is: some people have many, many have none."""
        draw = random.Random("owners")  # noqa: S311 - spread, not secrecy
        return array("L", (int(self.users * draw.random() ** 2) for _ in range(self.families)))
