"""Sign-up and mailbox proof under attack: enumeration, pre-hijacking, guessing, confused flows (S093, S119-S121).

Cases: S120.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, SignUp, User
from accounts.services import users, verification
from core import clock
from core.models import Mail
from tests.adversarial.tools import (
    NEW_PASSWORD,
    api_login,
    bearer,
    code_in,
    newest_mail,
    post_json,
    session_for,
    sign_in,
    token_in,
)

VICTIM = "victim@example.com"
THEIRS = "attacker-owns-velvet-17"


def ask(browser: Browser, email: str = VICTIM, password: str = PASSWORD) -> Any:
    return browser.post("/signup", {"email": email, "password": password})


def register(email: str = VICTIM, password: str = PASSWORD) -> dict[str, Any]:
    answer = post_json(Browser(), "/api/v1/auth/register", {"email": email, "password": password})
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def verify(email: str = VICTIM, **proof: Any) -> Any:
    proof = proof if "token" in proof else {"email": email, **proof}
    return post_json(Browser(), "/api/v1/auth/email/verify", proof)


def may_sign_in(email: str, password: str) -> bool:
    answer = Browser().post("/login", {"email": email, "password": password})
    return answer.status_code == 303 and answer["Location"] != "/signup/verify"


def test_s093_pages_tell_nobody_who_has_an_account(alice: Any) -> None:
    seen = []
    for email in (alice.email, VICTIM):
        browser = Browser()
        answer = ask(browser, email)
        page = browser.get(answer["Location"])
        words = page.content.decode().replace(email, "").partition("<main")[2].partition("<form")[0]
        seen.append((answer.status_code, answer["Location"], sorted(answer.cookies), page.status_code, words))
        refused = browser.post("/signup/verify", {"code": "000000"})
        seen[-1] += (refused.status_code,)
    assert seen[0] == seen[1]
    assert newest_mail(alice.email).kind == "already_registered"
    assert newest_mail(VICTIM).kind == "verify_email"
    assert not Mail.objects.filter(recipient=alice.email, kind="verify_email").exists()


def test_s093_api_tells_nobody_who_has_an_account(alice: Any) -> None:
    known, unknown = register(alice.email), register(VICTIM)
    for body in (known, unknown):
        assert body["user"].keys() == unknown["user"].keys()
        assert body["user"]["email_verified"] is False
        assert body["verification"].keys() == {"id", "expires_in"}
    assert known["user"]["id"] != str(alice.id)
    answers = []
    for body, email in ((known, alice.email), (unknown, VICTIM)):
        refused = verify(email, code="000000", verification_id=body["verification"]["id"]).json()
        again = post_json(Browser(), "/api/v1/auth/email/resend", {"email": email})
        refused.pop("request_id")
        answers.append((refused, again.status_code, again.json()))
    assert answers[0] == answers[1]


def test_s093_signing_up_over_an_account_changes_nothing_of_it(alice: Any) -> None:
    browser = Browser()
    ask(browser, alice.email, THEIRS)
    assert may_sign_in(alice.email, PASSWORD)
    assert not may_sign_in(alice.email, THEIRS)
    for upper in ("ALICE@example.com", "Alice@Example.Com"):
        ask(Browser(), upper, THEIRS)
    assert User.objects.filter(email__iexact=alice.email).count() == 1


def test_prehijack_the_code_belongs_to_one_sign_up_only(db: None) -> None:
    """The attacker signs up first and last; the victim's own code makes the victim's account."""
    ask(Browser(), password=THEIRS)
    browser = Browser()
    ask(browser)
    code = code_in(newest_mail(VICTIM))
    attacker = Browser()
    ask(attacker, password=THEIRS)
    assert browser.post("/signup/verify", {"code": code}).status_code == 303
    assert may_sign_in(VICTIM, PASSWORD)
    assert not may_sign_in(VICTIM, THEIRS)
    assert not SignUp.objects.live(clock.now()).filter(email=VICTIM).exists()


def test_prehijack_the_attackers_code_does_not_fit_the_victims_page(db: None) -> None:
    victim, attacker = Browser(), Browser()
    ask(victim)
    ask(attacker, password=THEIRS)
    theirs = code_in(newest_mail(VICTIM))
    assert victim.post("/signup/verify", {"code": theirs}).status_code == 422
    assert not User.objects.filter(email=VICTIM).exists()


def test_prehijack_over_rest_a_bare_code_does_not_choose_between_two(db: None) -> None:
    mine = register()
    code = code_in(newest_mail(VICTIM))
    theirs = register(password=THEIRS)
    assert verify(code=code).status_code == 409
    assert verify(code=code, verification_id=theirs["verification"]["id"]).status_code == 422
    assert verify(code=code, verification_id=mine["verification"]["id"]).status_code == 200
    assert may_sign_in(VICTIM, PASSWORD)
    assert not may_sign_in(VICTIM, THEIRS)


def test_prehijack_of_an_account_that_an_operator_made(db: None) -> None:
    """It has a password and no proof yet. A stranger's sign-up must not slip in when the owner proves it."""
    user = UserFactory(email=VICTIM, email_verified=False)
    register(password=THEIRS)
    owner = Browser()
    assert sign_in(owner, user)["Location"] == "/signup/verify"
    code = code_in(newest_mail(VICTIM))
    assert owner.post("/signup/verify", {"code": code}).status_code == 303
    assert may_sign_in(VICTIM, PASSWORD)
    assert not may_sign_in(VICTIM, THEIRS)


def test_prehijack_of_an_operators_account_over_rest(db: None) -> None:
    UserFactory(email=VICTIM, email_verified=False)
    register(password=THEIRS)
    assert post_json(Browser(), "/api/v1/auth/email/resend", {"email": VICTIM}).status_code == 202
    assert verify(code=code_in(newest_mail(VICTIM))).status_code == 200
    assert may_sign_in(VICTIM, PASSWORD)
    assert not may_sign_in(VICTIM, THEIRS)


def test_prehijack_a_role_given_to_an_unproven_address_is_not_inherited(db: None) -> None:
    UserFactory(email="boss@janua.dev", email_verified=False, role="superadmin")
    body = register("boss@janua.dev", THEIRS)
    code = code_in(newest_mail("boss@janua.dev"))
    answer = verify("boss@janua.dev", code=code, verification_id=body["verification"]["id"])
    assert answer.status_code == 200
    assert answer.json()["user"]["role"] == ""


def test_resending_for_a_foreign_sign_up_id_sends_the_victim_nothing_of_the_attackers(db: None) -> None:
    theirs = register("attacker@example.com", THEIRS)
    register()
    count = Mail.objects.filter(recipient=VICTIM).count()
    body = {"email": VICTIM, "verification_id": theirs["verification"]["id"]}
    assert post_json(Browser(), "/api/v1/auth/email/resend", body).status_code == 202
    code = code_in(newest_mail("attacker@example.com"))
    assert verify(code=code, verification_id=theirs["verification"]["id"]).status_code == 422
    assert Mail.objects.filter(recipient=VICTIM).count() == count


def test_a_suspended_persons_address_is_not_proven_and_opens_nothing(db: None, olivia: Any) -> None:
    user = UserFactory(email=VICTIM, email_verified=False)
    verification.send_verification(user, now=clock.now())
    mail = newest_mail(VICTIM)
    users.suspend(actor=olivia, user=user, now=clock.now())
    verify(token=token_in(mail))
    assert not may_sign_in(VICTIM, PASSWORD)
    count = Mail.objects.count()
    post_json(Browser(), "/api/v1/auth/email/resend", {"email": VICTIM})
    assert Mail.objects.count() == count


def test_a_suspended_persons_fresh_sign_up_does_not_lift_the_suspension(db: None, olivia: Any) -> None:
    user = UserFactory(email=VICTIM, email_verified=False)
    users.suspend(actor=olivia, user=user, now=clock.now())
    body = register(password=THEIRS)
    verify(code=code_in(newest_mail(VICTIM)), verification_id=body["verification"]["id"])
    assert not may_sign_in(VICTIM, THEIRS)
    user.refresh_from_db()
    assert user.status == User.Status.SUSPENDED


def test_guessing_a_code_ends_after_five_and_after_ten_over_all_codes(db: None, limits_on: None) -> None:
    browser = Browser()
    ask(browser)
    code = code_in(newest_mail(VICTIM))
    for guess in range(5):
        assert browser.post("/signup/verify", {"code": f"{guess:06}"}).status_code == 422
    assert browser.post("/signup/verify", {"code": code}).status_code == 422, "five guesses were heard"
    assert browser.post("/signup/verify", {"resend": "1"}).status_code == 200
    code = code_in(newest_mail(VICTIM))
    for guess in range(4):
        assert browser.post("/signup/verify", {"code": f"{guess:06}"}).status_code == 422
    assert browser.post("/signup/verify", {"resend": "1"}).status_code == 200
    code = code_in(newest_mail(VICTIM))
    assert browser.post("/signup/verify", {"code": code}).status_code == 429, "a new code, no new guesses"
    assert not User.objects.filter(email=VICTIM).exists()


def test_a_resent_code_voids_the_one_before(db: None) -> None:
    browser = Browser()
    ask(browser)
    before = newest_mail(VICTIM)
    browser.post("/signup/verify", {"resend": "1"})
    assert verify(token=token_in(before)).status_code == 422
    assert browser.post("/signup/verify", {"code": code_in(newest_mail(VICTIM))}).status_code == 303


@pytest.mark.parametrize("code", ["", "0", "００００００", "1e5", "null", "123456789012345678", "' OR 1=1"])
def test_odd_codes_are_refused(db: None, code: str) -> None:
    browser = Browser()
    ask(browser)
    assert browser.post("/signup/verify", {"code": code}).status_code == 422
    assert verify(code=code).status_code == 422


def test_s121_a_verify_link_works_once(db: None) -> None:
    register()
    token = token_in(newest_mail(VICTIM))
    assert verify(token=token).status_code == 200
    assert verify(token=token).status_code == 422


def test_s121_a_verify_link_is_dead_after_its_hour(db: None, travel: Callable[..., None]) -> None:
    body = register()
    mail = newest_mail(VICTIM)
    travel(timedelta(minutes=60, seconds=1))
    assert verify(token=token_in(mail)).status_code == 422
    assert verify(code=code_in(mail), verification_id=body["verification"]["id"]).status_code == 422


def test_s119_s121_a_verify_link_proves_only_the_address_it_was_sent_to(db: None) -> None:
    user = UserFactory(email=VICTIM, email_verified=False)
    verification.send_verification(user, now=clock.now())
    mail = newest_mail(VICTIM)
    User.objects.filter(id=user.id).update(email="new@example.com")
    assert verify(token=token_in(mail)).status_code == 422
    assert verify(code=code_in(mail)).status_code == 422
    user.refresh_from_db()
    assert not user.email_verified


def test_s121_a_verify_link_is_refused_to_another_signed_in_person(alice: Any) -> None:
    user = UserFactory(email=VICTIM, email_verified=False)
    verification.send_verification(user, now=clock.now())
    path = f"/verify-email?token={token_in(newest_mail(VICTIM))}"
    browser = Browser()
    session_for(browser, alice)
    assert browser.post(path, {"next": ""}).status_code == 422
    user.refresh_from_db()
    assert not user.email_verified
    assert Browser().post(path, {"next": ""}).status_code == 200
    user.refresh_from_db()
    assert user.email_verified


def test_looking_at_a_link_does_not_use_it(db: None) -> None:
    """Mail scanners fetch every link."""
    register()
    token = token_in(newest_mail(VICTIM))
    for method in ("get", "head", "options"):
        getattr(Browser(), method)(f"/verify-email?token={token}")
    assert not User.objects.filter(email=VICTIM).exists()
    page = Browser().get(f"/verify-email?token={token}")
    assert "no-referrer" in page["Referrer-Policy"] or page["Referrer-Policy"] == "strict-origin"
    assert Browser().post(f"/verify-email?token={token}", {"next": ""}).status_code == 200
    assert User.objects.filter(email=VICTIM).exists()


def test_a_link_gives_no_session_to_whoever_clicks_it(db: None) -> None:
    register()
    browser = Browser()
    browser.post(f"/verify-email?token={token_in(newest_mail(VICTIM))}", {"next": ""})
    assert User.objects.filter(email=VICTIM, email_verified=True).exists()
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
    assert not Session.objects.exists()


def test_flow_of_a_reset_opens_no_sign_up_page_and_gives_no_session(alice: Any) -> None:
    """A forgot-password cookie says nothing of a password: no code may sign this browser in."""
    user = UserFactory(email=VICTIM, email_verified=False)
    verification.send_verification(user, now=clock.now())
    code = code_in(newest_mail(VICTIM, "verify_email"))
    browser = Browser()
    browser.post("/password/forgot", {"email": VICTIM})
    answer = browser.post("/signup/verify", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/signup")
    assert not browser.cookies.get(settings.SESSION_COOKIE_NAME)


def test_flow_of_a_sign_up_resets_no_password(alice: Any) -> None:
    browser = Browser()
    ask(browser, alice.email, THEIRS)
    for code in ("000000", "00000000", ""):
        answer = browser.post("/password/reset", {"code": code, "new_password": NEW_PASSWORD})
        assert answer.status_code == 422
    assert may_sign_in(alice.email, PASSWORD)


@pytest.mark.parametrize("value", ["", "x", "eyJlbWFpbCI6ImEifQ:1tXXXX:forged", "a:b:c" * 50, ":::"])
def test_a_forged_flow_cookie_is_no_flow(db: None, value: str) -> None:
    browser = Browser()
    browser.cookies[settings.FLOW_COOKIE_NAME] = value
    assert browser.get("/signup/verify").status_code == 302
    assert browser.get("/password/reset").status_code == 302


def test_a_cookie_of_another_kind_is_no_flow(alice: Any) -> None:
    """Both are signed by the same key; only the salt tells them apart."""
    browser = Browser()
    sign_in(browser, alice)
    other = browser.cookies[settings.DEVICE_COOKIE_NAME].value
    thief = Browser()
    thief.cookies[settings.FLOW_COOKIE_NAME] = other
    assert thief.get("/signup/verify").status_code == 302


def test_s120_nobody_verifies_or_moves_an_address_by_patching(alice: Any) -> None:
    token = api_login(Browser(), alice)["access_token"]
    for patch in (
        {"email": "new@example.com"}, {"email_verified": False}, {"phone_number_verified": True},
        {"phone_number": "+4915123456789"}, {"phone_verified": True}, {"given_name": "A", "email": "new@example.com"}, {"Email": "new@example.com"},
    ):  # fmt: skip
        answer = Browser().patch("/api/v1/users/me", patch, content_type="application/json", **bearer(token))
        assert answer.status_code in (400, 422), answer.content
    alice.refresh_from_db()
    assert (alice.email, alice.email_verified, alice.given_name) == ("alice@example.com", True, "Alice")


def test_s120_the_profile_page_takes_no_more_than_its_fields(alice: Any) -> None:
    browser = Browser()
    session_for(browser, alice)
    form = {"given_name": "Al", "email": "new@example.com", "phone_number": "+4915123456789", "role": "superadmin", "email_verified": "1",
            "status": "suspended", "is_staff": "1", "id": str(uuid4())}  # fmt: skip
    assert browser.post("/account/profile", form).status_code == 303
    alice.refresh_from_db()
    assert (alice.email, alice.role, alice.status, alice.given_name, alice.phone_number) == (
        "alice@example.com", "", "active", "Al", "",
    )  # fmt: skip
