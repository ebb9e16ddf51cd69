"""`/api/v1/organizations/…`. Each part adds its routes as one block."""

from django.urls import path

from organizations.api import domains, members, organizations, policy

ONE = "organizations/<uuid:organization_id>"

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
    # Policy and domains
    path(f"{ONE}/policy", policy.PolicyView.as_view(), name="api_organization_policy"),
    path(f"{ONE}/domains", domains.DomainsView.as_view(), name="api_domains"),
    path(f"{ONE}/domains/<uuid:domain_id>", domains.DomainView.as_view(), name="api_domain"),
    path(
        f"{ONE}/domains/<uuid:domain_id>/verify", domains.DomainVerifyView.as_view(), name="api_domain_verify"
    ),
    path(
        "users/me/joinable-organizations",
        domains.JoinableOrganizationsView.as_view(),
        name="api_joinable_organizations",
    ),
    path(
        "users/me/joinable-organizations/<uuid:organization_id>",
        domains.JoinableOrganizationView.as_view(),
        name="api_joinable_organization",
    ),
]
