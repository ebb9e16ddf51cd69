"""Permissions in people's words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organizations.permissions import Permission as P

WORDS: dict[str, str | Promise] = {
    P.ORGANIZATION_READ: _("See the organization"),
    P.ORGANIZATION_UPDATE: _("Change the organization's name and logo"),
    P.ORGANIZATION_DELETE: _("Delete the organization"),
    P.ORGANIZATION_TRANSFER: _("Hand the organization over"),
    P.MEMBER_READ: _("See members"),
    P.MEMBER_INVITE: _("Invite people"),
    P.MEMBER_UPDATE: _("Change what members may do"),
    P.MEMBER_REMOVE: _("Remove members"),
    P.ROLE_READ: _("See roles"),
    P.ROLE_MANAGE: _("Make and change roles"),
    P.GROUP_READ: _("See groups"),
    P.GROUP_MANAGE: _("Make and change groups"),
    P.POLICY_READ: _("See rules"),
    P.POLICY_MANAGE: _("Change rules"),
    P.DOMAIN_READ: _("See domains"),
    P.DOMAIN_MANAGE: _("Add and remove domains"),
    P.BRANDING_MANAGE: _("Change how sign-in pages look"),
    P.KEY_OWN: _("See and end one's own API keys"),
    P.KEY_MANAGE: _("See and end all API keys, manage service accounts"),
    P.AUDIT_READ: _("Read the audit trail"),
}


def words_of(permission: str) -> str | Promise:
    """What people call it; permissions of apps go by their own name."""
    return WORDS.get(permission, permission)
