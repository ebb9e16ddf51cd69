from mfa.models.factors import Factor, RecoveryCode, SentCode
from mfa.models.passkeys import Passkey, WebAuthnChallenge
from mfa.models.resets import FactorReset, FactorResetCode

__all__ = [
    "Factor",
    "FactorReset",
    "FactorResetCode",
    "Passkey",
    "RecoveryCode",
    "SentCode",
    "WebAuthnChallenge",
]
