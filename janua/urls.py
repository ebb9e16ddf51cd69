"""Every address of Janua. Canonical without a final slash; `core.middleware` answers both."""

from django.contrib import admin
from django.urls import include, path

from janua import ui_config, views
from janua.account import activity, overview

urlpatterns = [
    # Programs first: they ask most often, and Django tries one pattern after the other.
    path("api/v1/", include("accounts.api.urls")),
    path("api/v1/", include("login.api.urls")),
    path("api/v1/", include("mfa.api.urls")),
    path("api/v1/", include("oauth.api.urls")),
    path("api/v1/", include("mfa.api.passkey_urls")),
    path("api/v1/users/me/activity", activity.ActivityView.as_view(), name="api_users_me_activity"),
    path("api/v1/", include("sso.api.urls")),
    path("api/v1/", include("organizations.api.urls")),
    path("api/v1/auth/ui-config", ui_config.UiConfigView.as_view(), name="api_ui_config"),
    path("", include("oauth.urls")),
    path("", views.home, name="home"),
    path("account", overview.overview, name="account"),
    path("account/activity", activity.activity_page, name="account_activity"),
    path("", include("login.pages.urls")),
    path("", include("accounts.pages.urls")),
    path("", include("mfa.pages.urls")),
    path("", include("sso.pages.urls")),
    path("", include("organizations.pages.urls")),
    path("", include("mfa.endpoints.urls")),
    path("admin/", admin.site.urls),
    path("health", views.health, name="health"),
    path("health/detailed", views.health_detailed, name="health_detailed"),
    path("openapi.json", views.openapi, name="openapi"),
    path("docs", views.docs, name="docs"),
]

handler400 = "core.pages.bad_request"
handler403 = "core.pages.permission_denied"
handler404 = "core.pages.page_not_found"
handler500 = "core.pages.server_error"
