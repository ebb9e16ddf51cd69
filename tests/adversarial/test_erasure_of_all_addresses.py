"""The erasure finds what names a person by another address or number than the present one (S272)."""

from datetime import timedelta

import pytest

from accounts.models import EmailAddition, SignUp, User
from accounts.services import deletion, email_additions, phone_numbers, primary_email, sign_up
from accounts.tests.mails import last_letter
from accounts.tests.test_exports import session_of
from audit.models import PersonalData
from audit.tests.trail import audit_verify
from core import clock
from core.models import Mail, Sms
from tests.adversarial.test_erasure import ask, every_value

pytestmark = pytest.mark.django_db

NUMBER, OTHER_NUMBER = "+4915123456789", "+4915123456780"


def add_address(user: User, email: str, *, becomes_primary: bool = False) -> EmailAddition:
    session = session_of(user)
    row = email_additions.request(
        session=session, email=email, becomes_primary=becomes_primary, now=clock.now()
    )
    email_additions.prove_by_code(
        session=session, addition_id=row.id, code=last_letter(email).code, now=clock.now()
    )
    user.refresh_from_db()
    return row


def somebody_signs_up_with(email: str) -> None:
    applicant = sign_up.Applicant(email=email, password="quarry-lantern-hazel-27")
    sign_up.request_sign_up(applicant, now=clock.now())


def erase(user: User) -> None:
    ask(user)
    assert deletion.erase_due(now=clock.now() + timedelta(days=15)) == 1


def test_s272_nothing_names_a_further_address(alice: User) -> None:
    add_address(alice, "alice@second.example")
    somebody_signs_up_with("alice@second.example")
    erase(alice)
    assert not SignUp.objects.filter(email="alice@second.example").exists()
    assert not Mail.objects.filter(recipient="alice@second.example").exists()
    assert "alice@second.example" not in every_value()
    assert audit_verify()[0] == 0


def test_s272_nothing_names_an_address_that_the_account_had_before(alice: User) -> None:
    add_address(alice, "alice@second.example", becomes_primary=True)
    somebody_signs_up_with("alice@example.com")
    erase(alice)
    assert not Mail.objects.filter(recipient="alice@example.com").exists()
    assert "alice@example.com" not in every_value()


def test_what_names_an_address_that_is_somebody_elses_by_now_stays(alice: User, bob: User) -> None:
    add_address(alice, "shared@second.example")
    session = session_of(alice)
    primary_email.remove(session=session, email_id=alice.further_addresses.get().id, now=clock.now())
    add_address(bob, "shared@second.example")
    erase(alice)
    assert Mail.objects.filter(recipient="shared@second.example", kind="add_email").exists()
    assert PersonalData.objects.filter(event__actor_id=bob.id, data__email="shared@second.example").exists()


def test_an_address_that_was_never_proven_is_not_taken_for_the_persons(alice: User) -> None:
    email_additions.request(session=session_of(alice), email="victim@second.example", now=clock.now())
    somebody_signs_up_with("victim@second.example")
    erase(alice)
    assert SignUp.objects.filter(email="victim@second.example").exists()


def test_s272_nothing_names_a_number_that_was_tried(alice: User) -> None:
    for number in (NUMBER, OTHER_NUMBER):
        phone_numbers.send_code(session=session_of(alice), phone_number=number, now=clock.now())
    erase(alice)
    assert not Sms.objects.exists()
    left = every_value()
    assert NUMBER not in left
    assert OTHER_NUMBER not in left


def test_sms_to_a_number_that_somebody_else_has_stay(alice: User, bob: User) -> None:
    phone_numbers.send_code(session=session_of(alice), phone_number=NUMBER, now=clock.now())
    User.objects.filter(id=bob.id).update(phone_number=NUMBER, phone_number_verified=True)
    erase(alice)
    assert Sms.objects.filter(recipient=NUMBER).exists()
