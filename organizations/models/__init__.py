"""The tables of organizations, roles, rules and keys."""

from organizations.models.enrolment import EnrolmentStop, MailboxStop
from organizations.models.invitations import Invitation
from organizations.models.keys import ApiKey, ServiceAccount
from organizations.models.organizations import Membership, Organization, OrganizationLogo
from organizations.models.roles import AppPermission, Group, GroupMember, GroupRole, Role, RoleGrant
from organizations.models.rules import AccessRule, Branding, Domain, OrganizationPolicy

__all__ = [
    "AccessRule",
    "ApiKey",
    "AppPermission",
    "Branding",
    "Domain",
    "EnrolmentStop",
    "Group",
    "GroupMember",
    "GroupRole",
    "Invitation",
    "MailboxStop",
    "Membership",
    "Organization",
    "OrganizationLogo",
    "OrganizationPolicy",
    "Role",
    "RoleGrant",
    "ServiceAccount",
]
