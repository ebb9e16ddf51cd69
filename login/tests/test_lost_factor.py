"""Every second factor is lost: a mailed code, days of waiting and a good first proof let the owner in again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Device, EmailAddress, Session, User
from accounts.services import ways_in
from accounts.tests.mails import last_letter, letters_to, wrong
from audit.models import Event
from core import clock
from core.errors import AuthenticationFailed, RateLimited, ValidationFailed
from core.models import Sms
from core.tests.parallel import in_parallel
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.services import lost_factor
from login.services.password import PasswordProof, with_password
from login.tests.api import call, problem_of
from login.tests.test_second_factor import NOW, answer, code_at, knock
from mfa.factories import enrol_totp, give_recovery_codes
from mfa.models import Factor, FactorReset, FactorResetCode, RecoveryCode
from mfa.tasks import purge_factors

pytestmark = pytest.mark.django_db
DUE = NOW + timedelta(days=3)


def begin(user: User, *, now: datetime = NOW) -> FactorReset:
    due = knock(user, now=now)
    lost_factor.send_code(due.secret, now=now)
    return lost_factor.begin(due.secret, last_letter(user.email).code, now=now)


def sign_in(user: User, *, now: datetime, kind: Session.Kind = Session.Kind.BROWSER) -> Outcome:
    return with_password(PasswordProof(email=user.email, password=PASSWORD, kind=kind), now=now)


@pytest.fixture
def locked_out(alice: User) -> User:
    enrol_totp(alice)
    give_recovery_codes(alice, "AAAAA11111")
    return alice


def test_before_the_days_are_over_nothing_changes(locked_out: User) -> None:
    reset = begin(locked_out)
    assert (reset.due_at, reset.expires_at) == (DUE, DUE + timedelta(days=7))
    assert isinstance(sign_in(locked_out, now=DUE - timedelta(seconds=1)), ChallengeRequired)
    assert Factor.objects.count() == 1


def test_the_sign_in_that_is_due_removes_the_factors_and_asks_for_none(locked_out: User) -> None:
    other = answer(knock(locked_out), code_at(NOW))
    assert isinstance(other, SignedIn)
    later = NOW + timedelta(minutes=1)
    begin(locked_out, now=later)
    outcome = sign_in(locked_out, now=later + timedelta(days=3))
    assert isinstance(outcome, SignedIn)
    assert (outcome.new.session.amr, outcome.new.session.acr) == (["pwd"], "aal1")
    locked_out.refresh_from_db()
    assert not locked_out.has_mfa
    assert not Factor.objects.exists()
    assert not RecoveryCode.objects.exists()
    other.new.session.refresh_from_db()
    assert other.new.session.ended_at, "every other session is over"
    assert FactorReset.objects.get().outcome == "applied"
    assert "factors_removed" in [letter.kind for letter in letters_to(locked_out.email)]
    assert Event.objects.get(action="mfa.reset_applied").data["methods"] == ["totp"]


def test_no_browser_stays_trusted(locked_out: User, alice: User) -> None:
    begin(locked_out)
    seen = {"first_seen_at": NOW, "last_seen_at": NOW}
    device = Device.objects.create(
        user=alice, browser_hash="x", trusted_until=DUE + timedelta(days=9), **seen
    )
    assert isinstance(sign_in(alice, now=DUE), SignedIn)
    device.refresh_from_db()
    assert device.trusted_until is None


def test_it_is_good_once_and_for_a_week(locked_out: User) -> None:
    begin(locked_out)
    assert isinstance(sign_in(locked_out, now=DUE + timedelta(days=7)), ChallengeRequired)
    later = DUE + timedelta(days=8)
    begin(locked_out, now=later)
    assert isinstance(sign_in(locked_out, now=later + timedelta(days=3)), SignedIn)
    assert sorted(FactorReset.objects.values_list("outcome", flat=True)) == ["applied", "expired"]
    enrol_totp(User.objects.get())
    assert isinstance(sign_in(locked_out, now=later + timedelta(days=3, hours=1)), ChallengeRequired)


def test_a_wrong_first_proof_does_nothing(locked_out: User) -> None:
    begin(locked_out)
    proof = PasswordProof(email=locked_out.email, password="wrong", kind=Session.Kind.BROWSER)
    assert with_password(proof, now=DUE) == Refused(Reason.INVALID_CREDENTIALS)
    User.objects.update(status="suspended")
    assert sign_in(locked_out, now=DUE) == Refused(Reason.ACCOUNT_SUSPENDED)
    assert Factor.objects.count() == 1


def test_the_days_are_the_operators_choice(locked_out: User, janua_options: Callable[..., None]) -> None:
    janua_options(factor_reset_days=30)
    assert begin(locked_out).due_at == NOW + timedelta(days=30)


def test_every_channel_hears_of_it_with_a_link_that_stops_it(locked_out: User) -> None:
    EmailAddress.objects.create(user=locked_out, email="second@example.com", created_at=NOW)
    User.objects.update(phone_number="+4915123456789", phone_number_verified=True)
    reset = begin(locked_out)
    for address in (locked_out.email, "second@example.com"):
        letter = last_letter(address)
        assert (letter.kind, letter.token) == ("factor_reset", reset.link_token)
    [text] = Sms.objects.all()
    assert f"/login/recover/cancel?token={reset.link_token}" in text.text
    path = f"/login/recover/cancel?token={reset.link_token}"
    FactorReset.objects.update(expires_at=clock.now() + timedelta(days=1))
    shown = Client().get(path)
    assert (shown.status_code, shown["Referrer-Policy"]) == (200, "strict-origin")
    assert not FactorReset.objects.get().ended_at, "opening it does nothing"
    assert b"stay" in Client().post(path).content
    assert FactorReset.objects.get().outcome == "cancelled"
    assert [Client().get(path).status_code, Client().post(path).status_code] == [404, 422]
    assert Event.objects.get(action="mfa.reset_cancelled").data["by"] == "link"
    assert isinstance(sign_in(locked_out, now=DUE), ChallengeRequired)


def test_no_sms_where_nothing_sends_them(locked_out: User, janua_options: Callable[..., None]) -> None:
    User.objects.update(phone_number="+4915123456789", phone_number_verified=True)
    janua_options(sms_gateway="console", base_url="https://id.example.com")
    begin(locked_out)
    assert not Sms.objects.exists()


@pytest.mark.parametrize("link", ["", "x", "jnu_fr_" + "x" * 43])
def test_a_link_that_is_none_of_ours(link: str, db: None) -> None:
    assert Client().post(f"/login/recover/cancel?token={link}").status_code == 422


def test_a_factor_that_is_used_after_all_cancels_it(locked_out: User) -> None:
    begin(locked_out)
    later = NOW + timedelta(hours=1)
    assert isinstance(answer(knock(locked_out, now=later), code_at(later), now=later), SignedIn)
    assert FactorReset.objects.get().outcome == "factor_used"
    assert Event.objects.get(action="mfa.reset_cancelled").data["by"] == "factor"
    assert isinstance(sign_in(locked_out, now=DUE), ChallengeRequired)


def test_a_factor_that_confirms_cancels_it_too(locked_out: User) -> None:
    body = {"email": locked_out.email, "password": PASSWORD}
    due = call("login", body).json()
    code = code_at(clock.now())
    tokens = call("mfa/verify", {"mfa_token": due["mfa_token"], "code": code}).json()["tokens"]
    begin(locked_out, now=clock.now())
    Factor.objects.update(last_step=-1)
    confirmed = call("reauthenticate", {"method": "totp", "code": code}, token=tokens["access_token"])
    assert confirmed.status_code == 204, confirmed.content
    assert FactorReset.objects.get().outcome == "factor_used"


def test_one_at_a_time_and_asking_again_does_not_start_over(locked_out: User) -> None:
    first = begin(locked_out)
    mails = len(letters_to(locked_out.email))
    assert begin(locked_out, now=NOW + timedelta(days=1)) == first
    assert len(letters_to(locked_out.email)) == mails + 1, "the code, and no second notice"


def test_it_ends_where_the_account_was_in_wrong_hands(locked_out: User) -> None:
    begin(locked_out)
    ways_in.drop(locked_out, mailbox="", since=None, now=NOW)
    assert FactorReset.objects.get().outcome == "not_needed"
    enrol_totp(locked_out)
    assert isinstance(sign_in(locked_out, now=DUE), ChallengeRequired)


def test_the_code_is_bound_to_the_sign_in_and_the_address(locked_out: User, bob: User) -> None:
    mine, other = knock(locked_out), knock(locked_out)
    lost_factor.send_code(mine.secret, now=NOW)
    code = last_letter(locked_out.email).code
    with pytest.raises(ValidationFailed):
        lost_factor.begin(other.secret, code, now=NOW)
    with pytest.raises(ValidationFailed):
        lost_factor.begin(mine.secret, wrong(code), now=NOW)
    User.objects.filter(id=locked_out.id).update(email="new@example.com")
    with pytest.raises(ValidationFailed):
        lost_factor.begin(mine.secret, code, now=NOW)
    assert Event.objects.filter(action="user.mailed_secret_refused").count() == 3
    assert not FactorReset.objects.exists()


def test_the_code_is_over_with_its_sign_in(locked_out: User) -> None:
    due = knock(locked_out)
    lost_factor.send_code(due.secret, now=NOW)
    code = last_letter(locked_out.email).code
    with pytest.raises(AuthenticationFailed):
        lost_factor.begin(due.secret, code, now=NOW + timedelta(minutes=10))
    User.objects.update(password_changed_at=NOW)
    for act in (lost_factor.send_code, lambda secret, now: lost_factor.begin(secret, code, now=now)):
        with pytest.raises(AuthenticationFailed):
            act(due.secret, now=NOW)


def test_guesses_and_mails_are_counted(locked_out: User, janua_options: Callable[..., None]) -> None:
    janua_options(rate_limits="on")
    for round_ in range(5):
        later = NOW + timedelta(hours=2 * round_)
        due = knock(locked_out, now=later)
        lost_factor.send_code(due.secret, now=later)
        code = wrong(last_letter(locked_out.email).code)
        for _guess in range(10 if round_ == 0 else 0):
            with pytest.raises(ValidationFailed):
                lost_factor.begin(due.secret, code, now=later)
        if round_ == 0:
            with pytest.raises(RateLimited):
                lost_factor.begin(due.secret, last_letter(locked_out.email).code, now=later)
    later = NOW + timedelta(hours=12)
    with pytest.raises(RateLimited):
        lost_factor.send_code(knock(locked_out, now=later).secret, now=later)


def test_old_rows_go(locked_out: User) -> None:
    begin(locked_out, now=datetime(2026, 1, 1, tzinfo=UTC))
    fresh = begin(locked_out, now=clock.now())
    purge_factors()
    assert FactorReset.objects.get() == fresh
    assert FactorResetCode.objects.count() == 1


def test_over_rest(locked_out: User) -> None:
    due = call("login", {"email": locked_out.email, "password": PASSWORD}).json()
    asked = call("mfa/recover", {"mfa_token": due["mfa_token"]})
    assert asked.status_code == 202, asked.content
    code = last_letter(locked_out.email).code
    body = {"mfa_token": due["mfa_token"], "code": f"{code[:4]} {code[4:]}"}
    begun = call("mfa/recover/verify", body)
    assert begun.status_code == 202, begun.content
    assert datetime.fromisoformat(begun.json()["due_at"]) == FactorReset.objects.get().due_at
    assert problem_of(call("mfa/recover/verify", body)) == (422, "VALIDATION_ERROR", "invalid_code")
    unknown = {**body, "mfa_token": "jnu_la_" + "x" * 43}
    assert problem_of(call("mfa/recover/verify", unknown))[0] == 401
    assert problem_of(call("mfa/recover", {"mfa_token": "x"}))[0] == 401


def test_on_the_pages(locked_out: User) -> None:
    browser = Client()
    assert browser.get("/login/recover")["Location"] == "/login/challenge"
    assert browser.get("/login/recover/code")["Location"] == "/login/challenge"
    browser.post("/login", {"email": locked_out.email, "password": PASSWORD})
    assert b'href="/login/recover"' in browser.get("/login/challenge").content
    assert b"method=recovery_code" in browser.get("/login/recover").content
    RecoveryCode.objects.update(used_at=NOW)
    assert b"method=recovery_code" not in browser.get("/login/recover").content
    assert browser.post("/login/recover")["Location"] == "/login/recover/code"
    first = last_letter(locked_out.email).code
    assert browser.post("/login/recover/code", {"resend": "1"}).status_code == 303
    second = last_letter(locked_out.email).code
    assert browser.post("/login/recover/code", {"code": first}).status_code == 422
    begun = browser.post("/login/recover/code", {"code": second})
    assert begun.status_code == 200
    assert FactorReset.objects.get().user == locked_out
    assert browser.get("/login/recover")["Location"] == "/login/challenge", "the flow is over"


def test_too_many_mails_on_the_pages(locked_out: User, janua_options: Callable[..., None]) -> None:
    janua_options(rate_limits="on")
    browser = Client()
    browser.post("/login", {"email": locked_out.email, "password": PASSWORD})
    for _ in range(5):
        assert browser.post("/login/recover").status_code == 303
    assert browser.post("/login/recover").status_code == 429
    assert browser.post("/login/recover/code", {"resend": "1"}).status_code == 429


def test_s126_a_new_password_is_not_a_second_factor(locked_out: User) -> None:
    Client().post("/password/forgot", {"email": locked_out.email})
    body = {"token": last_letter(locked_out.email).token, "new_password": "velvet-plum-tractor-49"}
    assert call("password/reset", body).status_code < 300
    due = call("login", {"email": locked_out.email, "password": body["new_password"]}).json()
    assert due["requires_mfa"], "still asked"
    assert not Session.objects.filter(ended_at=None).exists()


def test_it_costs_a_statement_only_where_there_is_a_second_factor(alice: User, bob: User) -> None:
    enrol_totp(bob)
    for user, statements in ((alice, 0), (bob, 1)):
        with CaptureQueriesContext(connection) as seen:
            sign_in(user, now=NOW)
        assert sum("mfa_factorreset" in query["sql"] for query in seen) == statements


@pytest.mark.django_db(transaction=True)
def test_of_a_factor_and_a_due_reset_exactly_one_counts() -> None:
    for number in range(4):
        user = UserFactory(email=f"race{number}@example.com")
        enrol_totp(user)
        begin(user)
        attempt, start = knock(user), Barrier(2)
        FactorReset.objects.filter(user=user).update(due_at=NOW, expires_at=DUE)
        acts = [
            lambda user=user: sign_in(user, now=NOW),
            lambda attempt=attempt: answer(attempt, code_at(NOW)),
        ]

        def act(acts: list[Callable[[], Outcome]] = acts, start: Barrier = start) -> Outcome:
            mine = acts.pop()
            start.wait(timeout=10)
            return mine()

        outcomes = in_parallel(2, act)
        assert sum(isinstance(outcome, SignedIn) for outcome in outcomes) == 1, outcomes
        reset = FactorReset.objects.get(user=user)
        assert Factor.objects.filter(user=user).exists() == (reset.outcome == "factor_used")
