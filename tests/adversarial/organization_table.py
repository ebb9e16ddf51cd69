"""Which permission each route about one organization asks for, by method: what the matrix compares with the code.

Whoever adds a route adds its row. `test_organization_matrix` says which is missing, and what the code asks for.
"""

from organizations.permissions import Permission as P

ANY_MEMBER = ""
"""Whoever belongs to it, whatever their role."""

NEEDS: dict[str, dict[str, str]] = {
    # Pages: what a form does is asked again by its service
    "organization": {"GET": P.ORGANIZATION_READ, "POST": ANY_MEMBER},
    "organization_settings": {"GET": P.ORGANIZATION_UPDATE, "POST": P.ORGANIZATION_UPDATE},
    "organization_danger": {"GET": P.ORGANIZATION_READ, "POST": P.ORGANIZATION_READ},
    "organization_members": {"GET": P.MEMBER_READ},
    "organization_member": {"GET": P.MEMBER_READ, "POST": P.MEMBER_READ},
    "organization_invitations": {"GET": P.MEMBER_INVITE, "POST": P.MEMBER_INVITE},
    "organization_invite": {"GET": P.MEMBER_INVITE, "POST": P.MEMBER_INVITE},
    "organization_invite_many": {"GET": P.MEMBER_INVITE, "POST": P.MEMBER_INVITE},
    "organization_roles": {"GET": P.ROLE_READ},
    "organization_role_new": {"GET": P.ROLE_MANAGE, "POST": P.ROLE_MANAGE},
    "organization_role": {"GET": P.ROLE_READ, "POST": P.ROLE_READ},
    "organization_groups": {"GET": P.GROUP_READ},
    "organization_group_new": {"GET": P.GROUP_MANAGE, "POST": P.GROUP_MANAGE},
    "organization_group": {"GET": P.GROUP_READ, "POST": P.GROUP_READ},
    "organization_rules": {"GET": P.POLICY_READ},
    "organization_rule_new": {"GET": P.POLICY_MANAGE, "POST": P.POLICY_MANAGE},
    "organization_rule_try": {"GET": P.POLICY_READ, "POST": P.POLICY_READ},
    "organization_rule": {"GET": P.POLICY_READ, "POST": P.POLICY_READ},
    "organization_policy": {"GET": P.POLICY_READ, "POST": P.POLICY_READ},
    "organization_domains": {"GET": P.DOMAIN_READ, "POST": P.DOMAIN_READ},
    "organization_branding": {"GET": P.BRANDING_MANAGE, "POST": P.BRANDING_MANAGE},
    "organization_branded_clients": {"GET": P.BRANDING_MANAGE, "POST": P.BRANDING_MANAGE},
    "organization_keys": {"GET": P.KEY_OWN},
    "organization_key_new": {"GET": P.KEY_OWN, "POST": P.KEY_OWN},
    "organization_key": {"GET": P.KEY_OWN, "POST": P.KEY_OWN},
    "organization_service_accounts": {"GET": P.KEY_MANAGE, "POST": P.KEY_MANAGE},
    "organization_service_account": {"GET": P.KEY_MANAGE, "POST": P.KEY_MANAGE},
    # Organizations and members
    "api_organization": {
        "GET": P.ORGANIZATION_READ,
        "PATCH": P.ORGANIZATION_UPDATE,
        "DELETE": P.ORGANIZATION_DELETE,
    },
    "api_organization_deletion": {"DELETE": P.ORGANIZATION_DELETE},
    "api_organization_logo": {"PUT": P.ORGANIZATION_UPDATE, "DELETE": P.ORGANIZATION_UPDATE},
    "api_organization_default": {"POST": ANY_MEMBER},
    "api_organization_leave": {"POST": ANY_MEMBER},
    "api_organization_transfer": {"POST": P.ORGANIZATION_TRANSFER},
    "api_members": {"GET": P.MEMBER_READ},
    "api_member": {"GET": P.MEMBER_READ, "PATCH": P.MEMBER_UPDATE, "DELETE": P.MEMBER_REMOVE},
    "api_member_suspend": {"POST": P.MEMBER_UPDATE},
    "api_member_resume": {"POST": P.MEMBER_UPDATE},
    # Roles, groups, checks, rules
    "api_check": {"POST": P.ORGANIZATION_READ},
    "api_check_many": {"POST": P.ORGANIZATION_READ},
    "api_own_permissions": {"GET": P.ORGANIZATION_READ},
    "api_evaluate": {"POST": P.ORGANIZATION_READ},
    "api_roles": {"GET": P.ROLE_READ, "POST": P.ROLE_MANAGE},
    "api_role": {"GET": P.ROLE_READ, "PATCH": P.ROLE_MANAGE, "DELETE": P.ROLE_MANAGE},
    "api_member_roles": {"GET": P.MEMBER_READ},
    "api_member_role": {"PUT": P.MEMBER_UPDATE, "DELETE": P.MEMBER_UPDATE},
    "api_groups": {"GET": P.GROUP_READ, "POST": P.GROUP_MANAGE},
    "api_group": {"GET": P.GROUP_READ, "PATCH": P.GROUP_MANAGE, "DELETE": P.GROUP_MANAGE},
    "api_group_members": {"GET": P.GROUP_READ},
    "api_group_member": {"PUT": P.GROUP_MANAGE, "DELETE": P.GROUP_MANAGE},
    "api_group_role": {"PUT": P.GROUP_MANAGE, "DELETE": P.GROUP_MANAGE},
    "api_rules": {"GET": P.POLICY_READ, "POST": P.POLICY_MANAGE},
    "api_rule": {"GET": P.POLICY_READ, "PATCH": P.POLICY_MANAGE, "DELETE": P.POLICY_MANAGE},
    # Invitations: where the policy lets all members invite, they may too (organizations.tests)
    "api_invitations": {"GET": P.MEMBER_INVITE, "POST": P.MEMBER_INVITE},
    "api_invitations_bulk": {"POST": P.MEMBER_INVITE},
    "api_invitation": {"DELETE": P.MEMBER_INVITE},
    "api_invitation_resend": {"POST": P.MEMBER_INVITE},
    # Keys: one's own; others' with key:manage, else they are not there
    "api_organization_keys": {"GET": P.ORGANIZATION_READ, "POST": P.KEY_OWN},
    "api_organization_key": {"GET": P.ORGANIZATION_READ},
    "api_organization_key_rotate": {"POST": P.ORGANIZATION_READ},
    "api_organization_key_revoke": {"POST": P.ORGANIZATION_READ},
    "api_service_accounts": {"GET": P.KEY_MANAGE, "POST": P.KEY_MANAGE},
    "api_service_account": {"GET": P.KEY_MANAGE, "PATCH": P.KEY_MANAGE, "DELETE": P.KEY_MANAGE},
    "api_service_account_disable": {"POST": P.KEY_MANAGE},
    "api_service_account_enable": {"POST": P.KEY_MANAGE},
    # Branding, sign-in rules, domains
    "api_organization_branding": {
        "GET": P.ORGANIZATION_READ,
        "PUT": P.BRANDING_MANAGE,
        "DELETE": P.BRANDING_MANAGE,
    },
    "api_branded_clients": {"GET": P.BRANDING_MANAGE},
    "api_branded_client": {"DELETE": P.BRANDING_MANAGE},
    "api_organization_policy": {"GET": P.POLICY_READ, "PATCH": P.POLICY_MANAGE},
    "api_domains": {"GET": P.DOMAIN_READ, "POST": P.DOMAIN_MANAGE},
    "api_domain": {"PATCH": P.DOMAIN_MANAGE, "DELETE": P.DOMAIN_MANAGE},
    "api_domain_verify": {"POST": P.DOMAIN_MANAGE},
    # Audit trail
    "organization_audit": {"GET": P.AUDIT_READ},
    "organization_audit_export": {"POST": P.AUDIT_READ},
    "api_organization_audit": {"GET": P.AUDIT_READ},
    "api_organization_audit_export": {"POST": P.AUDIT_READ},
}

# Routes of this app that are about no one organization, or open to everybody: and why the matrix leaves them out.
NOT_OF_ONE: dict[str, str] = {
    "organizations": "one's own organizations",
    "organization_new": "makes one",
    "own_invitations": "what waits for one's own addresses",
    "invitation_open": "whoever holds the link",
    "invitation_accept": "whoever holds the link, and the address",
    "invitation_decline": "whoever holds the link",
    "joinable_organizations": "what one's own address opens",
    "api_joinable_organizations": "what one's own address opens",
    "api_joinable_organization": "what one's own address opens",
    "branding_css": "open to everybody: how sign-in pages look",
    "branding_preview_css": "colours that stand in the address",
    "organization_logo": "open to everybody: the key is its secret",
    "api_organizations": "makes one",
    "api_users_me_organizations": "one's own organizations",
    "api_permissions": "the names of permissions",
    "api_system_roles": "what system roles are, everywhere",
    "api_system_role": "operators: what system roles are, everywhere",
    "api_invitation_validate": "whoever holds the link",
    "api_invitation_accept": "whoever holds the link, and the address",
    "api_invitation_decline": "whoever holds the link",
    "api_own_invitations": "what waits for one's own addresses",
    "api_own_invitation_accept": "what waits for one's own addresses",
    "api_own_invitation_decline": "what waits for one's own addresses",
    "api_admin_organizations": "operators: every organization",
}

# What may be done although the organization is suspended or about to be erased: reading apart.
OPEN_WHEN_SHUT: dict[str, str] = {
    "api_organization_deletion": "an owner takes it back",
    "api_organization_default": "of the person's own",
    "api_organization_leave": "nobody is held in it",
    "organization_audit_export": "whoever must answer for it takes its trail along",
    "api_organization_audit_export": "whoever must answer for it takes its trail along",
}

# What no key does, whatever its scopes: it asks a person for a fresh proof, on a route that keys open for the rest.
PERSONS_ALONE: dict[str, frozenset[str]] = {
    "api_organization": frozenset({"DELETE"}),
    "api_organization_keys": frozenset({"POST"}),
    "api_service_account": frozenset({"DELETE"}),
    "api_role": frozenset({"DELETE"}),
    "api_group": frozenset({"DELETE"}),
    "api_rules": frozenset({"POST"}),
    "api_rule": frozenset({"PATCH", "DELETE"}),
    "api_organization_policy": frozenset({"PATCH"}),
    "api_domains": frozenset({"POST"}),
}

OWNERS_ALONE = frozenset(
    {"api_organization_key", "api_organization_key_rotate", "api_organization_key_revoke", "organization_key"}
)
"""About one key: to members who do not manage keys, another's is not there (404)."""

NEEDS_MORE: dict[str, dict[str, frozenset[str]]] = {
    "api_member_roles": {"GET": frozenset({P.ROLE_READ})},
    "api_group_members": {"GET": frozenset({P.MEMBER_READ})},
    "api_organization_keys": {"GET": frozenset({P.KEY_OWN})},
    "api_organization_key": {"GET": frozenset({P.KEY_OWN})},
    "api_organization_key_revoke": {"POST": frozenset({P.KEY_OWN})},
}
"""What a route asks for besides, of everybody or of keys."""
