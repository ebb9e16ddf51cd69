"""The tables of accounts, by topic."""

from accounts.models.alarms import SignInAlarm
from accounts.models.avatars import Avatar
from accounts.models.devices import Device
from accounts.models.mailed import (
    EmailVerification,
    MailedSecret,
    MailedSecretQuerySet,
    PasswordReset,
    SignUp,
)
from accounts.models.passwords import FormerPassword
from accounts.models.sessions import Session, SessionQuerySet
from accounts.models.sign_in_codes import SignInCode
from accounts.models.sudo import SudoCode
from accounts.models.users import User, UserManager

__all__ = [
    "Avatar",
    "Device",
    "EmailVerification",
    "FormerPassword",
    "MailedSecret",
    "MailedSecretQuerySet",
    "PasswordReset",
    "Session",
    "SessionQuerySet",
    "SignInAlarm",
    "SignInCode",
    "SignUp",
    "SudoCode",
    "User",
    "UserManager",
]
