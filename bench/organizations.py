"""Organizations: what a member may do, long lists of members, and many organizations."""

from bench.site import EMAIL, OPERATOR, PASSWORD, Site
from bench.wire import Connection, Operation, get, post_json

MEMBERS, ORGANIZATIONS = 100_000, 10_000


def permission_check(site: Site) -> Operation:
    """One permission, of oneself, in an organization of one's own."""
    [organization] = site.populate("members", 1)
    target = f"/api/v1/organizations/{organization}/check"
    request = post_json(site.host, target, {"permission": "member:invite"}, **_bearer(site, EMAIL))
    return lambda connection: (connection.exchange(request), None)[1]


def member_list(site: Site) -> Operation:
    """A page of twenty, among a hundred thousand."""
    [organization] = site.populate("members", MEMBERS)
    request = get(site.host, f"/api/v1/organizations/{organization}/members", **_bearer(site, EMAIL))
    return lambda connection: (connection.exchange(request), None)[1]


def organization_list(site: Site) -> Operation:
    """An operator's first page, among ten thousand."""
    site.populate("organizations", ORGANIZATIONS)
    return _operators(site, "")


def organization_search(site: Site) -> Operation:
    return _operators(site, "?search=works-99")


def _operators(site: Site, query: str) -> Operation:
    request = get(site.host, f"/api/v1/admin/organizations{query}", **_bearer(site, OPERATOR))
    return lambda connection: (connection.exchange(request), None)[1]


def _bearer(site: Site, email: str) -> dict[str, str]:
    login = post_json(site.host, "/api/v1/auth/login", {"email": email, "password": PASSWORD})
    tokens = Connection("localhost", site.server.port).exchange(login).json()["tokens"]
    return {"Authorization": f"Bearer {tokens['access_token']}"}
