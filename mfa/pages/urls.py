from django.urls import path

from mfa.pages import apps, factors, passkeys, recovery_codes, security

urlpatterns = [
    path("account/security", security.security, name="account_security"),
    path("account/security/app", apps.add, name="account_app_add"),
    path("account/security/app/<uuid:factor_id>", apps.confirm, name="account_app_confirm"),
    path("account/security/factors/<uuid:factor_id>", factors.factor, name="account_factor"),
    path("account/security/recovery-codes", recovery_codes.recovery_codes, name="account_recovery_codes"),
    path("account/security/passkeys", passkeys.passkey_list, name="account_passkeys"),
    path("account/security/passkeys/add", passkeys.add, name="account_passkey_add"),
    path("account/security/passkeys/options", passkeys.options, name="account_passkey_options"),
    path("account/security/passkeys/<uuid:passkey_id>", passkeys.passkey, name="account_passkey"),
]
