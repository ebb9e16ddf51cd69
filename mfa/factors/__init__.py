"""The methods of a second factor, one plug-in each."""

from mfa.factors.base import Answer, Confirms, FactorType, SendsCodes
from mfa.factors.mailbox import Mailbox
from mfa.factors.passkey import PasskeyFactor
from mfa.factors.recovery import RecoveryCodeFactor
from mfa.factors.sent import EmailFactor, SmsFactor
from mfa.factors.totp import TotpFactor
from mfa.methods import Method

__all__ = ["FACTORS", "MAILBOX", "Answer", "Confirms", "FactorType", "SendsCodes"]

FACTORS: dict[Method, FactorType] = {
    factor.method: factor
    for factor in (
        TotpFactor(),
        PasskeyFactor(),
        SmsFactor(),
        EmailFactor(),
        RecoveryCodeFactor(),
    )
}

MAILBOX = Mailbox()
