"""What happened in an organization, in few words for its admins. What has none here is shown by its tag."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "organization.created": _("Organization created"),
    "organization.updated": _("Settings changed"),
    "organization.logo_changed": _("Logo changed"),
    "organization.branding_changed": _("Look changed"),
    "organization.branding_removed": _("Look put back"),
    "organization.deletion_requested": _("Deletion asked for"),
    "organization.deletion_cancelled": _("Deletion taken back"),
    "organization.suspended": _("Suspended by an operator"),
    "organization.reopened": _("Opened again by an operator"),
    "organization.audit_exported": _("Audit trail taken along"),
    "organization.member_role_changed": _("Role of a member changed"),
    "organization.member_suspended": _("Member suspended"),
    "organization.member_resumed": _("Member let in again"),
    "organization.member_removed": _("Member removed"),
    "organization.member_left": _("Member left"),
    "organization.ownership_transferred": _("Ownership handed over"),
    "organization.ownership_inherited": _("Ownership passed on"),
    "organization.default_changed": _("Where a member starts changed"),
    "invitation.created": _("Somebody invited"),
    "invitation.created_many": _("Many invited"),
    "invitation.mailed": _("Invitation mailed"),
    "invitation.resent": _("Invitation sent again"),
    "invitation.revoked": _("Invitation taken back"),
    "invitation.accepted": _("Invitation accepted"),
    "invitation.declined": _("Invitation declined"),
    "role.created": _("Role created"),
    "role.changed": _("Role changed"),
    "role.deleted": _("Role deleted"),
    "role.granted": _("Further role given"),
    "role.taken": _("Further role taken away"),
    "group.created": _("Group created"),
    "group.changed": _("Group changed"),
    "group.deleted": _("Group deleted"),
    "group.member_added": _("Member added to a group"),
    "group.member_removed": _("Member taken out of a group"),
    "group.role_added": _("Role given to a group"),
    "group.role_removed": _("Role taken from a group"),
    "rule.created": _("Access rule created"),
    "rule.changed": _("Access rule changed"),
    "rule.deleted": _("Access rule deleted"),
}


def of(action: str) -> str | Promise:
    return WORDS.get(action, action)
