"""A factor is set up, renamed and removed: what follows, and what is refused."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp
import pytest

from accounts.models import Session, User
from accounts.tests.browsers import proven
from audit.models import Event
from core import clock
from core.errors import Conflict, NotFound, RateLimited, ReauthenticationRequired, ValidationFailed
from core.models import Mail
from mfa.factories import enrol_totp, proven_twice
from mfa.factors.totp import accept_code
from mfa.models import Factor, Passkey, RecoveryCode
from mfa.services import own_factors, recovery_codes, set_ups, totp
from mfa.services.enrolment import Enrolled


def begin(session: Session, name: str = "Phone", *, now: datetime | None = None) -> Factor:
    return totp.begin(session=session, name=name, now=now or clock.now())


def finish(session: Session, factor: Factor, *, now: datetime | None = None) -> Enrolled:
    now = now or clock.now()
    code = pyotp.TOTP(factor.seed).at(now)
    return set_ups.confirm(session=session, factor_id=factor.id, code=code, now=now)


def mails(kind: str) -> list[Mail]:
    return list(Mail.objects.filter(kind=kind).order_by("created_at"))


def events(action: str) -> list[Event]:
    return list(Event.objects.filter(action=action).order_by("seq"))


def test_the_first_app_turns_two_step_sign_in_on(alice: User) -> None:
    session, now = proven(alice), clock.now()
    factor = begin(session)
    assert not Factor.objects.of(alice).exists()
    assert (events("mfa.set_up_begun")[0].target_id, mails("factor_added")) == (str(alice.id), [])
    enrolled = finish(session, factor)
    alice.refresh_from_db()
    assert alice.mfa_enabled_at is not None
    assert alice.mfa_enabled_at >= now
    assert len(set(enrolled.recovery_codes)) == 10
    assert recovery_codes.count_left(alice) == 10
    assert events("mfa.factor_added")[0].data == {"method": "totp", "factor_id": str(factor.id)}
    [told] = mails("factor_added")
    assert told.recipient == alice.email
    assert "Authenticator app (Phone) was added" in told.text
    assert "Two-step sign-in is on now" in told.text
    assert "/account/security" in told.text


def test_the_code_that_confirms_is_used_up(alice: User) -> None:
    session, now = proven(alice), clock.now()
    factor = begin(session, now=now)
    finish(session, factor, now=now)
    assert not accept_code(Factor.objects.get(id=factor.id), pyotp.TOTP(factor.seed).at(now), now=now)


def test_s238_the_session_is_lifted_under_a_new_secret(alice: User) -> None:
    session, now = proven(alice), clock.now()
    old = Session.objects.get(id=session.id).secret_hash
    enrolled = finish(session, begin(session, now=now), now=now + timedelta(minutes=10))
    lifted = Session.objects.get(id=session.id)
    assert (lifted.amr, lifted.acr) == (["pwd", "otp", "mfa"], "aal2")
    assert lifted.secret_hash != old
    assert enrolled.renewed.session.id == session.id
    assert lifted.sudo_until == now + timedelta(minutes=25)


def test_a_second_app_brings_no_new_codes(alice: User) -> None:
    session = proven(alice)
    finish(session, begin(session))
    codes = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    second = finish(session, begin(session, "Tablet"))
    assert second.recovery_codes == ()
    assert set(RecoveryCode.objects.values_list("code_hash", flat=True)) == codes
    assert "Two-step sign-in is on now" not in mails("factor_added")[1].text


def test_beginning_again_voids_what_waited(alice: User) -> None:
    session = proven(alice)
    first, second = begin(session), begin(session)
    with pytest.raises(NotFound):
        finish(session, first)
    assert finish(session, second).recovery_codes


def test_a_set_up_waits_for_an_hour(alice: User) -> None:
    now = clock.now()
    session = proven(alice)
    factor = begin(session, now=now)
    Session.objects.filter(id=session.id).update(idle_until=now + timedelta(days=1))
    session.sudo_until = now + timedelta(days=1)
    with pytest.raises(NotFound):
        finish(session, factor, now=now + timedelta(hours=1))


def test_five_apps_are_the_most(alice: User) -> None:
    session = proven(alice)
    for _ in range(5):
        finish(session, begin(session))
    with pytest.raises(Conflict) as refused:
        begin(session)
    assert refused.value.reason == "too_many_factors"
    assert Factor.objects.filter(user=alice).count() == 5


@pytest.mark.parametrize("wrong", ["000000", "12345", "1234567", "", "x" * 64, "-12345", "1e5000"])
def test_a_wrong_code_confirms_nothing(alice: User, wrong: str) -> None:
    session = proven(alice)
    factor = begin(session)
    if pyotp.TOTP(factor.seed).verify(wrong, valid_window=2):
        factor = begin(session)
    with pytest.raises(ValidationFailed) as refused:
        set_ups.confirm(session=session, factor_id=factor.id, code=wrong, now=clock.now())
    assert refused.value.reason == "invalid_code"
    assert [event.result for event in events("mfa.set_up_refused")] == ["failure"]
    assert (Factor.objects.of(alice).count(), recovery_codes.count_left(alice)) == (0, 0)


def test_wrong_codes_are_counted_over_all_set_ups(alice: User, janua_options: Any) -> None:
    janua_options(rate_limits="on")
    session = proven(alice)
    for _ in range(10):
        with pytest.raises(ValidationFailed):
            set_ups.confirm(session=session, factor_id=begin(session).id, code="x", now=clock.now())
    with pytest.raises(RateLimited):
        finish(session, begin(session))


def test_nobody_finishes_or_touches_what_is_not_theirs(alice: User, bob: User) -> None:
    waiting, session = begin(proven(alice)), proven(bob)
    with pytest.raises(NotFound):
        finish(session, waiting)
    for factor_id in (enrol_totp(alice).id, waiting.id, uuid4()):
        _refuses(session, factor_id)
    with pytest.raises(NotFound):  # nor is one renamed or removed that waits
        own_factors.remove(session=proven_twice(alice).session, factor_id=waiting.id, now=clock.now())


def _refuses(session: Session, factor_id: UUID) -> None:
    with pytest.raises(NotFound):
        own_factors.rename(session=session, factor_id=factor_id, name="Mine", now=clock.now())
    with pytest.raises(NotFound):
        own_factors.remove(session=session, factor_id=factor_id, now=clock.now())


def test_who_was_locked_out_meanwhile_leaves_no_factor(alice: User) -> None:
    session = proven(alice)
    factor = begin(session)
    Session.objects.filter(id=session.id).update(ended_at=clock.now())
    with pytest.raises(ReauthenticationRequired):
        finish(session, factor)
    with pytest.raises(ReauthenticationRequired):
        begin(session)
    assert not Factor.objects.of(alice).exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  My\nphone\u202e ", "My phone"), ("\x00", ""), ("\ud800x", "x"), ("手机 ü", "手机 ü")],
)
def test_a_name_is_one_line(alice: User, typed: str, kept: str) -> None:
    factor = enrol_totp(alice)
    session = proven_twice(alice).session
    own_factors.rename(session=session, factor_id=factor.id, name=typed, now=clock.now())
    factor.refresh_from_db()
    assert factor.name == kept
    assert events("mfa.factor_renamed")[0].data["factor_id"] == str(factor.id)


def test_removing_one_of_two_leaves_it_on(alice: User) -> None:
    session = proven(alice)
    first, second = begin(session), None
    finish(session, first)
    second = begin(session, "Tablet")
    finish(session, second)
    assert own_factors.remove(session=session, factor_id=first.id, now=clock.now()).has_mfa
    assert recovery_codes.count_left(alice) == 10
    assert events("mfa.factor_removed")[0].data["is_off"] is False
    assert "two-step sign-in is off" not in mails("factor_removed")[0].text


def test_removing_the_last_turns_it_off_and_voids_the_codes(alice: User) -> None:
    session = proven(alice)
    factor = begin(session)
    finish(session, factor)
    assert not own_factors.remove(session=session, factor_id=factor.id, now=clock.now()).has_mfa
    alice.refresh_from_db()
    assert (alice.mfa_enabled_at, RecoveryCode.objects.count()) == (None, 0)
    assert events("mfa.factor_removed")[0].data["is_off"] is True
    [told] = mails("factor_removed")
    assert "two-step sign-in is off now" in told.text


def test_disabling_removes_everything_but_passkeys(alice: User) -> None:
    session = proven(alice)
    finish(session, begin(session))
    begin(session)
    for kind in Passkey.Kind:
        Passkey.objects.create(
            user=alice, kind=kind, credential_id=kind, public_key="x", aaguid=uuid4(), created_at=clock.now()
        )
    own_factors.disable(session=session, now=clock.now())
    alice.refresh_from_db()
    assert not alice.has_mfa
    assert not Factor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert [key.kind for key in Passkey.objects.all()] == ["passkey"]
    assert events("mfa.disabled")[0].data == {"methods": ["passkey", "totp"]}
    assert len(mails("two_step_disabled")) == 1
    with pytest.raises(Conflict) as refused:
        own_factors.disable(session=session, now=clock.now())
    assert refused.value.reason == "mfa_not_enabled"


def test_statements(alice: User, django_assert_num_queries: Any) -> None:
    session = proven(alice)
    with django_assert_num_queries(9):
        begin(session)
    factor = Factor.objects.get()
    with django_assert_num_queries(21):
        finish(session, factor)
    with django_assert_num_queries(19):
        own_factors.remove(session=session, factor_id=factor.id, now=clock.now())
