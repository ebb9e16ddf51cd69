"""`/api/v1/organizations/…`. Each part adds its routes as one block."""

from django.urls import path

from organizations.api import keys, members, organizations, service_accounts

ONE = "organizations/<uuid:organization_id>"
KEY = f"{ONE}/api-keys/<uuid:key_id>"
SERVICE_ACCOUNT = f"{ONE}/service-accounts/<uuid:account_id>"

urlpatterns = [
    # Organizations
    path("organizations", organizations.OrganizationsView.as_view(), name="api_organizations"),
    path(
        "users/me/organizations",
        organizations.OwnOrganizationsView.as_view(),
        name="api_users_me_organizations",
    ),
    path(ONE, organizations.OrganizationView.as_view(), name="api_organization"),
    path(
        f"{ONE}/deletion",
        organizations.OrganizationDeletionView.as_view(),
        name="api_organization_deletion",
    ),
    path(f"{ONE}/logo", organizations.OrganizationLogoView.as_view(), name="api_organization_logo"),
    path(f"{ONE}/default", organizations.OrganizationDefaultView.as_view(), name="api_organization_default"),
    path(f"{ONE}/leave", organizations.OrganizationLeaveView.as_view(), name="api_organization_leave"),
    path(
        f"{ONE}/transfer",
        organizations.OrganizationTransferView.as_view(),
        name="api_organization_transfer",
    ),
    # Members
    path(f"{ONE}/members", members.MembersView.as_view(), name="api_members"),
    path(f"{ONE}/members/<uuid:membership_id>", members.MemberView.as_view(), name="api_member"),
    path(
        f"{ONE}/members/<uuid:membership_id>/suspend",
        members.MemberSuspendView.as_view(),
        name="api_member_suspend",
    ),
    path(
        f"{ONE}/members/<uuid:membership_id>/resume",
        members.MemberResumeView.as_view(),
        name="api_member_resume",
    ),
    # Keys
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
