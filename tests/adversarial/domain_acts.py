"""How each route of policies and domains is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client as Browser

from accounts.factories import UserFactory
from core import clock
from organizations import dns_records
from organizations.factories import make_organization
from organizations.models import Domain, Organization, OrganizationPolicy, Role
from organizations.permissions import MEMBER
from organizations.services import policy
from organizations.tests.dns_server import serving
from tests.adversarial.organization_acts import PAGE, rest
from tests.adversarial.tools import api_login, bearer


def _domain(organization: Organization, name: str = "scene.example", **more: Any) -> Domain:
    facts = {"token": "t", "role": Role.objects.system(MEMBER), "created_at": clock.now(), **more}
    made: Domain = Domain.objects.create(organization=organization, name=name, **facts)
    return made


def _verify(scene: Any) -> Any:
    with serving() as zone:
        settings.JANUA = settings.JANUA.model_copy(update={"dns_resolver": zone.at})
        zone.txt[dns_records.host_of("scene.example")] = [dns_records.value_of("t")]
        return _on_a_domain("POST", "/verify")(scene)


def _on_a_domain(method: str, path: str = "", body: str = "") -> Callable[[Any], Any]:
    """A request about a domain whose id is known beforehand."""

    def act(scene: Any) -> Any:
        domain_id = Domain._meta.pk.get_default()

        def prepare(_scene: Any, organization: Organization) -> None:
            _domain(organization, id=domain_id)

        return rest(method, f"/domains/{domain_id}{path}", body, prepare)(scene)

    return act


def _policy_page(scene: Any) -> Any:
    organization = make_organization(scene.alice, slug="scene")
    version = policy.version_of(OrganizationPolicy(organization=organization))
    form = {"version": version, "inviters": "members", "invitation_days": "7"}
    return scene.page(f"{PAGE}/policy", form)


def _domain_page(scene: Any) -> Any:
    make_organization(scene.alice, slug="scene")
    return scene.page(f"{PAGE}/domains", {"name": "scene.example"})


def _offered(scene: Any) -> Organization:
    organization = make_organization(UserFactory(email="owner@scene.example"), slug="scene")
    _domain(organization, "example.com", verified_at=clock.now(), enrolment="suggested")
    return organization


def _join_on_page(scene: Any) -> Any:
    form = {"organization": str(_offered(scene).id), "answer": "join"}
    return scene.page("/account/organizations", form)


def _decline(scene: Any) -> Any:
    organization = _offered(scene)
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    path = f"/api/v1/users/me/joinable-organizations/{organization.id}"
    return Browser().delete(path, **scene.headers, **header)


DOMAIN_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "organization_policy": (_policy_page, "organization.policy_changed"),
    "organization_domains": (_domain_page, "organization.domain_added"),
    "joinable_organizations": (_join_on_page, "organization.member_enrolled"),
    "api_organization_policy": (
        rest("PATCH", "/policy", '{"session_hours": 9}'),
        "organization.policy_changed",
    ),
    "api_domains": (rest("POST", "/domains", '{"name": "scene.example"}'), "organization.domain_added"),
    "api_domain": (_on_a_domain("PATCH", body='{"enrolment": "none"}'), "organization.domain_changed"),
    "api_domain_verify": (_verify, "organization.domain_verified"),
    "api_joinable_organization": (_decline, "organization.enrolment_declined"),
}
DOMAIN_ROUTES_CHANGE_NOTHING = {"api_joinable_organizations"}
