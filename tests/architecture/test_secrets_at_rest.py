"""No column holds a secret in the clear: it is a hash, or it is sealed."""

import re

from django.apps import apps
from django.db.models import Field

from core.fields import SealedTextField

SECRET = re.compile(r"secret|password|token|private|seed|otp|code(?!_challenge)|pem", re.IGNORECASE)
OURS = {"core", "audit", "accounts", "tokens", "oauth", "organizations", "mfa", "login", "sso", "admin_panel"}
KNOWN: dict[str, str] = {
    "accounts.User.password": "Argon2id, or another system's hash until the first login",
    "accounts.FormerPassword.password": "the hash that User.password was",
    "accounts.SignUp.password": "Argon2id, until the mailbox is proven",
    "oauth.AuthorizationCode.code": "a keyed hash (oauth.services.codes)",
    "oauth.DeviceGrant.device_code": "a keyed hash (oauth.services.devices)",
    "oauth.DeviceGrant.user_code": "a keyed hash (oauth.user_codes)",
    "sso.SocialProvider.token_url": "an address",
    "organizations.Domain.token": "what the domain's TXT record says to everybody",
    "oauth.Client.id_token_signed_response_alg": "the name of an algorithm",
    "oauth.Client.token_endpoint_auth_method": "the name of a way to authenticate (RFC 7591)",
}


def is_hash_or_sealed(field: "Field[object, object]") -> bool:
    return field.name.endswith("_hash") or isinstance(field, SealedTextField)


def suspicious_columns() -> set[str]:
    found = set()
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        for field in model._meta.concrete_fields:
            looks_secret = SECRET.search(field.name) and field.get_internal_type() in {
                "CharField",
                "TextField",
            }
            if looks_secret and not is_hash_or_sealed(field):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_every_column_with_a_secrets_name_is_hashed_or_sealed() -> None:
    assert suspicious_columns() - empty_tables_of_the_toolkit() == set(KNOWN)


def empty_tables_of_the_toolkit() -> set[str]:
    """Swapped because the set must be swapped whole; nothing is ever written there (docs/decisions/0003)."""
    return {
        column
        for column in suspicious_columns()
        if column.startswith(("oauth.AccessToken.", "oauth.RefreshToken.", "oauth.IDToken."))
    }


def test_private_keys_and_mails_are_sealed() -> None:
    sealed = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTextField)
    }
    assert sealed >= {
        "tokens.SigningKey.private_pem",
        "core.Mail.subject",
        "core.Mail.text",
        "core.Mail.html",
        "core.Sms.text",
    }
