from django.urls import path

from mfa.api import passkeys

urlpatterns = [
    path("auth/passkey/register", passkeys.PasskeyRegisterView.as_view(), name="api_passkey_register"),
    path("auth/passkey/register/options", passkeys.PasskeyOptionsView.as_view(), name="api_passkey_options"),
    path(
        "auth/passkey/register/verify",
        passkeys.PasskeyRegisterAliasView.as_view(),
        name="api_passkey_register_alias",
    ),
    path("auth/passkeys", passkeys.PasskeysView.as_view(), name="api_passkeys"),
    path("auth/passkeys/<uuid:passkey_id>", passkeys.PasskeyView.as_view(), name="api_passkey"),
]
