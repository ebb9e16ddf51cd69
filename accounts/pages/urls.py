from django.urls import path

from accounts.pages import confirm, password, profile, sessions

urlpatterns = [
    path("account/profile", profile.profile, name="account_profile"),
    path("account/preferences", profile.preferences, name="account_preferences"),
    path("avatars/<str:key>.png", profile.avatar, name="avatar"),
    path("account/password", password.password, name="account_password"),
    path("account/confirm", confirm.confirm, name="account_confirm"),
    path("account/sessions", sessions.sessions, name="account_sessions"),
]
