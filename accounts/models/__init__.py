"""The tables of accounts, by topic."""

from accounts.models.mailed import (
    EmailVerification,
    MailedSecret,
    MailedSecretQuerySet,
    PasswordReset,
    SignUp,
)
from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.sign_in_codes import SignInCode
from accounts.models.sudo import SudoCode
from accounts.models.users import User, UserManager

__all__ = [
    "EmailVerification",
    "MailedSecret",
    "MailedSecretQuerySet",
    "PasswordReset",
    "Session",
    "SessionQuerySet",
    "SignInCode",
    "SignUp",
    "SudoCode",
    "User",
    "UserManager",
]
