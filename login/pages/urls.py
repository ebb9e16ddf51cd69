from django.urls import path

from login.pages import detours, recovery, sign_in, sign_up

urlpatterns = [
    path("login", sign_in.sign_in, name="sign_in"),
    path("logout", sign_in.sign_out, name="sign_out"),
    path("signup", sign_up.sign_up, name="sign_up"),
    path("signup/verify", sign_up.verify, name="sign_up_verify"),
    path("verify-email", sign_up.verify_link, name="verify_email"),
    path("account/terms", detours.terms, name="account_terms"),
    path("account/deletion", detours.deletion, name="account_deletion"),
    path("account/deletion/cancel", detours.cancel_deletion, name="account_deletion_cancel"),
    path("password/forgot", recovery.forgot, name="password_forgot"),
    path("password/reset", recovery.reset, name="password_reset"),
]
