from django.urls import path

from accounts.api import emails, people, phone, privacy, sessions
from accounts.api.avatar import AvatarView
from accounts.api.preferences import PreferencesView
from accounts.api.views import MeView, UserMeView

urlpatterns = [
    path("auth/me", MeView.as_view(), name="api_auth_me"),
    path("sessions", sessions.SessionsView.as_view(), name="api_sessions"),
    path("sessions/current", sessions.CurrentSessionView.as_view(), name="api_session_current"),
    path("sessions/others", sessions.OtherSessionsView.as_view(), name="api_sessions_others"),
    path("sessions/<uuid:session_id>", sessions.SessionView.as_view(), name="api_session"),
    path("users/me/devices", sessions.DevicesView.as_view(), name="api_devices"),
    path("users/me/devices/<uuid:device_id>", sessions.DeviceView.as_view(), name="api_device"),
    path("users/me/devices/trust", sessions.DevicesTrustView.as_view(), name="api_devices_trust"),
    path(
        "users/me/devices/<uuid:device_id>/trust",
        sessions.DeviceTrustView.as_view(),
        name="api_device_trust",
    ),
    path("users", people.PeopleView.as_view(), name="api_users"),
    path("users/<uuid:user_id>", people.PersonView.as_view(), name="api_user"),
    path("users/<uuid:user_id>/suspend", people.PersonSuspendView.as_view(), name="api_user_suspend"),
    path(
        "users/<uuid:user_id>/reactivate", people.PersonReactivateView.as_view(), name="api_user_reactivate"
    ),
    path("users/<uuid:user_id>/unlock", people.PersonUnlockView.as_view(), name="api_user_unlock"),
    path(
        "users/<uuid:user_id>/require-password-reset",
        people.PersonPasswordResetView.as_view(),
        name="api_user_password_reset",
    ),
    path("users/<uuid:user_id>/sessions", people.PersonSessionsView.as_view(), name="api_user_sessions"),
    path(
        "users/<uuid:user_id>/sessions/<uuid:session_id>",
        people.PersonSessionView.as_view(),
        name="api_user_session",
    ),
    path("users/me/avatar", AvatarView.as_view(), name="api_users_me_avatar"),
    path("users/me/preferences", PreferencesView.as_view(), name="api_users_me_preferences"),
    path("auth/email/change", emails.EmailChangeView.as_view(), name="api_email_change"),
    path("users/me", UserMeView.as_view(), name="api_users_me"),
    path("users/me/emails", emails.EmailsView.as_view(), name="api_emails"),
    path("users/me/emails/<uuid:email_id>", emails.EmailView.as_view(), name="api_email"),
    path("users/me/emails/<uuid:email_id>/verify", emails.EmailProveView.as_view(), name="api_email_prove"),
    path(
        "users/me/emails/<uuid:email_id>/resend",
        emails.EmailSendAgainView.as_view(),
        name="api_email_send_again",
    ),
    path(
        "users/me/emails/<uuid:email_id>/primary", emails.EmailPrimaryView.as_view(), name="api_email_primary"
    ),
    path("users/me/phone", phone.PhoneView.as_view(), name="api_phone"),
    path("users/me/phone/verify", phone.PhoneVerifyView.as_view(), name="api_phone_verify"),
    path("users/me/exports", privacy.ExportsView.as_view(), name="api_exports"),
    path(
        "users/me/exports/<uuid:export_id>/download",
        privacy.ExportDownloadView.as_view(),
        name="api_export_download",
    ),
    path("users/me/deletion", privacy.DeletionView.as_view(), name="api_deletion"),
    path("users/me/consents", privacy.ConsentsView.as_view(), name="api_consents"),
    path(
        "users/me/consents/receipts/<uuid:change_id>",
        privacy.ConsentReceiptView.as_view(),
        name="api_consent_receipt",
    ),
    path("users/me/terms", privacy.TermsView.as_view(), name="api_own_terms"),
    path("terms", privacy.CurrentTermsView.as_view(), name="api_terms"),
]
