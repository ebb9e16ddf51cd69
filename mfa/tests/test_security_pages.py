"""/account/security and what hangs on it, in a browser."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pyotp
from django.conf import settings
from django.test import Client

from accounts.models import Session, User
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter
from core import clock
from mfa.factories import enrol_totp, give_recovery_codes, proven_twice
from mfa.models import Factor

HOME = "/account/security"


def begun(browser: Client, name: str = "Phone") -> tuple[str, Factor]:
    answer = browser.post(f"{HOME}/app", {"name": name, "begin": "1"})
    assert answer.status_code == 303, answer.content
    return answer["Location"], Factor.objects.get(confirmed=False)


def confirmed(browser: Client) -> Any:
    path, factor = begun(browser)
    return browser.post(path, {"code": pyotp.TOTP(factor.seed).now()})


def codes_in(page: Any) -> list[str]:
    return re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", page.content.decode())


def sheet_in(page: Any) -> str:
    found = re.search(r'name="sheet" value="([^"]+)"', page.content.decode())
    assert found
    return found.group(1)


def test_it_is_set_up_step_by_step(alice: User) -> None:
    browser = signed_in(alice)
    assert "Two-step sign-in is off" in browser.get(HOME).content.decode()
    path, factor = begun(browser)
    page = browser.get(path).content.decode()
    assert "<svg " in page
    assert " ".join(re.findall("....", factor.seed)) in page
    old = browser.cookies[settings.SESSION_COOKIE_NAME].value
    sheet = browser.post(path, {"code": " ".join(pyotp.TOTP(factor.seed).now())})
    assert sheet.status_code == 200
    assert len(codes_in(sheet)) == 10
    assert "no-store" in sheet["Cache-Control"]
    home = browser.get(HOME).content.decode()
    assert "Two-step sign-in is on" in home
    assert "10 codes left" in home
    assert not re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", home)
    new = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert new != old
    browser.cookies[settings.SESSION_COOKIE_NAME] = old  # S238
    assert browser.get(HOME)["Location"].startswith("/login")


def test_opening_the_pages_makes_nothing(alice: User) -> None:
    browser = signed_in(alice)
    for path in (HOME, f"{HOME}/app", f"{HOME}/recovery-codes"):
        assert browser.get(path).status_code == 200
    assert not Factor.objects.exists()


def test_a_wrong_code_stays_on_the_page(alice: User) -> None:
    browser = signed_in(alice)
    path, _factor = begun(browser)
    for typed in ("000", ""):
        answer = browser.post(path, {"code": typed})
        assert answer.status_code == 422
        assert "Error:" in answer.content.decode()
    assert not Factor.objects.of(alice).exists()


def test_another_persons_set_up_and_an_old_one_lead_back(alice: User, bob: User) -> None:
    theirs, _factor = begun(signed_in(bob))
    browser = signed_in(alice)
    for path in (theirs, f"{HOME}/app/{uuid4()}", f"{HOME}/factors/{enrol_totp(bob).id}"):
        for answer in (browser.get(path), browser.post(path, {"code": "1", "remove": "1"})):
            assert (answer.status_code, answer["Location"]) == (303, HOME)
    assert Factor.objects.of(bob).exists()


def test_the_codes_are_downloaded_once_made_by_this_session_alone(alice: User) -> None:
    browser = signed_in(alice)
    page = confirmed(browser)
    sheet = sheet_in(page)
    answer = browser.post(f"{HOME}/recovery-codes", {"sheet": sheet})
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    lines = answer.content.decode().splitlines()
    assert [line for line in lines if line in codes_in(page)] == codes_in(page)
    assert f"Janua recovery codes of {alice.email}" in lines
    another = Client()
    another.cookies[settings.SESSION_COOKIE_NAME] = proven_twice(alice).secret
    for other, given in ((another, sheet), (browser, "nonsense")):
        refused = other.post(f"{HOME}/recovery-codes", {"sheet": given})
        assert (refused.status_code, refused["Location"]) == (303, f"{HOME}/recovery-codes")


def test_new_codes_on_demand(alice: User) -> None:
    browser = signed_in(alice)
    first = codes_in(confirmed(browser))
    second = codes_in(browser.post(f"{HOME}/recovery-codes", {"make": "1"}))
    assert len(second) == 10
    assert not set(first) & set(second)


def test_few_codes_are_warned_of(alice: User) -> None:
    enrol_totp(alice)
    give_recovery_codes(alice, "AAAAA11111", "BBBBB22222")
    assert signed_in(alice).get(HOME).context["status"].has_few_codes
    give_recovery_codes(alice, "CCCCC33333")
    assert not signed_in(alice).get(HOME).context["status"].has_few_codes


def test_renamed_and_removed(alice: User) -> None:
    factor, browser = enrol_totp(alice), Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = proven_twice(alice).secret
    path = f"{HOME}/factors/{factor.id}"
    assert "your only way" in browser.get(path).content.decode()
    assert browser.post(path, {"name": "Old phone", "rename": "1"}).status_code == 303
    assert "Old phone" in browser.get(HOME).content.decode()
    assert browser.post(path, {"name": "x" * 65, "rename": "1"}).status_code == 422
    assert browser.post(path, {"remove": "1"})["Location"] == HOME
    assert "Two-step sign-in is off." in browser.get(HOME).content.decode()


def test_the_sixth_app_is_refused_on_the_form(alice: User) -> None:
    for _ in range(5):
        enrol_totp(alice)
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = proven_twice(alice).secret
    answer = browser.post(f"{HOME}/app", {"name": "", "begin": "1"})
    assert answer.status_code == 422
    assert "Remove one first" in answer.content.decode()


def test_an_old_proof_leads_to_a_fresh_one(alice: User) -> None:
    browser = signed_in(alice)
    Session.objects.update(sudo_until=clock.now() - timedelta(seconds=1))
    for path in ("app", f"app/{uuid4()}", f"factors/{uuid4()}", "recovery-codes"):
        for answer in (browser.get(f"{HOME}/{path}"), browser.post(f"{HOME}/{path}", {"make": "1"})):
            assert answer["Location"].startswith("/account/confirm")
    assert browser.get(HOME).status_code == 200


def test_the_page_takes_six_statements(alice: User, django_assert_num_queries: Any) -> None:
    enrol_totp(alice)
    browser = signed_in(alice)
    with django_assert_num_queries(6):
        browser.get(HOME)


def test_who_was_sent_here_goes_on_where_they_were_going(alice: User) -> None:
    """By an application that asks for two steps, or by the operator's rule."""
    browser, onward = signed_in(alice), f"/oauth/authorize/{uuid4()}"
    query = f"?next={quote(onward, safe='')}"
    for path in ("app", "sms", "email"):
        assert f'href="{HOME}/{path}{query}"' in browser.get(HOME + query).text
    step = browser.post(f"{HOME}/app{query}", {"name": "Phone"})["Location"]
    assert step.endswith(query)
    factor = Factor.objects.get(confirmed=False)
    sheet = browser.post(step, {"code": pyotp.TOTP(factor.seed).now()})
    assert f'href="{onward}"' in sheet.text
    step = browser.post(f"{HOME}/email{query}")["Location"]
    assert browser.post(step, {"code": last_letter(alice.email).code})["Location"] == onward


def test_only_our_own_pages_are_gone_on_to(alice: User) -> None:
    page = signed_in(alice).get(f"{HOME}?next=https://evil.example/")
    assert "evil" not in page.text
