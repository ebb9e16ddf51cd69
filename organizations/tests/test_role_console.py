"""Operators see the permissions of apps in the console, and change none there."""

from accounts.models import User
from accounts.tests.browsers import signed_in
from organizations.tests.role_cast import app_permission


def test_operators_look_at_permissions_of_apps(olivia: User) -> None:
    permission, browser = app_permission(), signed_in(olivia)
    one = f"/admin/organizations/apppermission/{permission.id}/change/"
    for path in ("/admin/organizations/apppermission/", one):
        assert "invoices:write" in browser.get(path).content.decode()
    assert browser.get("/admin/organizations/apppermission/add/").status_code == 403
    assert browser.post(one, {"name": "mine:all"}).status_code == 403
    permission.refresh_from_db()
    assert permission.name == "invoices:write"
