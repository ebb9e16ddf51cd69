"""The operators' console and the first operator under attack (S200, S201, S203, S246)."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.urls import get_resolver

from accounts.factories import PASSWORD, UserFactory
from accounts.models import PasswordReset, Session, User
from accounts.services import bootstrap
from audit.models import Event
from core import clock
from core.errors import Conflict, ValidationFailed
from oauth.services.clients import Registered
from tests.adversarial.tools import NEW_PASSWORD, api_login, bearer, post_json, session_for, tokens_of

PAGES = [
    "/admin/", "/admin/accounts/user/", "/admin/accounts/session/", "/admin/audit/event/", "/admin/core/mail/",
    "/admin/oauth/client/", "/admin/tokens/signingkey/", "/admin/jsi18n/", "/admin/password_change/", "/admin/autocomplete/",
    "/admin/logout/", "/admin/login/", "/admin/nothing/", "/admin/accounts/user/add/", "/admin", "/admin/accounts/",
]  # fmt: skip


def entered(user: User | None) -> set[int]:
    browser = Browser()
    if user:
        session_for(browser, user)
    return {browser.get(path).status_code for path in PAGES}


@pytest.mark.parametrize(
    "email",
    ["x@janua.dev.evil.test", "x@evil.test?@janua.dev.evil.test", '"x@janua.dev"@evil.test', "x@janua.dev@evil.test", "x@JANUA.DEV.",
     "x@janua.dev\n", "x@ｊanua.dev", "x@janua.dev ", "x@sub.janua.dev", "x@ajanua.dev", "x@janua.dev.", "janua.dev", "@janua.dev@x",
     "x@janua.dev\u200b", "x@xn--jnua-0ta.dev", "x@madfam.io.evil.test", "x@JANUA.DEV"],
)  # fmt: skip
def test_s200_only_the_exact_domain_enters(db: None, email: str) -> None:
    user = UserFactory(email=email, role="superadmin")
    assert entered(user) == {403}


def test_s200_an_unproven_address_does_not_enter(db: None) -> None:
    assert entered(UserFactory(email="x@janua.dev", role="superadmin", email_verified=False)) == {403}


def test_s200_such_addresses_cannot_even_sign_up_as_an_operators(db: None) -> None:
    from accounts import emails

    for text in ("x@evil.test?@janua.dev", '"x@janua.dev"@evil.test', "x@evil.test@janua.dev", "x@JANUA.DEV.", "x@janua.dev\n",
                 "x@ｊanua.dev", "x@janua.dev\u0000", "x@janua。dev@evil.test", "<x@janua.dev>", "x@janua.dev,y@evil.test"):  # fmt: skip
        found = emails.find_canonical(text)
        assert found is None, (text, found)


def test_s201_domain_without_role_and_role_without_domain(db: None) -> None:
    assert entered(UserFactory(email="x@janua.dev")) == {403}
    assert entered(UserFactory(email="x@example.com", role="superadmin")) == {403}
    assert entered(None) == {403}


def test_s201_the_role_is_read_from_the_database_at_each_request(olivia: Any) -> None:
    browser = Browser()
    session_for(browser, olivia)
    assert browser.get("/admin/").status_code == 200
    for change in ({"role": ""}, {"role": "admin", "status": "suspended"}):
        User.objects.filter(id=olivia.id).update(**change)
        assert browser.get("/admin/").status_code in (302, 403)
    User.objects.filter(id=olivia.id).update(
        role="superadmin", status="active", email="olivia@elsewhere.test"
    )
    assert browser.get("/admin/").status_code == 403


def test_s201_no_token_opens_the_console(olivia: Any, acme: Registered) -> None:
    browser = Browser()
    session_for(browser, olivia)
    for token in (tokens_of(browser, acme)["access_token"], api_login(Browser(), olivia)["access_token"]):
        assert Browser().get("/admin/", **bearer(token)).status_code == 403


def test_s201_every_admin_route_asks_for_an_operator(alice: Any) -> None:
    """From the URL map: a page that Django or an app adds tomorrow is behind the gate too."""
    browser, nobody = Browser(), Browser()
    session_for(browser, alice)
    admin = next(part for part in get_resolver().url_patterns if str(part.pattern) == "admin/")
    names = [pattern.pattern for pattern in admin.url_patterns]
    assert len(names) > 10
    for pattern in names:
        path = "/admin/" + str(pattern).replace("<path:object_id>", "1").replace(
            "<int:content_type_id>/<path:object_id>", "1/1"
        )
        for visitor in (browser, nobody):
            assert visitor.get(path.replace("(?P<url>.*)$", "x").replace("^", "")).status_code == 403, path


def test_a_denied_person_leaves_a_trace(alice: Any) -> None:
    browser = Browser()
    session_for(browser, alice)
    browser.get("/admin/accounts/user/")
    event = Event.objects.get(action="console.denied")
    assert (event.actor_id, event.result) == (alice.id, "denied")


@pytest.mark.parametrize(
    "action", ["suspend", "sign_out_everywhere", "require_password_reset", "reactivate", "delete_selected"]
)
def test_admin_actions_cannot_be_forged_across_sites(alice: Any, olivia: Any, action: str) -> None:
    browser = Browser(enforce_csrf_checks=True)
    session_for(browser, olivia)
    form = {"action": action, "_selected_action": [str(alice.id)]}
    for headers in ({}, {"HTTP_ORIGIN": "https://evil.test"}, {"HTTP_ORIGIN": "null"}):
        assert browser.post("/admin/accounts/user/", form, **headers).status_code == 403
    alice.refresh_from_db()
    assert alice.status == "active"


def test_a_lesser_operator_does_not_touch_a_greater_one(olivia: Any) -> None:
    lesser = UserFactory(email="lesser@janua.dev", role="admin")
    theirs, mine = Browser(), Browser()
    session_for(theirs, olivia)
    session_for(mine, lesser)
    for action in ("suspend", "sign_out_everywhere"):
        form = {"action": action, "_selected_action": [str(olivia.id), str(lesser.id)]}
        assert mine.post("/admin/accounts/user/", form).status_code == 302
    assert theirs.get("/account").status_code == 200
    assert mine.get("/account").status_code == 200
    assert set(User.objects.values_list("status", flat=True)) == {"active"}


def test_the_console_changes_no_row_by_its_own_forms(alice: Any, olivia: Any) -> None:
    browser = Browser()
    session_for(browser, olivia)
    form = {"role": "superadmin", "email": "alice@janua.dev", "password": "x", "status": "active"}
    for path in (
        f"/admin/accounts/user/{alice.id}/change/",
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{alice.id}/delete/",
    ):
        assert browser.post(path, form).status_code == 403, path
    form = {"action": "delete_selected", "_selected_action": [str(alice.id)], "post": "yes"}
    browser.post("/admin/accounts/user/", form)
    alice.refresh_from_db()
    assert (alice.email, alice.role) == ("alice@example.com", "")


def test_the_console_shows_no_secret(alice: Any, olivia: Any, acme: Registered) -> None:
    browser = Browser()
    session_for(browser, olivia)
    browser_of_alice = Browser()
    session = session_for(browser_of_alice, alice)
    text = ""
    for path in (
        f"accounts/user/{alice.id}",
        f"accounts/session/{session.id}",
        f"oauth/client/{acme.client.id}",
    ):
        page = browser.get(f"/admin/{path}/change/")
        assert page.status_code == 200, path
        text += page.content.decode()
    alice.refresh_from_db()
    stored = Session.objects.get(id=session.id)
    for secret in (
        alice.password,
        "argon2",
        stored.secret_hash,
        acme.secret,
        acme.client.secrets.get().secret_hash,
    ):
        assert secret not in text


@pytest.mark.parametrize(
    "query",
    ["password__startswith=argon2", "password__regex=.*", "secrets__secret_hash__startswith=a", "user__password__startswith=a",
     "secret_hash__startswith=a", "sessions__secret_hash__startswith=a", "private_pem__contains=x", "e=1&password__isnull=0"],
)  # fmt: skip
@pytest.mark.parametrize(
    "path",
    [
        "accounts/user",
        "accounts/session",
        "oauth/client",
        "tokens/signingkey",
        "tokens/tokenfamily",
        "core/mail",
    ],
)
def test_s246_no_filter_reads_hidden_columns(alice: Any, olivia: Any, path: str, query: str) -> None:
    """A list that can be filtered by a hash tells the hash, letter by letter."""
    browser = Browser()
    session_for(browser, olivia)
    answer = browser.get(f"/admin/{path}/?{query}")
    assert answer.status_code in (302, 400)
    if answer.status_code == 302:
        assert "e=1" in answer["Location"]


def test_s203_bootstrap_runs_once(db: None) -> None:
    now = clock.now()
    first = bootstrap.ensure_first_operator(email="admin@madfam.io", password=NEW_PASSWORD, now=now)
    assert first is not None
    for email, password in (
        ("admin@madfam.io", PASSWORD),
        ("second@janua.dev", PASSWORD),
        ("admin@madfam.io", ""),
    ):
        assert bootstrap.ensure_first_operator(email=email, password=password, now=now) is None
    assert User.objects.filter(role="superadmin").count() == 1
    assert Browser().post("/login", {"email": "admin@madfam.io", "password": PASSWORD}).status_code == 401
    assert Browser().post("/login", {"email": "admin@madfam.io", "password": NEW_PASSWORD}).status_code == 303


@pytest.mark.parametrize("is_verified", [True, False])
def test_s203_bootstrap_takes_no_account_over(db: None, is_verified: bool) -> None:
    user = UserFactory(email="admin@madfam.io", email_verified=is_verified)
    for password in (NEW_PASSWORD, ""):
        with pytest.raises(Conflict):
            bootstrap.ensure_first_operator(email="Admin@MADFAM.io", password=password, now=clock.now())
    user.refresh_from_db()
    assert user.role == ""
    assert not PasswordReset.objects.exists()


def test_s203_bootstrap_does_nothing_where_any_operator_is(db: None, olivia: Any) -> None:
    assert (
        bootstrap.ensure_first_operator(email="admin@madfam.io", password=NEW_PASSWORD, now=clock.now())
        is None
    )
    assert not User.objects.filter(email="admin@madfam.io").exists()


@pytest.mark.parametrize(
    "password", ["admin", "admin-admin-admin-1", "passwordpassword", "madfam-madfam-1", "x" * 1025]
)
def test_s203_a_weak_bootstrap_password_is_refused(db: None, password: str) -> None:
    with pytest.raises(ValidationFailed):
        bootstrap.ensure_first_operator(email="admin@madfam.io", password=password, now=clock.now())
    assert not User.objects.exists()


def test_s203_the_set_up_link_works_once_and_the_newest_only(db: None) -> None:
    now = clock.now()
    links = [bootstrap.ensure_first_operator(email="admin@madfam.io", password="", now=now) for _ in range(2)]
    old, new = (link.set_up_link.removeprefix(settings.JANUA.base_url) for link in links if link)
    assert Browser().post(old, {"new_password": NEW_PASSWORD}).status_code == 422
    assert Browser().post(new, {"new_password": NEW_PASSWORD}).status_code == 200
    assert Browser().post(new, {"new_password": PASSWORD}).status_code == 422
    assert bootstrap.ensure_first_operator(email="admin@madfam.io", password="", now=now) is None


@pytest.mark.parametrize("demanded", ["operators", "everyone"])
def test_s203_the_first_operator_sets_up_a_second_factor_first(
    db: None, janua_options: Any, demanded: str
) -> None:
    """Where one is demanded, the days of grace are for people who were there before."""
    janua_options(mfa_required_for=demanded)
    bootstrap.ensure_first_operator(email="admin@madfam.io", password=NEW_PASSWORD, now=clock.now())
    operator = {"email": "admin@madfam.io", "password": NEW_PASSWORD}
    assert post_json(Browser(), "/api/v1/auth/login", operator).json()["reason"] == "mfa_enrolment_required"
    browser = Browser()
    assert browser.post("/login", operator).status_code == 303
    for path in ("/admin/", "/account", "/account/clients"):
        assert browser.get(path)["Location"].startswith("/account/security?next="), path


def test_s203_a_sign_up_that_waited_does_not_become_the_operator(db: None) -> None:
    from tests.adversarial.tools import newest_mail, post_json, token_in

    post_json(Browser(), "/api/v1/auth/register", {"email": "admin@madfam.io", "password": PASSWORD})
    token = token_in(newest_mail("admin@madfam.io"))
    bootstrap.ensure_first_operator(email="admin@madfam.io", password=NEW_PASSWORD, now=clock.now())
    assert post_json(Browser(), "/api/v1/auth/email/verify", {"token": token}).status_code == 422
    assert Browser().post("/login", {"email": "admin@madfam.io", "password": PASSWORD}).status_code == 401
