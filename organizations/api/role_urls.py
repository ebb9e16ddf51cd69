"""Roles, groups, checks, rules."""

from django.urls import path

from organizations.api import groups, roles, rules

ONE = "organizations/<uuid:organization_id>"

urlpatterns = [
    path("rbac/permissions", roles.PermissionsView.as_view(), name="api_permissions"),
    path("rbac/system-roles", roles.SystemRolesView.as_view(), name="api_system_roles"),
    path("rbac/system-roles/<slug:key>", roles.SystemRoleView.as_view(), name="api_system_role"),
    path(f"{ONE}/check", rules.CheckView.as_view(), name="api_check"),
    path(f"{ONE}/check-many", rules.CheckManyView.as_view(), name="api_check_many"),
    path(f"{ONE}/permissions", rules.MineView.as_view(), name="api_own_permissions"),
    path(f"{ONE}/evaluate", rules.EvaluateView.as_view(), name="api_evaluate"),
    path(f"{ONE}/roles", roles.RolesView.as_view(), name="api_roles"),
    path(f"{ONE}/roles/<uuid:role_id>", roles.RoleView.as_view(), name="api_role"),
    path(f"{ONE}/members/<uuid:member_id>/roles", roles.MemberRolesView.as_view(), name="api_member_roles"),
    path(
        f"{ONE}/members/<uuid:member_id>/roles/<uuid:role_id>",
        roles.MemberRoleView.as_view(),
        name="api_member_role",
    ),
    path(f"{ONE}/groups", groups.GroupsView.as_view(), name="api_groups"),
    path(f"{ONE}/groups/<uuid:group_id>", groups.GroupView.as_view(), name="api_group"),
    path(
        f"{ONE}/groups/<uuid:group_id>/members", groups.GroupMembersView.as_view(), name="api_group_members"
    ),
    path(
        f"{ONE}/groups/<uuid:group_id>/members/<uuid:member_id>",
        groups.GroupMemberView.as_view(),
        name="api_group_member",
    ),
    path(
        f"{ONE}/groups/<uuid:group_id>/roles/<uuid:role_id>",
        groups.GroupRoleView.as_view(),
        name="api_group_role",
    ),
    path(f"{ONE}/rules", rules.RulesView.as_view(), name="api_rules"),
    path(f"{ONE}/rules/<uuid:rule_id>", rules.RuleView.as_view(), name="api_rule"),
]
