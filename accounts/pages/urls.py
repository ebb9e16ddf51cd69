from django.urls import path

from accounts.pages import confirm, sessions, views

urlpatterns = [
    path("account", views.overview, name="account"),
    path("account/profile", views.profile, name="account_profile"),
    path("account/password", views.password, name="account_password"),
    path("account/confirm", confirm.confirm, name="account_confirm"),
    path("account/sessions", sessions.sessions, name="account_sessions"),
]
