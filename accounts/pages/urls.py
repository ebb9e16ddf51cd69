from django.urls import path

from accounts.pages import confirm, privacy, views

urlpatterns = [
    path("account", views.overview, name="account"),
    path("account/profile", views.profile, name="account_profile"),
    path("account/password", views.password, name="account_password"),
    path("account/confirm", confirm.confirm, name="account_confirm"),
    path("account/sessions", views.sessions, name="account_sessions"),
    path("account/privacy", privacy.privacy, name="account_privacy"),
    path("account/privacy/exports/<uuid:export_id>", privacy.export, name="account_export"),
    path("account/privacy/receipts/<uuid:change_id>", privacy.receipt, name="account_receipt"),
]
