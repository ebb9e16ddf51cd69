"""Whoever proves the mailbox gets the account, and nothing that was put into it before (pre-hijacking)."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts import passwords
from accounts.factories import PASSWORD, UserFactory
from accounts.models import FormerPassword, Session, User
from accounts.services import avatars, sessions, sign_up, verification
from accounts.services.sign_up import Applicant
from accounts.tests.mails import last_letter
from core.errors import ValidationFailed
from core.tests.pictures import picture

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DORA = "dora@example.com"
pytestmark = pytest.mark.django_db


@pytest.fixture
def planted() -> Any:
    """An account under Dora's address, made by somebody who never saw her mailbox."""
    return UserFactory(
        email=DORA,
        email_verified=False,
        raw_password="stranger-keeps-this-77",
        given_name="Mallory",
        middle_name="M",
        nickname="mal",
        phone_number="+4930123456",
        phone_number_verified=True,
        role="admin",
        timezone="Europe/Berlin",
        address={"country": "DE"},
        metadata={"plan": "gold"},
        website="https://mallory.example",
        profile_url="https://mallory.example/me",
        gender="m",
        birthdate="1990",
        preferences={"theme": "dark"},
    )


def claim() -> User:
    sign_up.request_sign_up(Applicant(email=DORA, password=PASSWORD, given_name="Dora"), now=NOW)
    return verification.verify_by_code(DORA, last_letter(DORA).code, now=NOW)


def test_the_account_is_taken_over_with_the_new_password(planted: User) -> None:
    user = claim()
    assert user.id == planted.id
    assert user.email_verified
    assert passwords.is_correct(PASSWORD, user.password)
    assert not passwords.is_correct("stranger-keeps-this-77", user.password)


def test_nothing_of_what_was_set_before_stays(planted: User) -> None:
    address = avatars.put(user=planted, picture=picture(), now=NOW).picture
    user = claim()
    user.refresh_from_db()
    assert (user.website, user.profile_url, user.gender, user.birthdate) == ("", "", "", "")
    assert (user.picture, user.preferences) == ("", {})
    assert Client().get(urlsplit(address).path).status_code == 404
    assert (user.given_name, user.middle_name, user.family_name, user.nickname) == ("Dora", "", "", "")
    assert (user.phone_number, user.phone_number_verified, user.timezone) == ("", False, "")
    assert (user.address, user.metadata, user.role) == ({}, {}, "")


def test_sessions_from_before_end(planted: User) -> None:
    proof = sessions.Proof(amr=("pwd",), auth_time=NOW)
    new = sessions.start_session(planted, proof, kind=Session.Kind.BROWSER, keep=False, now=NOW)
    claim()
    assert sessions.find_by_secret(new.secret, now=NOW) is None


def test_a_proven_account_is_never_taken_over() -> None:
    sign_up.request_sign_up(Applicant(email=DORA, password="stranger-keeps-this-77"), now=NOW)
    letter = last_letter(DORA)
    owner = UserFactory(email=DORA)
    with pytest.raises(ValidationFailed):
        verification.verify_by_link(letter.token, now=NOW)
    owner.refresh_from_db()
    assert passwords.is_correct(PASSWORD, owner.password)


def test_what_was_wrong_with_the_strangers_passwords_is_not_hers(planted: User) -> None:
    User.objects.filter(id=planted.id).update(password_reset_required=True)
    FormerPassword.objects.create(user=planted, password=planted.password, replaced_at=NOW)
    assert not claim().password_reset_required
    assert not FormerPassword.objects.exists()
