"""Forgotten passwords under attack (S094, S123-S125, S127).

Cases: S105 S124.
"""

import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.factories import PASSWORD, UserFactory
from accounts.models import PasswordReset, Session, User
from accounts.services import recovery, users
from core import clock
from core.models import Mail
from oauth.services.clients import Registered
from tests.adversarial.conftest import Wire
from tests.adversarial.tools import (
    NEW_PASSWORD,
    api_login,
    code_in,
    me,
    newest_mail,
    post_json,
    refresh,
    session_for,
    sign_in,
    token_in,
    tokens_of,
    userinfo,
)
from tests.support.smtp import link_in


def forgot(email: str) -> Mail:
    answer = post_json(Browser(), "/api/v1/auth/password/forgot", {"email": email})
    assert answer.status_code == 202
    return newest_mail(email, "reset_password")


def reset(password: str = NEW_PASSWORD, **proof: str) -> int:
    body = {"new_password": password, **proof}
    return post_json(Browser(), "/api/v1/auth/password/reset", body).status_code


def test_s094_the_answer_is_the_same_for_everybody(alice: Any, db: None) -> None:
    UserFactory(email="disabled@example.com", status="suspended")
    UserFactory(email="no-password@example.com", password="!")
    UserFactory(email="unproven@example.com", email_verified=False)
    seen = set()
    for name in ("alice", "nobody", "disabled", "no-password", "unproven"):
        email = f"{name}@example.com"
        api = post_json(Browser(), "/api/v1/auth/password/forgot", {"email": email})
        browser = Browser()
        page = browser.post("/password/forgot", {"email": email})
        after = browser.get("/password/reset").content.decode().replace(email, "")
        words = after.partition("<h1")[2].partition("<form")[0]
        form = {"code": "00000000", "new_password": NEW_PASSWORD}
        refused = browser.post("/password/reset", form).status_code
        seen.add((api.status_code, api.content, page.status_code, page["Location"], words, refused))
    assert len(seen) == 1, seen
    kinds = set(Mail.objects.exclude(recipient="alice@example.com").values_list("recipient", "kind"))
    assert not {recipient for recipient, _ in kinds} & {"nobody@example.com", "disabled@example.com"}


def test_s094_a_dead_mail_server_is_not_seen_from_outside(alice: Any, janua_options: Any) -> None:
    janua_options(smtp_host="127.0.0.1", smtp_port=1)
    for email in (alice.email, "nobody@example.com"):
        answer = post_json(Browser(), "/api/v1/auth/password/forgot", {"email": email})
        assert answer.status_code == 202


def test_s094_the_password_rules_tell_nothing_of_the_account(db: None) -> None:
    """Names of an account are known to nobody who has not proven the mailbox."""
    UserFactory(email="known@example.com", given_name="Wilhelmina", family_name="Oppenheimer")
    answers = set()
    for email in ("known@example.com", "nobody@example.com"):
        for password in ("Wilhelmina-Oppenheimer", "oppenheimer wilhelmina 1"):
            body = {"email": email, "code": "00000000", "new_password": password}
            answer = post_json(Browser(), "/api/v1/auth/password/reset", body).json()
            answers.add((password, answer["reason"]))
    assert len(answers) == 2, answers


def test_s105_a_reset_to_ones_own_name_is_refused_and_the_code_lives_on(db: None) -> None:
    user = UserFactory(email="known@example.com", given_name="Wilhelmina", family_name="Oppenheimer")
    code = code_in(forgot(user.email))
    assert reset("Wilhelmina-Oppenheimer", email=user.email, code=code) == 422
    assert reset(email=user.email, code=code) == 204
    token = token_in(forgot(user.email))
    assert reset("Wilhelmina-Oppenheimer", token=token) == 422
    assert reset(PASSWORD, token=token) == 204


HOSTS = ["evil.test", "evil.test:80", "localhost@evil.test", "localhost.evil.test", "localhost evil.test", ""]


@pytest.mark.parametrize("host", HOSTS)
def test_s123_a_foreign_host_is_refused(alice: Any, host: str) -> None:
    answer = Browser().post("/password/forgot", {"email": alice.email}, HTTP_HOST=host)
    assert answer.status_code == 400
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_X_FORWARDED_HOST": "evil.test"}, {"HTTP_FORWARDED": "host=evil.test;proto=http"},
     {"HTTP_X_FORWARDED_PROTO": "http"}, {"HTTP_X_FORWARDED_SERVER": "evil.test"},
     {"HTTP_X_ORIGINAL_URL": "http://evil.test/"}, {"HTTP_X_HOST": "evil.test"},
     {"HTTP_ORIGIN": "http://evil.test"}, {"HTTP_REFERER": "http://evil.test/"}],
)  # fmt: skip
def test_s123_headers_do_not_move_the_links(alice: Any, headers: dict[str, str]) -> None:
    Browser().post("/password/forgot", {"email": alice.email}, **headers)
    mail = newest_mail(alice.email)
    assert f"{settings.JANUA.base_url}/password/reset?token=" in mail.text
    assert "evil.test" not in mail.text + mail.html + mail.subject


def _raw(wire: Wire, request: str) -> str:
    with socket.create_connection(("localhost", wire.janua.port), timeout=20) as connection:
        connection.sendall(request.encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer.decode("latin-1")


@pytest.mark.parametrize("shape", ["absolute-form", "two hosts", "hosts in one", "tab before host", "folded"])
def test_s123_on_the_wire(wire: Wire, shape: str) -> None:
    email = f"wire-{shape.replace(' ', '-')}@example.com"
    wire.janua.create_user(email, PASSWORD)
    body = f'{{"email":"{email}"}}'
    own = f"localhost:{wire.janua.port}"
    target, host = "/api/v1/auth/password/forgot", f"Host: {own}\r\n"
    if shape == "absolute-form":
        target = f"http://evil.test{target}"
    elif shape == "two hosts":
        host += "Host: evil.test\r\n"
    elif shape == "hosts in one":
        host = f"Host: {own},evil.test\r\n"
    elif shape == "tab before host":
        host = f"\tHost: evil.test\r\nHost: {own}\r\n"
    else:
        host = f"Host: {own}\r\n evil.test\r\n"
    request = (
        f"POST {target} HTTP/1.1\r\n{host}Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    status = int(_raw(wire, request).split(" ", 2)[1])
    assert status in (202, 400)
    if status == 202:
        link = link_in(wire.mail.wait_for_mail(to=email))
        assert link.startswith(f"{wire.janua.base_url}/password/reset?token=")
    assert all("evil.test" not in str(mail) for mail in wire.mail.mails(to=email))


def test_s124_a_link_works_once(alice: Any) -> None:
    token = token_in(forgot(alice.email))
    assert reset(token=token) == 204
    assert reset("another-velvet-quarry-3", token=token) == 422
    assert sign_in(Browser(), alice, NEW_PASSWORD).status_code == 303


def test_s124_code_and_link_of_one_mail_are_one_secret(alice: Any) -> None:
    mail = forgot(alice.email)
    assert reset(token=token_in(mail)) == 204
    assert reset("another-velvet-quarry-3", email=alice.email, code=code_in(mail)) == 422


def test_s124_a_new_mail_voids_the_one_before(alice: Any) -> None:
    before = forgot(alice.email)
    forgot(alice.email)
    assert reset(token=token_in(before)) == 422
    assert reset(email=alice.email, code=code_in(before)) == 422


def test_s124_dead_after_a_change_of_password(alice: Any) -> None:
    mail = forgot(alice.email)
    browser = Browser()
    session_for(browser, alice)
    form = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert browser.post("/account/password", form).status_code == 303
    assert reset("another-velvet-quarry-3", token=token_in(mail)) == 422
    assert reset("another-velvet-quarry-3", email=alice.email, code=code_in(mail)) == 422


def test_s124_dead_after_a_change_of_address(alice: Any, bob: Any) -> None:
    mail = forgot(alice.email)
    User.objects.filter(id=alice.id).update(email="moved@example.com")
    assert reset(token=token_in(mail)) == 422
    mail = forgot(bob.email)
    User.objects.filter(id=bob.id).update(email="bob.moved@example.com")
    UserFactory(email="bob@example.com")  # somebody else owns the address now
    assert reset(email="bob@example.com", code=code_in(mail)) == 422


def test_s124_dead_after_an_hour(alice: Any, travel: Callable[..., None]) -> None:
    mail = forgot(alice.email)
    travel(timedelta(minutes=60, seconds=1))
    assert reset(token=token_in(mail)) == 422
    assert reset(email=alice.email, code=code_in(mail)) == 422


def test_s124_of_another_person_or_another_kind(alice: Any, bob: Any) -> None:
    code = code_in(forgot(alice.email))
    forgot(bob.email)
    assert reset(email=bob.email, code=code) == 422
    body = {"email": "new@example.com", "password": PASSWORD}
    post_json(Browser(), "/api/v1/auth/register", body)
    assert reset(token=token_in(newest_mail("new@example.com"))) == 422
    link = token_in(forgot(bob.email))
    answer = post_json(Browser(), "/api/v1/auth/email/verify", {"token": link})
    assert answer.status_code == 422
    for path in ("/api/v1/auth/me", "/oauth/userinfo"):  # a reset token is no session and no access token
        assert Browser().get(path, HTTP_AUTHORIZATION=f"Bearer {link}").status_code == 401
    thief = Browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = link
    assert thief.get("/account").status_code == 302


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "A", str.upper, lambda t: "", lambda t: "jnu_ml_"]
)
def test_s124_truncated_or_changed(alice: Any, spoil: Callable[[str], str]) -> None:
    assert reset(token=spoil(token_in(forgot(alice.email)))) == 422


def test_s124_a_code_is_not_guessed(limits_on: None, alice: Any) -> None:
    mail = forgot(alice.email)
    statuses = [reset(email=alice.email, code=f"{guess:08}") for guess in range(5)]
    assert statuses == [422] * 5
    assert reset(email=alice.email, code=code_in(mail)) == 422, "five guesses were heard"
    mail = forgot(alice.email)
    statuses = [reset(email=alice.email, code=f"{guess:08}") for guess in range(4)]
    assert statuses == [422] * 4
    assert reset(email=alice.email, code=code_in(mail)) == 429, "ten over all codes"
    assert reset(token=token_in(mail)) == 204, "the owner's link is not blocked by the attacker"


def test_s125_no_password_is_set_without_the_mail(alice: Any) -> None:
    browser = Browser()
    form = {"new_password": NEW_PASSWORD}
    assert browser.post("/password/reset", form)["Location"] == "/password/forgot"
    assert browser.post("/password/reset?token=", form)["Location"] == "/password/forgot"
    assert browser.post("/password/reset?token=x", form).status_code == 422
    browser.post("/password/forgot", {"email": alice.email})
    for more in ({}, {"code": ""}, {"code": "null"}, {"code[]": "1"}, {"email": alice.email}, {"token": "x"}):
        assert browser.post("/password/reset", form | more).status_code == 422
    assert reset(email=alice.email) == 422
    assert reset(token="") == 422
    assert sign_in(Browser(), alice, PASSWORD).status_code == 303


def test_s125_a_required_reset_is_no_way_around_the_mail(alice: Any) -> None:
    """The old password, right as it is, neither signs in nor sets a new one; nor does the cookie it gave."""
    recovery.require_reset(actor=None, user=alice, now=clock.now())
    browser = Browser()
    assert sign_in(browser, alice)["Location"] == "/password/reset"
    for proof in ({}, {"code": ""}, {"code": "00000000"}, {"current_password": PASSWORD}):
        form = {"new_password": NEW_PASSWORD, **proof}
        assert browser.post("/password/reset", form).status_code == 422
    assert browser.post("/signup/verify", {"code": "000000"})["Location"] == "/signup"
    assert browser.get("/account").status_code == 302
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    assert sign_in(Browser(), alice, NEW_PASSWORD).status_code == 401


def test_a_required_reset_looks_like_any_account_to_a_guesser(alice: Any, bob: Any) -> None:
    recovery.require_reset(actor=None, user=alice, now=clock.now())
    seen = set()
    for user in (alice, bob):
        answer = post_json(Browser(), "/api/v1/auth/login", {"email": user.email, "password": "wrong"})
        body = {name: value for name, value in answer.json().items() if name != "request_id"}
        seen.add((answer.status_code, str(body), sign_in(Browser(), user, "wrong").status_code))
    assert len(seen) == 1
    assert not Mail.objects.exists()


def test_s125_the_flow_cookie_names_the_only_address(alice: Any, bob: Any) -> None:
    """The code of my own mail resets my own account, whatever the form says."""
    browser = Browser()
    browser.post("/password/forgot", {"email": bob.email})
    code = code_in(newest_mail(bob.email))
    form = {"code": code, "new_password": NEW_PASSWORD, "email": alice.email, "user": str(alice.id)}
    assert browser.post("/password/reset", form).status_code == 200
    assert sign_in(Browser(), alice, PASSWORD).status_code == 303
    assert sign_in(Browser(), bob, NEW_PASSWORD).status_code == 303


def test_s127_everything_else_ends_and_the_owner_is_told(alice: Any, acme: Registered) -> None:
    browser, api = Browser(), api_login(Browser(), alice)
    session_for(browser, alice)
    tokens = tokens_of(browser, acme)
    assert reset(token=token_in(forgot(alice.email))) == 204
    assert browser.get("/account").status_code == 302
    assert me(api["access_token"]) == 401
    again = post_json(Browser(), "/api/v1/auth/token/refresh", {"refresh_token": api["refresh_token"]})
    assert again.status_code == 401
    assert refresh(acme, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert userinfo(tokens["access_token"]) == 401
    assert not Session.objects.filter(user=alice, ended_at=None).exists()
    assert newest_mail(alice.email).kind == "password_changed"


def test_s127_a_reset_gives_no_session(alice: Any) -> None:
    browser = Browser()
    browser.post("/password/forgot", {"email": alice.email})
    form = {"code": code_in(newest_mail(alice.email)), "new_password": NEW_PASSWORD}
    assert browser.post("/password/reset", form).status_code == 200
    assert settings.SESSION_COOKIE_NAME not in browser.cookies


def test_a_suspended_person_gets_no_mail_and_an_old_one_is_dead(alice: Any, bob: Any, olivia: Any) -> None:
    mail = forgot(alice.email)
    for person in (alice, bob):
        users.suspend(actor=olivia, user=person, now=clock.now())
    assert reset(token=token_in(mail)) == 422
    assert reset(email=alice.email, code=code_in(mail)) == 422
    recovery.request_reset(bob.email, now=clock.now())
    assert not Mail.objects.filter(recipient=bob.email).exists()
    assert not PasswordReset.objects.filter(email=bob.email).exists()
    users.reactivate(actor=olivia, user=alice, now=clock.now())
    assert sign_in(Browser(), alice, PASSWORD).status_code == 303


def test_weak_new_password_does_not_burn_the_link(alice: Any) -> None:
    token = token_in(forgot(alice.email))
    assert reset("short", token=token) == 422
    assert reset(token=token) == 204
