"""What every factor can do. A method is a plug-in: one module here, entered in `mfa.factors.FACTORS`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

from accounts.models import User
from mfa.methods import Method
from mfa.models import Factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the person gives: a code in its canonical form (`mfa.codes`), or what a key signed (WebAuthn's JSON)."""

    method: Method
    code: str = ""
    credential: Mapping[str, Any] | None = None


class FactorType(Protocol):
    """`holder` names the sign-in (`attempt:…`) or the session (`session:…`) that a challenge is good for."""

    method: ClassVar[Method]

    def may_answer(self, user: User, *, now: datetime) -> datetime | None:
        """When the person last used (or made) such a factor; None if there is none to answer with."""
        ...

    def accepts(self, user: User, answer: Answer, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        """The `amr` (RFC 8176) of a right answer, which is used up; None for a wrong one.

        The person's row is locked and a transaction is open (`mfa.services.factors.verify`).
        """
        ...


@runtime_checkable
class SendsCodes(Protocol):
    """A factor whose code is sent first."""

    def send(self, user: User, *, holder: str, is_call: bool = False, now: datetime) -> None:
        """Send a code, the ones before for this holder are void; raises `RateLimited`, `NotFound`.

        `is_call`: read out by a call, where `core.sms.may_call`.

        Outside a transaction: throttles count.
        """
        ...

    def destination(self, user: User) -> str:
        """Where it goes, so that its owner knows it and nobody else learns it."""
        ...

    def is_on_its_way(self, user: User, *, holder: str, now: datetime) -> bool:
        """Whether a code was sent for this holder that still works."""
        ...


@runtime_checkable
class Confirms(Protocol):
    """A factor that is set up by its first right code (`mfa.services.set_ups`)."""

    def confirms(self, factor: Factor, code: str, *, holder: str, now: datetime) -> tuple[str, ...] | None:
        """The `amr` of a right code, which is used up; None for a wrong one. The person's row is locked."""
        ...
