from django.urls import path

from accounts.api.confirm import ReauthenticateView
from accounts.api.views import MeView, UserMeView

urlpatterns = [
    path("auth/me", MeView.as_view(), name="api_auth_me"),
    path("auth/reauthenticate", ReauthenticateView.as_view(), name="api_reauthenticate"),
    path("users/me", UserMeView.as_view(), name="api_users_me"),
]
