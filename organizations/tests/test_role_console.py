"""Operators see roles and permissions of apps in the console, and change neither there."""

from accounts.models import User
from accounts.tests.browsers import signed_in
from organizations.factories import make_organization, make_role
from organizations.models import Role
from organizations.tests.role_cast import app_permission


def test_operators_see_what_roles_allow_in_apps(alice: User, olivia: User) -> None:
    permission, system = app_permission(), Role.objects.system("member")
    Role.objects.filter(id=system.id).update(permissions=["invoices:write"])
    own = make_role(make_organization(alice), "audit:read")
    browser = signed_in(olivia)
    for path in (
        "role/",
        f"role/{system.id}/change/",
        f"role/{own.id}/change/",
        "apppermission/",
        f"apppermission/{permission.id}/change/",
    ):
        shown = browser.get(f"/admin/organizations/{path}")
        assert shown.status_code == 200, path
        assert "invoices:write" in shown.content.decode() or str(own.id) in path
    assert browser.get("/admin/organizations/role/add/").status_code == 403
    assert browser.post(f"/admin/organizations/role/{own.id}/change/", {"name": "Mine"}).status_code == 403
    own.refresh_from_db()
    assert own.name != "Mine"
