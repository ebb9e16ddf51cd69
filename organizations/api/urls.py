"""`/api/v1/organizations/…`. Each part adds its routes as one block."""

from django.urls import path

from organizations.api import (
    audit_urls,
    branding,
    domains,
    invitations,
    key_urls,
    members,
    organizations,
    policy,
    role_urls,
)

ONE = "organizations/<uuid:organization_id>"
INVITATIONS = f"{ONE}/invitations"
ONE_INVITATION = f"{INVITATIONS}/<uuid:invitation_id>"
OWN_INVITATIONS = "users/me/invitations"

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
    # Roles, groups, checks, rules
    *role_urls.urlpatterns,
    # Keys
    *key_urls.urlpatterns,
    # Audit trail, operators
    *audit_urls.urlpatterns,
    # Invitations
    path(INVITATIONS, invitations.InvitationsView.as_view(), name="api_invitations"),
    path(f"{INVITATIONS}/bulk", invitations.BulkInvitationsView.as_view(), name="api_invitations_bulk"),
    path(ONE_INVITATION, invitations.InvitationView.as_view(), name="api_invitation"),
    path(f"{ONE_INVITATION}/resend", invitations.ResendView.as_view(), name="api_invitation_resend"),
    path("invitations/validate", invitations.ValidateView.as_view(), name="api_invitation_validate"),
    path("invitations/accept", invitations.AcceptView.as_view(), name="api_invitation_accept"),
    path("invitations/decline", invitations.DeclineView.as_view(), name="api_invitation_decline"),
    path(OWN_INVITATIONS, invitations.OwnInvitationsView.as_view(), name="api_own_invitations"),
    path(
        f"{OWN_INVITATIONS}/<uuid:invitation_id>/accept",
        invitations.OwnAcceptView.as_view(),
        name="api_own_invitation_accept",
    ),
    path(
        f"{OWN_INVITATIONS}/<uuid:invitation_id>/decline",
        invitations.OwnDeclineView.as_view(),
        name="api_own_invitation_decline",
    ),
    # Branding
    path(f"{ONE}/branding", branding.BrandingView.as_view(), name="api_organization_branding"),
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
