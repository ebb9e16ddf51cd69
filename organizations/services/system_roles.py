"""What the system roles may do in apps: an operator's to say, for every organization at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Session, User
from accounts.operators import require_operator
from accounts.services import sudo
from audit import services as audit
from core.errors import NotFound, ValidationFailed
from organizations.events.roles import SystemRoleChanged
from organizations.models import Role
from organizations.permissions import SYSTEM_ROLES, Permission
from organizations.services import roles


def list_all(*, actor: User) -> list[Role]:
    """The four, the highest first. Raises `NotAllowed`."""
    require_operator(actor)
    roles.ensure_system_roles()
    rows = {role.key: role for role in Role.objects.filter(organization=None)}
    return [rows[key] for key in SYSTEM_ROLES]


@transaction.atomic
def set_app_permissions(*, session: Session, key: str, permissions: Iterable[str], now: datetime) -> Role:
    """Exactly these permissions of apps go with the role from now on, besides Janua's own, which nobody changes.

    Raises `ReauthenticationRequired`, `NotAllowed`, `NotFound`, `ValidationFailed`.
    """
    sudo.require(session, now=now)
    actor = sudo.lock_person(session, now=now)  # whoever was locked out meanwhile changes nothing
    require_operator(actor)
    if key not in SYSTEM_ROLES:
        raise NotFound(_("There is no such system role."), reason="role_not_found")
    asked = set(permissions)
    if asked & set(Permission):
        sentence = _("Only permissions of apps can be added to a system role.")
        raise ValidationFailed(sentence, reason="not_an_app_permission", details={"permissions": [sentence]})
    names = roles.known_permissions(asked)
    made = Role.objects.system(key)
    role: Role = Role.objects.select_for_update(no_key=True).get(id=made.id)
    before = set(role.permissions)
    if before != asked:
        role.permissions, role.updated_at = names, now
        role.save(update_fields=["permissions", "updated_at"])
        added, removed = tuple(sorted(asked - before)), tuple(sorted(before - asked))
        said: dict[str, Any] = {"actor_id": actor.id, **roles.target(role)}
        audit.record(SystemRoleChanged(actor_type="user", **said, added=added, removed=removed))
    return role
