"""The pages of organizations. A name that is a word of ours here (`new`) is no organization's (organizations.slugs)."""

from django.urls import path

from organizations.pages import (
    audit,
    branding,
    branding_css,
    danger,
    domains,
    groups,
    invitations,
    invited,
    keys,
    logo,
    members,
    organizations,
    policy,
    roles,
    rules,
    service_accounts,
    settings,
)

ONE = "organizations/<str:slug>"

urlpatterns = [
    # Organizations
    path("organizations", organizations.organization_list, name="organizations"),
    path("organizations/new", organizations.organization_new, name="organization_new"),
    path(ONE, organizations.organization, name="organization"),
    path(f"{ONE}/settings", settings.organization_settings, name="organization_settings"),
    path(f"{ONE}/danger", danger.organization_danger, name="organization_danger"),
    path("logos/organizations/<str:key>.png", logo.organization_logo, name="organization_logo"),
    # Members
    path(f"{ONE}/members", members.member_list, name="organization_members"),
    path(f"{ONE}/members/<uuid:membership_id>", members.member, name="organization_member"),
    # Audit trail
    path(f"{ONE}/audit", audit.audit_page, name="organization_audit"),
    path(f"{ONE}/audit/export", audit.audit_export, name="organization_audit_export"),
    # Branding
    path(f"{ONE}/branding", branding.branding_page, name="organization_branding"),
    path("branding/preview/<str:written>.css", branding_css.preview_css, name="branding_preview_css"),
    path("branding/<uuid:organization_id>/<str:digest>.css", branding_css.branding_css, name="branding_css"),
    # Roles and groups
    path(f"{ONE}/roles", roles.role_list, name="organization_roles"),
    path(f"{ONE}/roles/new", roles.role_new, name="organization_role_new"),
    path(f"{ONE}/roles/<uuid:role_id>", roles.role, name="organization_role"),
    path(f"{ONE}/groups", groups.group_list, name="organization_groups"),
    path(f"{ONE}/groups/new", groups.group_new, name="organization_group_new"),
    path(f"{ONE}/groups/<uuid:group_id>", groups.group, name="organization_group"),
    # Access rules
    path(f"{ONE}/rules", rules.rule_list, name="organization_rules"),
    path(f"{ONE}/rules/new", rules.rule_new, name="organization_rule_new"),
    path(f"{ONE}/rules/try", rules.rule_try, name="organization_rule_try"),
    path(f"{ONE}/rules/<uuid:rule_id>", rules.rule, name="organization_rule"),
    # Invitations
    path("invitations", invited.own, name="own_invitations"),
    path("invitations/open", invited.open_link, name="invitation_open"),
    path("invitations/accept", invited.accept, name="invitation_accept"),
    path("invitations/decline", invited.decline, name="invitation_decline"),
    path(f"{ONE}/invitations", invitations.invitation_list, name="organization_invitations"),
    path(f"{ONE}/invitations/new", invitations.invite, name="organization_invite"),
    path(f"{ONE}/invitations/many", invitations.invite_many, name="organization_invite_many"),
    # Keys
    path(f"{ONE}/keys", keys.key_list, name="organization_keys"),
    path(f"{ONE}/keys/new", keys.key_new, name="organization_key_new"),
    path(f"{ONE}/keys/<uuid:key_id>", keys.key_page, name="organization_key"),
    path(
        f"{ONE}/service-accounts",
        service_accounts.account_list,
        name="organization_service_accounts",
    ),
    path(
        f"{ONE}/service-accounts/<uuid:account_id>",
        service_accounts.account_page,
        name="organization_service_account",
    ),
    # Policy and domains
    path(f"{ONE}/policy", policy.organization_policy, name="organization_policy"),
    path(f"{ONE}/domains", domains.organization_domains, name="organization_domains"),
    path("account/organizations", domains.joinable_organizations, name="joinable_organizations"),
]
