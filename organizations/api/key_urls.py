"""API keys and service accounts."""

from django.urls import path

from organizations.api import keys, service_accounts

ONE = "organizations/<uuid:organization_id>"
KEY = f"{ONE}/api-keys/<uuid:key_id>"
SERVICE_ACCOUNT = f"{ONE}/service-accounts/<uuid:account_id>"

urlpatterns = [
    path(f"{ONE}/api-keys", keys.ApiKeysView.as_view(), name="api_organization_keys"),
    path(KEY, keys.ApiKeyView.as_view(), name="api_organization_key"),
    path(f"{KEY}/rotate", keys.ApiKeyRotateView.as_view(), name="api_organization_key_rotate"),
    path(f"{KEY}/revoke", keys.ApiKeyRevokeView.as_view(), name="api_organization_key_revoke"),
    path(
        f"{ONE}/service-accounts",
        service_accounts.ServiceAccountsView.as_view(),
        name="api_service_accounts",
    ),
    path(SERVICE_ACCOUNT, service_accounts.ServiceAccountView.as_view(), name="api_service_account"),
    path(
        f"{SERVICE_ACCOUNT}/disable",
        service_accounts.ServiceAccountDisableView.as_view(),
        name="api_service_account_disable",
    ),
    path(
        f"{SERVICE_ACCOUNT}/enable",
        service_accounts.ServiceAccountEnableView.as_view(),
        name="api_service_account_enable",
    ),
]
