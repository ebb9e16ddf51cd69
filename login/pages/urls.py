from django.urls import path

from login.pages import (
    challenge,
    choose,
    confirm,
    detours,
    language,
    magic,
    not_me,
    passkey,
    recovery,
    sign_in,
    sign_up,
)

urlpatterns = [
    path("login", sign_in.sign_in, name="sign_in"),
    path("login/choose", choose.choose, name="choose_account"),
    path("login/email", magic.ask, name="sign_in_email"),
    path("login/code", magic.enter_code, name="sign_in_code"),
    path("login/link", magic.open_link, name="sign_in_link"),
    path("login/passkey", passkey.sign_in, name="sign_in_passkey"),
    path("login/passkey/options", passkey.options, name="sign_in_passkey_options"),
    path("login/challenge/passkey", passkey.challenge_options, name="sign_in_challenge_passkey"),
    path("login/challenge", challenge.second_factor, name="sign_in_challenge"),
    path("logout", sign_in.sign_out, name="sign_out"),
    path("language", language.choose, name="language"),
    path("signup", sign_up.sign_up, name="sign_up"),
    path("signup/verify", sign_up.verify, name="sign_up_verify"),
    path("verify-email", sign_up.verify_link, name="verify_email"),
    path("not-me", not_me.not_me, name="not_me"),
    path("account/confirm", confirm.confirm, name="account_confirm"),
    path("account/terms", detours.terms, name="account_terms"),
    path("account/deletion", detours.deletion, name="account_deletion"),
    path("account/deletion/cancel", detours.cancel_deletion, name="account_deletion_cancel"),
    path("password/forgot", recovery.forgot, name="password_forgot"),
    path("password/reset", recovery.reset, name="password_reset"),
]
