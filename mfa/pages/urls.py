from django.urls import path

from mfa.pages import passkeys

urlpatterns = [
    path("account/security/passkeys", passkeys.passkey_list, name="account_passkeys"),
    path("account/security/passkeys/add", passkeys.add, name="account_passkey_add"),
    path("account/security/passkeys/options", passkeys.options, name="account_passkey_options"),
    path("account/security/passkeys/<uuid:passkey_id>", passkeys.passkey, name="account_passkey"),
]
