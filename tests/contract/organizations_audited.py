"""What makes the operations of organizations' audit trails, and of operators, succeed."""

from typing import Any

from tests.support.stage import Stage

ORPHAN = """
from accounts.factories import UserFactory
from organizations.factories import join, make_organization
member = UserFactory()
organization = make_organization(UserFactory(status="suspended"))
join(organization, member)
print(organization.id, member.id)
"""
MAKE = (
    "from accounts.models import User; from organizations.factories import make_organization; "
    "print(make_organization(User.objects.get(email='{email}')).id)"
)


def with_an_audit_trail(call: Any, stage: Stage, operator: str) -> None:
    """As the operator who is logged in, and who owns an organization besides."""
    made = stage.janua.manage("shell", "-c", MAKE.format(email=operator)).stdout.split()[-1]
    ids, one = {"organization_id": made}, "/admin/organizations/{organization_id}"
    assert call("GET", "/admin/organizations")["data"]
    assert call("GET", one, ids)["owners"][0]["email"] == operator
    assert call("POST", f"{one}/suspend", ids, reason="Spam")["status"] == "suspended"
    assert call("POST", f"{one}/reopen", ids, reason="None after all")["status"] == "open"
    orphan, member = stage.janua.manage("shell", "-v", "0", "-c", ORPHAN).stdout.split()[-2:]
    body = {"user_id": member, "reason": "Its owner is locked out"}
    owners = call("POST", f"{one}/owners", {"organization_id": orphan}, **body)["owners"]
    assert [owner["id"] for owner in owners] == [member]
    trail = "/organizations/{organization_id}/audit"
    assert [line["action"] for line in call("GET", trail, ids)["data"]] == [
        "organization.reopened",
        "organization.suspended",
    ]
    for file_format in ("csv", "jsonl"):
        call("POST", f"{trail}/export", ids, format=file_format)
