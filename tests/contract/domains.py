"""What makes each documented operation of policies and domains succeed."""

from typing import Any

from organizations.tests.dns_server import Zone
from tests.support.stage import Stage

ONE = "/organizations/{organization_id}"
DOMAINS, DOMAIN = f"{ONE}/domains", f"{ONE}/domains/{{domain_id}}"
JOINABLE = "/users/me/joinable-organizations"


def about_domains(call: Any, stage: Stage, zone: Zone, password: str) -> None:
    """As the owner of a domain, then as two people who have an address of it."""
    owner, joins, declines = (
        "owner@domains.example.com",
        "joins@people.example.com",
        "declines@people.example.com",
    )
    for email in (owner, joins, declines):
        stage.janua.create_user(email, password)
    _log_in(call, owner, password)
    ids = {"organization_id": call("POST", "/organizations", name="Domains", slug="with-domains")["id"]}
    call("GET", f"{ONE}/policy", ids)
    call("PATCH", f"{ONE}/policy", ids, session_hours=12)
    added = call("POST", DOMAINS, ids, name="people.example.com")
    zone.txt[added["record"]["name"]] = [added["record"]["value"]]
    ids["domain_id"] = added["id"]
    call("POST", f"{DOMAIN}/verify", ids)
    call("PATCH", DOMAIN, ids, enrolment="suggested")
    assert call("GET", DOMAINS, ids)["total"] == 1
    for email, method in ((joins, "POST"), (declines, "DELETE")):
        _log_in(call, email, password)
        assert [offer["domain"] for offer in call("GET", JOINABLE)["data"]] == ["people.example.com"]
        call(method, f"{JOINABLE}/{{organization_id}}", {"organization_id": ids["organization_id"]})
    _log_in(call, owner, password)
    call("DELETE", DOMAIN, ids)


def _log_in(call: Any, email: str, password: str) -> None:
    call.token = call("POST", "/auth/login", email=email, password=password)["tokens"]["access_token"]
