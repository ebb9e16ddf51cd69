"""S149: what is sensitive asks for a fresh proof: by page, over REST, and in the service itself.

Services and pages are found, not listed: whatever calls `sudo.require` or carries `needs_sudo` is tried here.
"""

import ast
import importlib
import inspect
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.services import sessions
from accounts.services.sessions import Proof
from core import clock
from core.errors import ReauthenticationRequired
from mfa.factories import SEED, enrol_totp
from oauth.factories import register_client
from oauth.services import client_changes
from organizations.factories import make_organization
from tests.adversarial.tools import api_login, bearer, post_json
from tests.architecture.routes import Route, all_routes
from tokens.services import first_party

HOUR = timedelta(hours=1)
INSIDE = {
    "oauth.services.client_changes.update",  # asks only where the change gives or takes secrets
    "accounts.services.recovery.change_password",  # ... where the current password alone is not enough
    "accounts.services.people.create",  # ... where a role is given
    "sso.services.journey.set_out",  # ... where an account is to be connected
    "accounts.services.people.update",  # ... where a role or a proof is
}


def calls_require(statement: ast.stmt) -> str:
    """The name of the session that the statement asks a fresh proof of."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "sudo.require":
        return ""
    return ast.unparse(call.args[0])


def sensitive_services() -> list[tuple[str, str]]:
    """(function, its parameter that takes the session) of each that begins with `sudo.require`."""
    found = []
    for path in sorted(Path(settings.BASE_DIR).glob("*/services/**/*.py")):
        module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        for function in ast.parse(path.read_text()).body:
            if not isinstance(function, ast.FunctionDef) or "sudo.require(" not in ast.unparse(function):
                continue
            name = f"{module}.{function.name}"
            body = function.body[1:] if ast.get_docstring(function) else function.body
            session = calls_require(body[0])
            assert session or name in INSIDE, f"{name}: sudo.require is not its first line"
            if session:
                found.append((name, session))
    return found


def test_s149_there_are_sensitive_services_and_pages() -> None:
    assert len(sensitive_services()) >= 4
    assert len(sensitive_pages()) >= 2


def hour_old(user: User, **more: Any) -> Session:
    proof = Proof(amr=("pwd",), auth_time=clock.now() - HOUR)
    return start(user, proof, **more)


def by_link(user: User, **more: Any) -> Session:
    """Just now, by a link out of the mailbox."""
    return start(user, Proof(amr=("email",), auth_time=clock.now()), **more)


def by_refresh(user: User, **more: Any) -> Session:
    """Kept alive by a refresh a moment ago."""
    session = hour_old(user, kind=Session.Kind.API)
    pair = first_party.issue(session, now=clock.now() - HOUR)
    body = {"refresh_token": pair.refresh_token}
    answer = Browser().post("/api/v1/auth/token/refresh", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return Session.objects.select_related("user").get(id=session.id)


def start(user: User, proof: Proof, *, kind: Session.Kind = Session.Kind.BROWSER) -> Session:
    return sessions.start_session(user, proof, kind=kind, keep=False, now=clock.now()).session


STALE = [hour_old, by_link, by_refresh]
Stale = Callable[..., Session]


@pytest.mark.parametrize("stale", STALE)
@pytest.mark.parametrize(("name", "session"), sensitive_services())
def test_s149_a_service_refuses_before_it_looks_at_anything(
    alice: User, name: str, session: str, stale: Stale
) -> None:
    module, _, function = name.rpartition(".")
    service = getattr(importlib.import_module(module), function)
    given: dict[str, Any] = dict.fromkeys(inspect.signature(service).parameters, object())
    given |= {session.partition(".")[0]: stale(alice), "now": clock.now()}
    parameters = inspect.signature(service).parameters.values()
    positional = [given.pop(each.name) for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    with pytest.raises(ReauthenticationRequired):
        service(*positional, **given)


def sensitive_pages() -> list[Route]:
    """The pages with `needs_sudo`; the console's ask for acts only."""
    return [route for route in all_routes() if hasattr(route.view, "needs_sudo") and not route.is_admin]


@pytest.mark.parametrize("proof", [Proof(amr=("pwd",), auth_time=clock.now() - HOUR), None])
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", sensitive_pages(), ids=lambda route: route.path)
def test_s149_a_page_asks_before_it_shows_or_does_anything(
    alice: User, route: Route, method: str, proof: Proof | None
) -> None:
    now = clock.now()
    proof = proof or Proof(amr=("email",), auth_time=now)
    browser = Browser()
    new = sessions.start_session(alice, proof, kind=Session.Kind.BROWSER, keep=False, now=now)
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    answer = getattr(browser, method)(route.path)
    assert answer.status_code == 303
    assert answer["Location"].startswith("/account/confirm?next=")


def test_s149_acts_in_the_console_ask_and_looking_does_not(alice: User, olivia: User) -> None:
    browser = Browser()
    now = clock.now()
    proof = Proof(amr=("pwd",), auth_time=now - HOUR)
    new = sessions.start_session(olivia, proof, kind=Session.Kind.BROWSER, keep=False, now=now)
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    assert browser.get("/admin/accounts/user/").status_code == 200
    form = {"action": "suspend", "_selected_action": [str(alice.id)]}
    answer = browser.post("/admin/accounts/user/", form)
    assert answer["Location"] == "/account/confirm?next=%2Fadmin%2Faccounts%2Fuser%2F"
    alice.refresh_from_db()
    assert alice.is_active


@pytest.mark.parametrize("route", sensitive_pages(), ids=lambda route: route.path)
def test_s149_with_a_second_factor_a_password_shows_no_page(alice: User, route: Route) -> None:
    """Signed in by the password alone, a moment ago, on a browser that the person trusts."""
    enrol_totp(alice)
    now, browser = clock.now(), Browser()
    proof = Proof(amr=("pwd",), auth_time=now)
    new = sessions.start_session(alice, proof, kind=Session.Kind.BROWSER, keep=False, now=now)
    browser.cookies[settings.SESSION_COOKIE_NAME] = new.secret
    assert browser.get(route.path)["Location"].startswith("/account/confirm?next=")
    assert browser.post("/account/confirm", {"password": PASSWORD, "next": route.path}).status_code == 422
    assert browser.get(route.path)["Location"].startswith("/account/confirm?next=")
    confirmed = browser.post("/account/confirm", {"code": pyotp.TOTP(SEED).now(), "next": route.path})
    assert confirmed["Location"] == route.path


def test_s149_with_a_second_factor_a_password_confirms_nothing_over_rest(olivia: User) -> None:
    token = close_sudo(olivia, api_login(Browser(), olivia)["access_token"])
    enrol_totp(olivia)
    again = "/api/v1/auth/reauthenticate"
    sensitive = f"/api/v1/oauth/clients/{register_client(owner=olivia).client.client_id}"
    for proof in ({"password": PASSWORD}, {"code": "000000"}, {"method": "email"}):
        assert post_json(Browser(), again, proof, **bearer(token)).status_code in (401, 409)
        assert Browser().delete(sensitive, **bearer(token)).status_code == 401
    proof = {"method": "totp", "code": pyotp.TOTP(SEED).now()}
    assert post_json(Browser(), again, proof, **bearer(token)).status_code == 204
    assert Browser().delete(sensitive, **bearer(token)).status_code == 204


def close_sudo(user: User, token: str) -> str:
    Session.objects.filter(user=user).update(sudo_until=clock.now() - HOUR)
    return token


def close_sudo_and_refresh(user: User, token: str) -> str:
    """What comes of a refresh knows no more than what it came from."""
    body = {"refresh_token": api_login(Browser(), user)["refresh_token"]}
    close_sudo(user, token)
    answer = Browser().post("/api/v1/auth/token/refresh", body, content_type="application/json").json()
    return str(answer["access_token"])


SENSITIVE_REST: list[tuple[str, str, Any]] = [
    ("DELETE", "/oauth/clients/{client}", None),
    ("PATCH", "/oauth/clients/{client}", {"token_endpoint_auth_method": "none"}),
    ("POST", "/oauth/clients/{client}/transfer", {"email": "alice@example.com"}),
    ("POST", "/oauth/clients/{client}/secrets", None),
    ("DELETE", "/oauth/clients/{client}/secrets/3f0f3b0e-0000-4000-8000-000000000001", None),
    ("PUT", "/rbac/system-roles/member", {"permissions": []}),
    *(
        ("POST", f"/admin/organizations/{{organization}}/{act}", {"reason": "So"})
        for act in ("suspend", "reopen")
    ),
]


@pytest.mark.parametrize("stale", [close_sudo, close_sudo_and_refresh])
@pytest.mark.parametrize(("method", "path", "body"), SENSITIVE_REST)
def test_s149_rest_asks_as_rfc_9470_says(
    alice: User, olivia: User, method: str, path: str, body: Any, stale: Callable[[User, str], str]
) -> None:
    client, organization = register_client(owner=olivia).client, make_organization(alice)
    token = stale(olivia, api_login(Browser(), olivia)["access_token"])
    address = f"/api/v1{path.format(client=client.client_id, organization=organization.id)}"
    answer = Browser().generic(
        method, address, b"" if body is None else json.dumps(body), "application/json", **bearer(token)
    )
    assert (answer.status_code, answer.json()["reason"]) == (401, "reauthentication_required")
    challenge = answer["WWW-Authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'max_age="900"' in challenge


def test_s149_rest_names_the_level_to_who_has_two_step_sign_in_on(alice: User) -> None:
    enrol_totp(alice)
    client = register_client(owner=alice).client
    token = first_party.issue(hour_old(alice), now=clock.now()).access_token
    answer = Browser().delete(f"/api/v1/oauth/clients/{client.client_id}", **bearer(token))
    assert answer.status_code == 401
    assert 'acr_values="aal2", max_age="900"' in answer["WWW-Authenticate"]


def test_s149_a_change_without_secrets_does_not_ask(alice: User) -> None:
    client = register_client(owner=alice).client
    session = hour_old(alice)
    client_changes.update(session=session, client=client, changes={"client_name": "Herbs"}, now=clock.now())
    changes = {"token_endpoint_auth_method": "none"}
    with pytest.raises(ReauthenticationRequired):
        client_changes.update(session=session, client=client, changes=changes, now=clock.now())
