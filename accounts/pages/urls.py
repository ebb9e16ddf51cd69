from django.urls import path

from accounts.pages import confirm, password, views

urlpatterns = [
    path("account", views.overview, name="account"),
    path("account/profile", views.profile, name="account_profile"),
    path("account/password", password.password, name="account_password"),
    path("account/confirm", confirm.confirm, name="account_confirm"),
    path("account/sessions", views.sessions, name="account_sessions"),
]
