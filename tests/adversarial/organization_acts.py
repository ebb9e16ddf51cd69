"""How each route of organizations and members is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.factories import UserFactory
from core import clock
from core.tests.pictures import picture
from organizations.factories import join, make_organization
from organizations.models import Membership, Organization, Role
from organizations.permissions import ADMIN, OWNER
from tests.adversarial.tools import api_login, bearer

Prepare = Callable[[Any, Organization], object]
PAGE = "/organizations/scene"


def _organization(scene: Any) -> Organization:
    return make_organization(scene.alice, slug="scene")


def _member(organization: Organization) -> Membership:
    return join(organization, UserFactory(email="member@example.com"))


def rest(method: str, path: str = "", body: Any = "", prepare: Prepare | None = None) -> Callable[[Any], Any]:
    """Alice's request about her organization; `{member}` in the path or body is another member's id."""

    def act(scene: Any) -> Any:
        organization = _organization(scene)
        member = _member(organization)
        if prepare:
            prepare(scene, organization)
        header = bearer(api_login(Browser(), scene.alice)["access_token"])
        address = f"/api/v1/organizations/{organization.id}{path}".replace("{member}", str(member.id))
        kind = "image/png" if isinstance(body, bytes) else "application/json"
        sent = body if isinstance(body, bytes) else body.replace("{member}", str(member.id))
        sent = (
            sent if isinstance(sent, bytes) else sent.replace("{admin}", str(Role.objects.system(ADMIN).id))
        )
        return Browser().generic(method, address, sent, kind, **scene.headers, **header)

    return act


def page(path: str, form: dict[str, Any]) -> Callable[[Any], Any]:
    """Alice's form on a page of her organization."""

    def act(scene: Any) -> Any:
        member = _member(_organization(scene))
        return scene.page(f"{PAGE}{path}".replace("{member}", str(member.id)), form)

    return act


def _create(scene: Any) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return scene.json("organizations", {"name": "Scene"}, **header)


def _second_owner(_scene: Any, organization: Organization) -> None:
    join(organization, UserFactory(email="owner@example.com"), OWNER)


def _due(_scene: Any, organization: Organization) -> None:
    Organization.objects.filter(id=organization.id).update(deletion_due_at=clock.now())


def _suspended(_scene: Any, organization: Organization) -> None:
    Membership.objects.filter(organization=organization, user__email="member@example.com").update(
        suspended_at=clock.now()
    )


def _with_logo(scene: Any, organization: Organization) -> None:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    path = f"/api/v1/organizations/{organization.id}/logo"
    Browser().generic("PUT", path, picture(), "image/png", **header)


ORGANIZATION_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "organization_new": (
        lambda scene: scene.page("/organizations/new", {"name": "Scene"}),
        "organization.created",
    ),
    "organization": (page("", {"is_default": "yes"}), "organization.default_changed"),
    "organization_settings": (page("/settings", {"name": "New", "slug": "scene"}), "organization.updated"),
    "organization_danger": (
        page("/danger", {"act": "delete", "slug": "scene"}),
        "organization.deletion_requested",
    ),
    "organization_member": (page("/members/{member}", {"act": "remove"}), "organization.member_removed"),
    "api_organizations": (_create, "organization.created"),
    "api_organization": (rest("PATCH", "", '{"name": "New"}'), "organization.updated"),
    "api_organization_deletion": (
        rest("DELETE", "/deletion", prepare=_due),
        "organization.deletion_cancelled",
    ),
    "api_organization_logo": (
        rest("DELETE", "/logo", prepare=_with_logo),
        "organization.logo_changed",
    ),
    "api_organization_default": (rest("POST", "/default", "{}"), "organization.default_changed"),
    "api_organization_leave": (rest("POST", "/leave", prepare=_second_owner), "organization.member_left"),
    "api_organization_transfer": (
        rest("POST", "/transfer", '{"membership_id": "{member}"}'),
        "organization.ownership_transferred",
    ),
    "api_member": (
        rest("PATCH", "/members/{member}", '{"role_id": "{admin}"}'),
        "organization.member_role_changed",
    ),
    "api_member_suspend": (rest("POST", "/members/{member}/suspend"), "organization.member_suspended"),
    "api_member_resume": (
        rest("POST", "/members/{member}/resume", prepare=_suspended),
        "organization.member_resumed",
    ),
}
ORGANIZATION_ROUTES_CHANGE_NOTHING = {
    "organizations",
    "organization_members",
    "organization_logo",
    "api_members",
    "api_users_me_organizations",
}
