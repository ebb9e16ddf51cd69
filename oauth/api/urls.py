from django.urls import path

from oauth.api import branding_views as branding
from oauth.api import part_views as parts
from oauth.api import permission_views as permissions
from oauth.api import views
from oauth.api.app_views import AllowedAppsView, AllowedAppView
from oauth.api.key_verification import VerifyKeyView

ONE = "oauth/clients/<str:client_id>"
BRANDED = "organizations/<uuid:organization_id>/branding/clients"

urlpatterns = [
    path("api-keys/verify", VerifyKeyView.as_view(), name="api_key_verify"),
    path("users/me/apps", AllowedAppsView.as_view(), name="api_users_me_apps"),
    path("users/me/apps/<uuid:app_id>", AllowedAppView.as_view(), name="api_users_me_app"),
    path("oauth/clients", views.ClientsView.as_view(), name="api_clients"),
    path(ONE, views.ClientView.as_view(), name="api_client"),
    path(f"{ONE}/disable", views.ClientDisableView.as_view(), name="api_client_disable"),
    path(f"{ONE}/enable", views.ClientEnableView.as_view(), name="api_client_enable"),
    path(f"{ONE}/revoke-tokens", views.ClientTokensView.as_view(), name="api_client_revoke_tokens"),
    path(f"{ONE}/verify", views.ClientVerifyView.as_view(), name="api_client_verify"),
    path(f"{ONE}/transfer", views.ClientTransferView.as_view(), name="api_client_transfer"),
    path(f"{ONE}/secrets", parts.SecretsView.as_view(), name="api_client_secrets"),
    path(f"{ONE}/secrets/<uuid:secret_id>", parts.SecretView.as_view(), name="api_client_secret"),
    path(f"{ONE}/consents", parts.ClientConsentsView.as_view(), name="api_client_consents"),
    path(f"{ONE}/consents/<uuid:consent_id>", parts.ClientConsentView.as_view(), name="api_client_consent"),
    path(f"{ONE}/logo", parts.ClientLogoView.as_view(), name="api_client_logo"),
    path(f"{ONE}/permissions", permissions.ClientPermissionsView.as_view(), name="api_client_permissions"),
    path(
        f"{ONE}/permissions/<uuid:permission_id>",
        permissions.ClientPermissionView.as_view(),
        name="api_client_permission",
    ),
    path(f"{ONE}/organization", parts.ClientOrganizationView.as_view(), name="api_client_organization"),
    path(BRANDED, branding.BrandedClientsView.as_view(), name="api_branded_clients"),
    path(f"{BRANDED}/<str:client_id>", branding.BrandedClientView.as_view(), name="api_branded_client"),
]
