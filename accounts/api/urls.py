from django.urls import path

from accounts.api import people, privacy
from accounts.api.confirm import ReauthenticateView
from accounts.api.views import MeView, UserMeView

urlpatterns = [
    path("auth/me", MeView.as_view(), name="api_auth_me"),
    path("auth/reauthenticate", ReauthenticateView.as_view(), name="api_reauthenticate"),
    path("users/me", UserMeView.as_view(), name="api_users_me"),
    path("users", people.PeopleView.as_view(), name="api_users"),
    path("users/<uuid:user_id>", people.PersonView.as_view(), name="api_user"),
    path("users/<uuid:user_id>/suspend", people.PersonSuspendView.as_view(), name="api_user_suspend"),
    path(
        "users/<uuid:user_id>/reactivate", people.PersonReactivateView.as_view(), name="api_user_reactivate"
    ),
    path("users/<uuid:user_id>/unlock", people.PersonUnlockView.as_view(), name="api_user_unlock"),
    path("users/<uuid:user_id>/sessions", people.PersonSessionsView.as_view(), name="api_user_sessions"),
    path(
        "users/<uuid:user_id>/sessions/<uuid:session_id>",
        people.PersonSessionView.as_view(),
        name="api_user_session",
    ),
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
