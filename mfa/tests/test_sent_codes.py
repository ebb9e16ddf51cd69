"""Codes by SMS and mail are set up: proven first, replaced, refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Session, User
from accounts.services import sessions
from accounts.tests.address_cast import NOW, bearer_of, code_sent_to, post, session_of, stale_session_of
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from core.errors import Conflict, NotFound, RateLimited, ReauthenticationRequired, ValidationFailed
from core.models import Sms
from mfa.factories import enrol_sms
from mfa.methods import Method
from mfa.models import Factor
from mfa.services import factors, sent_codes, set_ups

NUMBER, OTHER = "+4915123456789", "+4915123456780"
HOME = "/account/security"


def set_up_sms(user: User, number: str = NUMBER) -> Factor:
    session = session_of(user)
    factor = sent_codes.begin_sms(session=session, phone_number=number, now=NOW)
    set_ups.confirm(session=session, factor_id=factor.id, code=code_sent_to(number), now=NOW)
    return factor


def test_a_number_counts_once_its_code_came_back(alice: User) -> None:
    session = session_of(alice)
    factor = sent_codes.begin_sms(session=session, phone_number="+49 1512 3456789", now=NOW)
    assert factors.methods_of(alice, now=NOW) == ()
    done = set_ups.confirm(session=session, factor_id=factor.id, code=code_sent_to(NUMBER), now=NOW)
    assert len(done.recovery_codes) == 10
    assert factors.methods_of(alice, now=NOW) == (Method.SMS, Method.RECOVERY_CODE)
    lifted = Session.objects.get(id=session.id)
    assert (lifted.amr, lifted.acr) == (["pwd", "sms", "mfa"], "aal2")
    assert "•••• 89" in last_letter(alice.email).text
    sent = Event.objects.get(action="mfa.code_sent")
    assert sent.data["purpose"] == "set_up"
    assert sent.personal.data["phone_number"] == NUMBER


def test_the_mailbox_counts_once_its_code_came_back(alice: User) -> None:
    session = session_of(alice)
    factor = sent_codes.begin_email(session=session, now=NOW)
    code = last_letter(alice.email).code
    with pytest.raises(ValidationFailed):
        set_ups.confirm(session=session, factor_id=factor.id, code=wrong(code), now=NOW)
    set_ups.confirm(session=session, factor_id=factor.id, code=code, now=NOW)
    assert factors.methods_of(alice, now=NOW)[0] == Method.EMAIL
    with pytest.raises(Conflict):
        sent_codes.begin_email(session=session_of(alice), now=NOW)


def test_a_new_number_takes_the_place_of_the_old_one_when_it_is_proven(alice: User) -> None:
    first = set_up_sms(alice)
    alice.refresh_from_db()
    sent_codes.begin_sms(session=session_of(alice), phone_number=OTHER, now=NOW)
    assert [each.id for each in Factor.objects.of(alice)] == [first.id]
    second = set_up_sms(alice, OTHER)
    assert [each.id for each in Factor.objects.of(alice)] == [second.id]
    with pytest.raises(Conflict):
        sent_codes.begin_sms(session=session_of(alice), phone_number=OTHER, now=NOW)


def test_a_code_of_the_set_up_is_for_its_session_and_nothing_else(alice: User) -> None:
    enrol_sms(alice, OTHER)
    first, second = session_of(alice), session_of(alice)
    factor = sent_codes.begin_sms(session=first, phone_number=NUMBER, now=NOW)
    code = code_sent_to(NUMBER)
    with pytest.raises(ValidationFailed):
        set_ups.confirm(session=second, factor_id=factor.id, code=code, now=NOW)
    answer = factors.Answer(method=Method.SMS, code=code)
    assert factors.verify(alice, answer, holder=f"session:{first.id}", now=NOW) is None
    set_ups.confirm(session=first, factor_id=factor.id, code=code, now=NOW)


def test_a_code_expires_and_another_persons_set_up_is_not_found(alice: User, charlie: User) -> None:
    session = session_of(alice)
    factor = sent_codes.begin_sms(session=session, phone_number=NUMBER, now=NOW)
    code, late = code_sent_to(NUMBER), NOW + timedelta(minutes=10)
    with pytest.raises(NotFound):
        set_ups.confirm(session=session_of(charlie), factor_id=factor.id, code=code, now=NOW)
    with pytest.raises(ValidationFailed):
        set_ups.confirm(session=session, factor_id=factor.id, code=code, now=late)


def test_it_asks_for_a_fresh_proof_and_a_gateway(alice: User, janua_options: Any) -> None:
    stale: dict[str, Any] = {"session": stale_session_of(alice), "now": NOW}
    for begin in (
        lambda: sent_codes.begin_sms(phone_number=NUMBER, **stale),
        lambda: sent_codes.begin_email(**stale),
    ):
        with pytest.raises(ReauthenticationRequired):
            begin()
    janua_options(base_url="https://id.example.com")
    with pytest.raises(Conflict):
        sent_codes.begin_sms(session=session_of(alice), phone_number=NUMBER, now=NOW)
    assert not Sms.objects.exists()


@pytest.mark.parametrize(
    "number", ["", "0151 23456789", "+49", "+1 900 555 0100", "+4915123456789;x", "x" * 32]
)
def test_what_is_no_number_of_a_person_is_refused(alice: User, number: str) -> None:
    with pytest.raises(ValidationFailed):
        sent_codes.begin_sms(session=session_of(alice), phone_number=number, now=NOW)
    assert not Factor.objects.exists()


def test_whose_only_way_in_is_the_mailbox_needs_another_first(alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    proof = sessions.Proof(amr=("otp",), auth_time=NOW)
    session = sessions.start_session(alice, proof, kind=Session.Kind.API, keep=False, now=NOW).session
    session.sudo_until = NOW + timedelta(minutes=5)
    with pytest.raises(Conflict) as caught:
        sent_codes.begin_email(session=session, now=NOW)
    assert caught.value.reason == "password_required"


def test_too_soon_nothing_is_sent_and_what_waits_still_works(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    session = session_of(alice)
    factor = sent_codes.begin_sms(session=session, phone_number=NUMBER, now=NOW)
    with pytest.raises(RateLimited):
        sent_codes.begin_again(factor, session=session, now=NOW + timedelta(seconds=29))
    set_ups.confirm(session=session, factor_id=factor.id, code=code_sent_to(NUMBER), now=NOW)


class TestPages:
    def test_by_sms(self, alice: User) -> None:
        browser = signed_in(alice)
        assert browser.get(f"{HOME}/sms").status_code == 200
        assert browser.post(f"{HOME}/sms", {"phone_number": "1"}).status_code == 422
        page = browser.post(f"{HOME}/sms", {"phone_number": NUMBER})["Location"]
        assert "•••• 89" in browser.get(page).content.decode()
        again = browser.post(page, {"resend": "1"})["Location"]
        assert browser.get(page)["Location"] == HOME
        assert browser.post(again, {"code": "12"}).status_code == 422
        done = browser.post(again, {"code": f" {code_sent_to(NUMBER)} "})
        assert done.status_code == 200
        assert "recovery" in done.content.decode()
        assert "•••• 89" in browser.get(HOME).content.decode()

    def test_by_mail(self, alice: User) -> None:
        browser = signed_in(alice)
        assert alice.email in browser.get(f"{HOME}/email").content.decode()
        assert not letters_to(alice.email)
        page = browser.post(f"{HOME}/email")["Location"]
        assert browser.post(page, {"code": last_letter(alice.email).code}).status_code == 200
        assert browser.post(f"{HOME}/email").status_code == 422

    def test_of_other_people_are_not_found(self, alice: User, charlie: User) -> None:
        factor = sent_codes.begin_sms(session=session_of(alice), phone_number=NUMBER, now=NOW)
        page = signed_in(charlie).get(f"{HOME}/sent/{factor.id}")
        assert (page.status_code, page["Location"]) == (303, HOME)
        assert Client().get(f"{HOME}/sent/{factor.id}")["Location"].startswith("/login")


def test_over_rest(alice: User) -> None:
    headers = bearer_of(alice)
    made = post(headers, "/auth/mfa/setup", {"method": "sms", "phone_number": NUMBER})
    assert made.status_code == 201
    assert made.json()["destination"] == "•••• 89"
    code = code_sent_to(NUMBER)
    path = f"/auth/mfa/setup/{made.json()['id']}/confirm"
    assert post(headers, path, {"code": wrong(code)}).status_code == 422
    assert len(post(headers, path, {"code": code}).json()["recovery_codes"]) == 10
    made = post(headers, "/auth/mfa/setup", {"method": "email"})
    assert (made.status_code, made.json()["destination"]) == (201, "a•••@e•••")
    for body in (
        {"method": "sms"},
        {"method": "sms", "phone_number": None},
        {"method": "email", "email": "x@y.z"},
    ):
        assert post(headers, "/auth/mfa/setup", body).status_code == 422
