"""The tables of accounts, by topic."""

from accounts.models.addresses import EmailAddition, EmailAddress, EmailRevert
from accounts.models.alarms import SignInAlarm
from accounts.models.avatars import Avatar
from accounts.models.devices import Device
from accounts.models.identities import Identity, IdentityProof
from accounts.models.mailed import (
    CodeModel,
    EmailVerification,
    MailedSecret,
    MailedSecretQuerySet,
    PasswordReset,
    SignUp,
)
from accounts.models.passwords import FormerPassword
from accounts.models.phones import PhoneVerification
from accounts.models.privacy import DataExport, DeletionLink
from accounts.models.purposes import ConsentChange, ConsentPurpose
from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.sign_in_codes import SignInCode
from accounts.models.sudo import SudoCode
from accounts.models.terms import TermsAcceptance, TermsVersion
from accounts.models.users import User, UserManager

__all__ = [
    "Avatar",
    "CodeModel",
    "ConsentChange",
    "ConsentPurpose",
    "DataExport",
    "DeletionLink",
    "Device",
    "EmailAddition",
    "EmailAddress",
    "EmailRevert",
    "EmailVerification",
    "FormerPassword",
    "Identity",
    "IdentityProof",
    "MailedSecret",
    "MailedSecretQuerySet",
    "PasswordReset",
    "PhoneVerification",
    "Session",
    "SessionQuerySet",
    "SignInAlarm",
    "SignInCode",
    "SignUp",
    "SudoCode",
    "TermsAcceptance",
    "TermsVersion",
    "User",
    "UserManager",
]
