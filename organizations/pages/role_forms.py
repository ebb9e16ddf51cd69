"""The forms of roles and groups."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organizations.models import AppPermission, Role
from organizations.permissions import Permission
from organizations.services.access import Access
from organizations.services.roles import MAX_KEY

P = Permission
WORDS = {
    P.ORGANIZATION_READ: _("See the organization"),
    P.ORGANIZATION_UPDATE: _("Change its name and settings"),
    P.ORGANIZATION_DELETE: _("Delete the organization"),
    P.ORGANIZATION_TRANSFER: _("Hand over its ownership"),
    P.MEMBER_READ: _("See members"),
    P.MEMBER_INVITE: _("Invite people"),
    P.MEMBER_UPDATE: _("Change members and their roles"),
    P.MEMBER_REMOVE: _("Remove members"),
    P.ROLE_READ: _("See roles"),
    P.ROLE_MANAGE: _("Make and change roles"),
    P.GROUP_READ: _("See groups"),
    P.GROUP_MANAGE: _("Make and change groups"),
    P.POLICY_READ: _("See policies and rules"),
    P.POLICY_MANAGE: _("Change policies and rules"),
    P.DOMAIN_READ: _("See domains"),
    P.DOMAIN_MANAGE: _("Verify and change domains"),
    P.BRANDING_MANAGE: _("Change the branding"),
    P.KEY_OWN: _("Have API keys of one's own"),
    P.KEY_MANAGE: _("Manage the keys of the organization"),
    P.AUDIT_READ: _("Read the audit trail"),
}
SHOWN_AT_MOST = 500


def line(label: Any, *, max_length: int, required: bool = True, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, max_length=max_length, required=required, widget=widget, help_text=help_text
    )


class RoleForm(forms.Form):
    """Offers what its reader may do themselves, and what the role allows already."""

    name = line(_("Name"), max_length=100)
    description = line(_("Description"), max_length=200, required=False)
    permissions = forms.MultipleChoiceField(
        label=_("What it allows"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, access: Access, present: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = _choices(access, set(present))  # type: ignore[attr-defined]


class NewRoleForm(RoleForm):
    key = forms.RegexField(
        r"^[a-z][a-z0-9-]*\Z",
        label=_("Key"),
        max_length=MAX_KEY,
        required=False,
        help_text=_(
            "What apps see: small letters, digits and hyphens. Empty: made of the name. It never changes."
        ),
        error_messages={"invalid": _("Use small letters, digits and hyphens.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "key", "description", "permissions")


class RoleDeletionForm(forms.Form):
    move_to = forms.ChoiceField(
        label=_("Role that its people get instead"),
        required=False,
        help_text=_("Needed while anybody has it."),
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["move_to"].choices = [("", "–"), *_named(roles)]  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    name = line(_("Name"), max_length=100)
    description = line(_("Description"), max_length=200, required=False)


class GivenRoleForm(forms.Form):
    """A role for a member or a group."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _named(roles)  # type: ignore[attr-defined]


class GroupMemberForm(forms.Form):
    email = forms.CharField(
        label=_("Email address of a member"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ChosenForm(forms.Form):
    """A button of a list: what it stands beside."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)


def _named(roles: Iterable[Role]) -> list[tuple[str, str]]:
    return [(str(role.id), role.title) for role in roles]


def _choices(access: Access, present: set[str]) -> list[tuple[str, Any]]:
    own = [(str(name), words) for name, words in WORDS.items() if access.has(name) or name in present]
    apps = AppPermission.objects.order_by("name")[:SHOWN_AT_MOST]
    of_apps = [(app.name, app.description or app.name) for app in apps if access.has(app.name)]
    offered = {name for name, _words in (*own, *of_apps)}
    return [*own, *of_apps, *((name, name) for name in sorted(present - offered))]
