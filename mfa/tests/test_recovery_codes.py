"""Recovery codes: made, used, told about."""

from datetime import timedelta

import pytest

from accounts.models import User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import Conflict
from core.models import Mail
from mfa import codes
from mfa.factories import enrol_totp, proven_twice
from mfa.factors import Answer
from mfa.methods import Method
from mfa.models import RecoveryCode
from mfa.pages.recovery_codes import SHEET_LIFETIME, _open, _seal
from mfa.services import factors, recovery_codes


def make(user: User) -> tuple[str, ...]:
    return recovery_codes.make_new(
        session=proven_twice(user).session if user.has_mfa else proven(user), now=clock.now()
    )


def answered(user: User, typed: str) -> bool:
    given = Answer(method=Method.RECOVERY_CODE, code=codes.canonical(typed))
    return factors.verify(user, given, holder="attempt:x", now=clock.now()) is not None


def test_ten_codes_of_fifty_bits_in_two_groups(alice: User) -> None:
    enrol_totp(alice)
    made = make(alice)
    assert len(set(made)) == 10
    assert all(len(code) == 11 and code[5] == "-" for code in made)
    letters = set("".join(made)) - {"-"}
    assert letters <= set(recovery_codes.ALPHABET)
    assert len(recovery_codes.ALPHABET) ** recovery_codes.LENGTH == 2**50
    assert not letters & set("ILOU")


def test_only_hashes_are_kept_of_the_person(alice: User, bob: User) -> None:
    enrol_totp(alice)
    enrol_totp(bob)
    code = make(alice)[0].replace("-", "")
    row = RecoveryCode.objects.get(code_hash=RecoveryCode.hash_of(alice.id, code))
    assert row.user == alice
    assert not answered(bob, code)
    assert answered(alice, code)


def test_a_new_set_voids_the_old_one(alice: User) -> None:
    enrol_totp(alice)
    old, new = make(alice), make(alice)
    assert not set(old) & set(new)
    assert not any(answered(alice, code) for code in old)
    assert answered(alice, new[0])
    assert recovery_codes.count_left(alice) == 9
    assert Event.objects.filter(action="mfa.recovery_codes_made").count() == 2
    assert Mail.objects.filter(kind="recovery_codes_made", recipient=alice.email).count() == 2


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:3]} {code[3:]} "]
)
def test_it_is_read_as_people_write_it(alice: User, typed: object) -> None:
    enrol_totp(alice)
    assert answered(alice, typed(make(alice)[0]))  # type: ignore[operator]


def test_letters_that_look_like_digits_are_digits(alice: User) -> None:
    enrol_totp(alice)
    RecoveryCode.objects.create(
        user=alice, code_hash=RecoveryCode.hash_of(alice.id, "0110111100"), created_at=clock.now()
    )
    assert answered(alice, "oIl0I-Lli0O")


def test_the_owner_is_told_of_each_use(alice: User) -> None:
    enrol_totp(alice)
    made = make(alice)
    for left, code in ((9, made[0]), (8, made[1])):
        assert answered(alice, code)
        mail = Mail.objects.filter(kind="recovery_code_used").latest("created_at")
        assert mail.recipient == alice.email
        assert f"{left} are left" in mail.subject
        assert "/account/security/recovery-codes" in mail.text
    assert not answered(alice, made[0])
    assert Mail.objects.filter(kind="recovery_code_used").count() == 2


def test_without_a_factor_there_are_none(alice: User) -> None:
    with pytest.raises(Conflict) as refused:
        make(alice)
    assert refused.value.reason == "mfa_not_enabled"


def test_a_sheet_is_sealed_for_its_session_and_a_quarter_of_an_hour(alice: User) -> None:
    now, session = clock.now(), proven(alice)
    sealed = _seal(session, ["A-B"], now=now)
    assert "A-B" not in sealed
    assert _open(sealed, session, now=now + SHEET_LIFETIME - timedelta(seconds=2)) == ["A-B"]
    assert _open(sealed, session, now=now + SHEET_LIFETIME) is None
    assert _open(sealed, proven(alice), now=now) is None
    assert _open("nonsense", session, now=now) is None
