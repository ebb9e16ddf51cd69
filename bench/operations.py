"""The rows of the table: each is one operation over HTTP, its goal, and what it cannot do without."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bench.factors import passkey_login, totp_login
from bench.organizations import member_list, organization_list, organization_search, permission_check
from bench.site import EMAIL, OPERATOR, PASSWORD, REDIRECT_URI, Site
from bench.wire import Connection, Operation, basic, get, post_form, post_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. The limit is the sum of views, signatures and hashes that it contains."""

    name: str
    make: Callable[[Site], Operation]
    goal: float | None = None
    stretch: float | None = None
    goal_is_beyond_hash: bool = False
    views: int = 1
    signatures: int = 0
    hashes: int = 0
    requests: int = 200


def trivial(site: Site) -> Operation:
    return _same(get(site.host, "/livez"))


def client_credentials(site: Site) -> Operation:
    form = {"grant_type": "client_credentials"}
    return _same(post_form(site.host, "/oauth/token", form, Authorization=_client(site)))


def refresh_over_rest(site: Site) -> Operation:
    token = _login(site)["refresh_token"]

    def operation(connection: Connection) -> None:
        nonlocal token
        request = post_json(site.host, "/api/v1/auth/token/refresh", {"refresh_token": token})
        token = connection.exchange(request).json()["refresh_token"]

    return operation


def refresh_over_oauth(site: Site) -> Operation:
    return _refresh(site)


def refresh_for_organization(site: Site) -> Operation:
    """For one of two organizations, in which the client's app has permissions of its own."""
    [organization] = site.populate("app", 20)
    return _refresh(site, scope="openid email organization", organization=organization)


def _refresh(site: Site, **asked: str) -> Operation:
    token = _code_flow(site, Connection("localhost", site.server.port), **asked)["refresh_token"]

    def operation(connection: Connection) -> None:
        nonlocal token
        form = {"grant_type": "refresh_token", "refresh_token": token}
        request = post_form(site.host, "/oauth/token", form, Authorization=_client(site))
        token = connection.exchange(request).json()["refresh_token"]

    return operation


def introspection(site: Site) -> Operation:
    token = _code_flow(site, Connection("localhost", site.server.port))["access_token"]
    return _same(post_form(site.host, "/oauth/introspect", {"token": token}, Authorization=_client(site)))


def userinfo(site: Site) -> Operation:
    token = _code_flow(site, Connection("localhost", site.server.port))["access_token"]
    return _same(get(site.host, "/oauth/userinfo", Authorization=f"Bearer {token}"))


def me(site: Site) -> Operation:
    token = _login(site)["access_token"]
    return _same(get(site.host, "/api/v1/auth/me", Authorization=f"Bearer {token}"))


def code_flow(site: Site) -> Operation:
    return lambda connection: (_code_flow(site, connection), None)[1]


def json_login(site: Site) -> Operation:
    return _same(_login_request(site))


def jwks(site: Site) -> Operation:
    return _same(get(site.host, "/.well-known/jwks.json"))


def sign_in_page(site: Site) -> Operation:
    return _same(get(site.host, "/login"))


def account_page(site: Site) -> Operation:
    return _same(get(site.host, "/account", Cookie=site.cookies))


def users_list(site: Site) -> Operation:
    return _people(site, "")


def users_search(site: Site) -> Operation:
    return _people(site, "?search=alice%40exam")


def by_api_key(site: Site) -> Operation:
    """A program reads its organization's keys with one of them."""
    organization, secret = _api_key(site)
    path = f"/api/v1/organizations/{organization}/api-keys"
    return _same(get(site.host, path, Authorization=f"Bearer {secret}"))


def verify_api_key(site: Site) -> Operation:
    """A service asks what a member's key may."""
    body = {"key": _api_key(site)[1], "permission": "organization:read"}
    return _same(post_json(site.host, "/api/v1/api-keys/verify", body, Authorization=_client(site)))


ROWS = (
    Row(name="trivial view (/livez)", make=trivial),
    Row(name="client_credentials", make=client_credentials, goal=1.2, stretch=0.7, signatures=1),
    Row(name="refresh, REST", make=refresh_over_rest, goal=1.6, stretch=1.0, signatures=1),
    Row(name="refresh, OAuth with ID token", make=refresh_over_oauth, goal=1.6, stretch=1.0, signatures=2),
    Row(name="refresh for an organization", make=refresh_for_organization, goal=1.6, stretch=1.0, signatures=2),
    Row(name="introspection", make=introspection, goal=0.6, stretch=0.3),
    Row(name="userinfo", make=userinfo, goal=0.7, stretch=0.4),
    Row(name="/auth/me", make=me, goal=0.7, stretch=0.4),
    Row(name="request by API key", make=by_api_key),
    Row(name="API key verified", make=verify_api_key, goal=0.9),
    Row(name="code + PKCE, no hash", make=code_flow, goal=12, stretch=8, views=2, signatures=2, requests=60),
    Row(name="JSON login", make=json_login, goal=4, goal_is_beyond_hash=True, signatures=1, hashes=1, requests=30),
    Row(name="login with TOTP", make=totp_login, views=2, signatures=1, hashes=1, requests=30),
    Row(name="login with a passkey", make=passkey_login, views=2, signatures=1, requests=60),
    Row(name="permission check", make=permission_check),
    Row(name="members of 100,000", make=member_list, requests=60),
    Row(name="list of 10,000 organizations", make=organization_list, requests=60),
    Row(name="search of 10,000 organizations", make=organization_search, requests=60),
    Row(name="JWKS", make=jwks),
    Row(name="sign-in page", make=sign_in_page, requests=60),
    Row(name="account page", make=account_page, requests=60),
    Row(name="operators' list of users", make=users_list, requests=60),
    Row(name="operators' search", make=users_search, requests=60),
)  # fmt: skip


def rows_named(words: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows whose names have one of the words; always with the first, the measure of the others."""
    return tuple(row for row in ROWS if row is ROWS[0] or not words or any(w in row.name for w in words))


def _same(request: bytes) -> Operation:
    def operation(connection: Connection) -> None:
        connection.exchange(request)

    return operation


def _people(site: Site, query: str) -> Operation:
    """As an operator over the API."""
    body = {"email": OPERATOR, "password": PASSWORD}
    request = post_json(site.host, "/api/v1/auth/login", body)
    token = Connection("localhost", site.server.port).exchange(request).json()["tokens"]["access_token"]
    return _same(get(site.host, f"/api/v1/users{query}", Authorization=f"Bearer {token}"))


def _api_key(site: Site) -> tuple[str, str]:
    """(organization, secret) of a key that a member has."""
    organization, secret = site.populate("key", 1)
    return organization, secret


def _client(site: Site) -> str:
    return basic(site.client.client_id, site.client.client_secret or "")


def _login_request(site: Site) -> bytes:
    return post_json(site.host, "/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD})


def _login(site: Site) -> dict[str, str]:
    answer = Connection("localhost", site.server.port).exchange(_login_request(site))
    tokens: dict[str, str] = answer.json()["tokens"]
    return tokens


def _code_flow(site: Site, connection: Connection, **asked_for: str) -> dict[str, str]:
    """A signed-in person with a remembered consent: authorize, then redeem."""
    asked = site.client.authorization_request(**asked_for)
    target = asked.url.removeprefix(site.server.base_url)
    answer = connection.exchange(get(site.host, target, Cookie=site.cookies), expected=303)
    code = parse_qs(urlsplit(answer.header("Location")).query)["code"][0]
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI,
        "code_verifier": asked.code_verifier,
    }  # fmt: skip
    request = post_form(site.host, "/oauth/token", form, Authorization=_client(site))
    tokens: dict[str, str] = connection.exchange(request).json()
    return tokens
