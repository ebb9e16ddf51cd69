"""How each route of organizations' audit trails, and of operators, is made to change something (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.factories import UserFactory
from accounts.models import User
from accounts.tests.browsers import proven
from core import clock
from organizations.factories import join, make_organization
from organizations.services import operators
from tests.adversarial.client_acts import operator
from tests.adversarial.tools import api_login, bearer


def _as_operator(scene: Any, act: str) -> Any:
    organization = make_organization(scene.alice)
    header = bearer(api_login(Browser(), operator())["access_token"])
    if act == "reopen":
        facts = {"organization_id": organization.id, "reason": "Spam", "now": clock.now()}
        operators.suspend(session=proven(operator()), **facts)
    return scene.json(f"admin/organizations/{organization.id}/{act}", {"reason": "So it is"}, **header)


def _appoint(scene: Any) -> Any:
    member: Any = UserFactory()
    organization = make_organization(UserFactory(status=User.Status.SUSPENDED))  # type: ignore[arg-type]
    join(organization, member)
    header = bearer(api_login(Browser(), operator())["access_token"])
    body = {"user_id": str(member.id), "reason": "Its owner is locked out"}
    return scene.json(f"admin/organizations/{organization.id}/owners", body, **header)


def _export(scene: Any) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return scene.json(f"organizations/{make_organization(scene.alice).id}/audit/export", {}, **header)


def _export_by_form(scene: Any) -> Any:
    organization = make_organization(scene.alice)
    return scene.page(f"/organizations/{organization.slug}/audit/export", {"format": "csv"})


ORGANIZATION_AUDIT_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "api_organization_audit_export": (_export, "organization.audit_exported"),
    "organization_audit_export": (_export_by_form, "organization.audit_exported"),
    "api_admin_organization_suspend": (
        lambda scene: _as_operator(scene, "suspend"),
        "organization.suspended",
    ),
    "api_admin_organization_owners": (_appoint, "organization.owner_appointed"),
    "api_admin_organization_reopen": (lambda scene: _as_operator(scene, "reopen"), "organization.reopened"),
}
ORGANIZATION_AUDIT_CHANGES_NOTHING = {
    *("api_organization_audit", "organization_audit", "api_admin_organizations", "api_admin_organization"),
}
