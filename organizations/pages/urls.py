"""The pages of organizations. A name that is a word of ours here (`new`) is no organization's (organizations.slugs)."""

from django.urls import path

from organizations.pages import groups, logo, organizations, roles, rules

urlpatterns = [
    # Organizations
    path("organizations", organizations.organization_list, name="organizations"),
    path("organizations/<str:slug>", organizations.organization, name="organization"),
    path("logos/organizations/<str:key>.png", logo.organization_logo, name="organization_logo"),
    # Members
    # Roles and groups
    path("organizations/<str:slug>/roles", roles.role_list, name="organization_roles"),
    path("organizations/<str:slug>/roles/new", roles.role_new, name="organization_role_new"),
    path("organizations/<str:slug>/roles/<uuid:role_id>", roles.role, name="organization_role"),
    path("organizations/<str:slug>/groups", groups.group_list, name="organization_groups"),
    path("organizations/<str:slug>/groups/new", groups.group_new, name="organization_group_new"),
    path("organizations/<str:slug>/groups/<uuid:group_id>", groups.group, name="organization_group"),
    # Access rules
    path("organizations/<str:slug>/rules", rules.rule_list, name="organization_rules"),
    path("organizations/<str:slug>/rules/new", rules.rule_new, name="organization_rule_new"),
    path("organizations/<str:slug>/rules/try", rules.rule_try, name="organization_rule_try"),
    path("organizations/<str:slug>/rules/<uuid:rule_id>", rules.rule, name="organization_rule"),
]
