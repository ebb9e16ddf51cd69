"""The tables of accounts, by topic."""

from accounts.models.addresses import EmailAddition, EmailAddress, EmailRevert
from accounts.models.mailed import (
    CodeModel,
    EmailVerification,
    MailedSecret,
    MailedSecretQuerySet,
    PasswordReset,
    SignUp,
)
from accounts.models.phones import PhoneVerification
from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.sudo import SudoCode
from accounts.models.users import User, UserManager

__all__ = [
    "CodeModel",
    "EmailAddition",
    "EmailAddress",
    "EmailRevert",
    "EmailVerification",
    "MailedSecret",
    "MailedSecretQuerySet",
    "PasswordReset",
    "PhoneVerification",
    "Session",
    "SessionQuerySet",
    "SignUp",
    "SudoCode",
    "User",
    "UserManager",
]
