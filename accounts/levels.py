"""Levels of assurance: how sure we are who signed in, as `acr` of sessions and tokens.

They follow from `amr` (RFC 8176) alone: `mfa` stands in it where two factors were proven, a passkey that asked for
its owner being two at once.
"""

from collections.abc import Collection

ONE_FACTOR = "aal1"  # NIST SP 800-63B section 2.1
TWO_FACTORS = "aal2"  # section 2.2
PHISHING_RESISTANT = (
    "phr"  # OpenID Connect Extended Authentication Profile ACR Values 1.0: two, one of them a key
)
ACR_VALUES = (ONE_FACTOR, TWO_FACTORS, PHISHING_RESISTANT)  # the weakest first

MULTIPLE = "mfa"
KEY_ASKED = "user"  # the key asked for its owner: user verification
KEYS = frozenset({"hwk", "swk"})


def of(amr: Collection[str]) -> str:
    """The level that these proofs reach."""
    if MULTIPLE not in amr:
        return ONE_FACTOR
    return TWO_FACTORS if KEYS.isdisjoint(amr) else PHISHING_RESISTANT


def meets(acr: str, wanted: str) -> bool:
    """Whether a level is at least the wanted one; what is no level of ours is never met."""
    if acr not in ACR_VALUES or wanted not in ACR_VALUES:
        return False
    return ACR_VALUES.index(acr) >= ACR_VALUES.index(wanted)


def with_factor(amr: Collection[str], factor: Collection[str]) -> tuple[str, ...]:
    """The proofs so far and a second factor beside them."""
    return tuple(dict.fromkeys((*amr, *factor, MULTIPLE)))
