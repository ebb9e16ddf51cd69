from django.urls import path

from sso.api import views

urlpatterns = [
    path("oauth/providers", views.ProvidersView.as_view(), name="api_social_providers"),
    path("oauth/authorize/<slug:provider>", views.AuthorizeView.as_view(), name="api_social_authorize"),
    path("oauth/callback/<slug:provider>", views.CallbackView.as_view(), name="api_social_callback"),
    path("oauth/email", views.EmailView.as_view(), name="api_social_email"),
    path("oauth/email/verify", views.EmailVerifyView.as_view(), name="api_social_email_verify"),
    path("oauth/link/<slug:provider>", views.LinkView.as_view(), name="api_social_link"),
    path(
        "oauth/link/<slug:provider>/callback",
        views.LinkCallbackView.as_view(),
        name="api_social_link_callback",
    ),
    path("oauth/unlink/<uuid:account_id>", views.UnlinkView.as_view(), name="api_social_unlink"),
    path("oauth/accounts", views.AccountsView.as_view(), name="api_social_accounts"),
]
