from django.urls import path

from accounts.pages import email_revert, emails, password, phone, privacy, profile, sessions

urlpatterns = [
    path("account/profile", profile.profile, name="account_profile"),
    path("account/preferences", profile.preferences, name="account_preferences"),
    path("avatars/<str:key>.png", profile.avatar, name="avatar"),
    path("account/emails", emails.emails, name="account_emails"),
    path("account/emails/add", emails.add, name="account_email_add"),
    path("account/emails/verify/<uuid:addition_id>", emails.verify, name="account_email_verify"),
    path("account/emails/link", emails.link, name="account_email_link"),
    path("account/phone", phone.phone, name="account_phone"),
    path("account/phone/verify", phone.phone_verify, name="account_phone_verify"),
    path("email/revert", email_revert.revert, name="email_revert"),
    path("account/password", password.password, name="account_password"),
    path("account/sessions", sessions.sessions, name="account_sessions"),
    path("account/privacy", privacy.privacy, name="account_privacy"),
    path("account/privacy/exports/<uuid:export_id>", privacy.export, name="account_export"),
    path("account/privacy/receipts/<uuid:change_id>", privacy.receipt, name="account_receipt"),
]
