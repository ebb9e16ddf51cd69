"""The tables of accounts, by topic."""

from accounts.models.identities import Identity, IdentityProof
from accounts.models.mailed import (
    EmailVerification,
    MailedSecret,
    MailedSecretQuerySet,
    PasswordReset,
    SignUp,
)
from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.sudo import SudoCode
from accounts.models.users import User, UserManager

__all__ = [
    "EmailVerification",
    "Identity",
    "IdentityProof",
    "MailedSecret",
    "MailedSecretQuerySet",
    "PasswordReset",
    "Session",
    "SessionQuerySet",
    "SignUp",
    "SudoCode",
    "User",
    "UserManager",
]
