"""What a module runs against, and the register that the modules enter themselves into."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.conformance.relying_party import RelyingParty
from tests.support.stage import Stage


@dataclass(frozen=True, slots=True)
class Suite:
    """The provider, the client (client_secret_basic), and the second client (client_secret_post)."""

    stage: Stage
    party: RelyingParty
    second: RelyingParty

    def answered_by(self, response_mode: str) -> "Suite":
        party, second = (each.answering_by(response_mode) for each in (self.party, self.second))
        return replace(self, party=party, second=second)


Module = Callable[[Suite], None]
MODULES: dict[str, Module] = {}


def module(name: str) -> Callable[[Module], Module]:
    """Decorator: the function is the module of that official name."""

    def enter(function: Module) -> Module:
        assert name not in MODULES
        MODULES[name] = function
        return function

    return enter
