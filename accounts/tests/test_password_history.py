"""PASSWORD_HISTORY: the last passwords of a person may not come again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts import passwords
from accounts.factories import PASSWORD
from accounts.models import FormerPassword, Session, User
from accounts.services import recovery, sessions
from accounts.tests.mails import last_letter
from core.errors import ValidationFailed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEXT = ["copper-lantern-meadow-31", "quarry-lantern-hazel-27", "harbour-cobalt-thistle-58"]


@pytest.fixture
def change(alice: User) -> Any:
    """Change alice's password; each call is an hour later."""
    proof = sessions.Proof(amr=("pwd",), auth_time=NOW)
    session = sessions.start_session(alice, proof, kind=Session.Kind.API, keep=False, now=NOW).session
    hours = iter(range(100))

    def act(old: str, new: str) -> None:
        recovery.change_password(
            user=User.objects.get(id=alice.id),
            session=session,
            current_password=old,
            new_password=new,
            now=NOW + timedelta(hours=next(hours)),
        )

    return act


def test_without_it_nothing_is_kept_and_everything_may_come_again(alice: User, change: Any) -> None:
    change(PASSWORD, NEXT[0])
    change(NEXT[0], PASSWORD)
    change(PASSWORD, PASSWORD)
    assert not FormerPassword.objects.exists()


def test_the_present_one_is_the_last_of_them(alice: User, change: Any, janua_options: Any) -> None:
    janua_options(password_history=1)
    with pytest.raises(ValidationFailed) as caught:
        change(PASSWORD, PASSWORD)
    assert caught.value.reason == "password_used_before"
    assert caught.value.details.keys() == {"new_password"}
    change(PASSWORD, NEXT[0])
    assert not FormerPassword.objects.exists()
    change(NEXT[0], PASSWORD)


def test_the_last_three_may_not_come_again_and_the_fourth_may(
    alice: User, change: Any, janua_options: Any
) -> None:
    janua_options(password_history=3)
    change(PASSWORD, NEXT[0])
    change(NEXT[0], NEXT[1])
    for used in (PASSWORD, NEXT[0], NEXT[1]):
        with pytest.raises(ValidationFailed):
            change(NEXT[1], used)
    change(NEXT[1], NEXT[2])
    assert FormerPassword.objects.filter(user=alice).count() == 2
    change(NEXT[2], PASSWORD)
    assert passwords.is_correct(PASSWORD, User.objects.get(id=alice.id).password)


def test_each_costs_one_hash(
    alice: User, change: Any, janua_options: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    janua_options(password_history=3)
    change(PASSWORD, NEXT[0])
    change(NEXT[0], NEXT[1])
    checked: list[str] = []
    real = passwords.is_correct
    monkeypatch.setattr(
        passwords, "is_correct", lambda given, encoded: (checked.append(given), real(given, encoded))[1]
    )
    change(NEXT[1], NEXT[2])
    assert checked == [NEXT[1], *[NEXT[2]] * 3]


@pytest.mark.parametrize("by", ["code", "link"])
def test_a_reset_keeps_to_it_and_its_mail_lives_on(alice: User, janua_options: Any, by: str) -> None:
    janua_options(password_history=2)
    recovery.request_reset(alice.email, now=NOW)
    letter = last_letter(alice.email)

    def reset(password: str) -> None:
        if by == "code":
            recovery.reset_by_code(alice.email, letter.code, password, now=NOW)
        else:
            recovery.reset_by_link(letter.token, password, now=NOW)

    with pytest.raises(ValidationFailed) as caught:
        reset(PASSWORD)
    assert caught.value.reason == "password_used_before"
    reset(NEXT[0])


def test_who_has_not_proven_the_mailbox_learns_nothing_of_former_passwords(
    alice: User, janua_options: Any
) -> None:
    janua_options(password_history=2)
    recovery.request_reset(alice.email, now=NOW)
    for password in (PASSWORD, NEXT[0]):
        with pytest.raises(ValidationFailed) as caught:
            recovery.reset_by_code(alice.email, "00000000", password, now=NOW)
        assert caught.value.reason == "invalid_code"


def test_what_was_kept_goes_when_the_option_goes(alice: User, change: Any, janua_options: Any) -> None:
    janua_options(password_history=3)
    change(PASSWORD, NEXT[0])
    assert FormerPassword.objects.count() == 1
    janua_options(password_history=0)
    change(NEXT[0], NEXT[1])
    assert not FormerPassword.objects.exists()
