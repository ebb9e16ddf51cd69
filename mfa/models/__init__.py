from mfa.models.factors import Factor, RecoveryCode, SentCode
from mfa.models.passkeys import Passkey, WebAuthnChallenge

__all__ = ["Factor", "Passkey", "RecoveryCode", "SentCode", "WebAuthnChallenge"]
