from django.urls import path

from login.api import challenge, magic, passkey, reauthenticate, recover, views
from login.api.first_password import PasswordSetView

urlpatterns = [
    path("auth/register", views.RegisterView.as_view(), name="api_register"),
    path("auth/login", views.LoginView.as_view(), name="api_login"),
    path("auth/magic-link/request", magic.MagicLinkRequestView.as_view(), name="api_magic_link_request"),
    path("auth/magic-link/verify", magic.MagicLinkVerifyView.as_view(), name="api_magic_link_verify"),
    path(
        "auth/passkey/authenticate/options",
        passkey.PasskeyRequestView.as_view(),
        name="api_passkey_login_options",
    ),
    path("auth/passkey/authenticate", passkey.PasskeyLoginView.as_view(), name="api_passkey_login"),
    path(
        "auth/passkey/authenticate/verify",
        passkey.PasskeyLoginAliasView.as_view(),
        name="api_passkey_login_alias",
    ),
    path("auth/mfa/challenge", challenge.MfaChallengeView.as_view(), name="api_mfa_challenge"),
    path("auth/mfa/verify", challenge.MfaVerifyView.as_view(), name="api_mfa_verify"),
    path("auth/mfa/recover", recover.MfaRecoverView.as_view(), name="api_mfa_recover"),
    path("auth/mfa/recover/verify", recover.MfaRecoverVerifyView.as_view(), name="api_mfa_recover_verify"),
    path("auth/reauthenticate", reauthenticate.ReauthenticateView.as_view(), name="api_reauthenticate"),
    path("auth/logout", views.LogoutView.as_view(), name="api_logout"),
    path("auth/token/refresh", views.TokenRefreshView.as_view(), name="api_token_refresh"),
    path("auth/refresh", views.RefreshAliasView.as_view(), name="api_refresh"),
    path("auth/email/verify", views.EmailVerifyView.as_view(), name="api_email_verify"),
    path("auth/email/resend", views.EmailResendView.as_view(), name="api_email_resend"),
    path("auth/password/forgot", views.PasswordForgotView.as_view(), name="api_password_forgot"),
    path("auth/password/reset", views.PasswordResetView.as_view(), name="api_password_reset"),
    path("auth/password/change", views.PasswordChangeView.as_view(), name="api_password_change"),
    path("auth/password/set", PasswordSetView.as_view(), name="api_password_set"),
]
