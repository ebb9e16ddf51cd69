"""The tables of accounts, by topic."""

from accounts.models.mailed import (
    EmailVerification,
    MailedSecret,
    MailedSecretQuerySet,
    PasswordReset,
    SignUp,
)
from accounts.models.privacy import DataExport, DeletionLink
from accounts.models.purposes import ConsentChange, ConsentPurpose
from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.sudo import SudoCode
from accounts.models.terms import TermsAcceptance, TermsVersion
from accounts.models.users import User, UserManager

__all__ = [
    "ConsentChange",
    "ConsentPurpose",
    "DataExport",
    "DeletionLink",
    "EmailVerification",
    "MailedSecret",
    "MailedSecretQuerySet",
    "PasswordReset",
    "Session",
    "SessionQuerySet",
    "SignUp",
    "SudoCode",
    "TermsAcceptance",
    "TermsVersion",
    "User",
    "UserManager",
]
