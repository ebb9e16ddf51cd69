"""Signing in by mail over REST: the code or the link, once, in time, and only with the id of the request."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Session, SignInCode, User
from accounts.services import recovery, users
from accounts.tests.mails import Letter, last_letter, letters_to, wrong
from audit.models import Event
from core import clock
from login.outcomes import Reason, Refused, SignedIn
from login.services import magic
from login.tests.api import call, problem_of

ASK, VERIFY = "magic-link/request", "magic-link/verify"
REFUSED = (401, "AUTHENTICATION_ERROR", "invalid_code")


def ask(email: str = "alice@example.com") -> str:
    response = call(ASK, {"email": email})
    assert response.status_code == 202
    asker: str = response.json()["id"]
    return asker


def proof_by(secret: str, letter: Letter) -> dict[str, str]:
    return {"code": letter.code} if secret == "code" else {"token": letter.token}


@pytest.mark.parametrize(("secret", "door"), [("code", "magic_code"), ("token", "magic_link")])
def test_what_the_mail_says_signs_in(alice: User, secret: str, door: str) -> None:
    asker = ask("ALICE@example.com")
    response = call(VERIFY, {"id": asker, **proof_by(secret, last_letter(alice.email))})
    assert response.status_code == 200
    body = response.json()
    assert body.keys() == {"user", "session", "tokens"}
    assert call("me", token=body["tokens"]["access_token"], method="GET").json()["email"] == alice.email
    session = Session.objects.get()
    assert (session.door, session.amr, session.sudo_until) == (door, ["otp"], None)
    event = Event.objects.get(action="login.succeeded")
    assert (event.data["door"], event.actor_id) == (door, alice.id)


def test_the_answer_is_the_same_for_everybody(alice: User) -> None:
    UserFactory(email="unproven@example.com", email_verified=False)
    UserFactory(email="suspended@example.com", status="suspended")
    strangers = ["nobody@example.com", "unproven@example.com", "suspended@example.com"]
    bodies = [call(ASK, {"email": email}).json() for email in [alice.email, *strangers]]
    assert len({body["id"] for body in bodies}) == 4
    assert {tuple((name, body[name]) for name in ("expires_in", "detail")) for body in bodies} == {
        (("expires_in", 600), ("detail", "If the address is right, a mail is on its way."))
    }
    assert [len(letters_to(email)) for email in [alice.email, *strangers]] == [1, 0, 0, 0]
    assert SignInCode.objects.count() == 1


def test_a_code_has_eight_digits_and_a_mail_without_html_says_all(alice: User) -> None:
    ask()
    letter = last_letter(alice.email)
    assert (letter.kind, len(letter.code)) == ("sign_in_code", 8)
    assert letter.code in letter.text
    assert f"/login/link?token={letter.token}" in letter.text


@pytest.mark.parametrize("first", ["code", "token"])
@pytest.mark.parametrize("then", ["code", "token"])
def test_it_works_once(alice: User, first: str, then: str) -> None:
    asker, letter = ask(), last_letter(alice.email)
    assert call(VERIFY, {"id": asker, **proof_by(first, letter)}).status_code == 200
    assert problem_of(call(VERIFY, {"id": asker, **proof_by(then, letter)})) == REFUSED
    assert Session.objects.count() == 1


@pytest.mark.parametrize("secret", ["code", "token"])
def test_it_works_for_whoever_asked_and_for_nobody_else(alice: User, secret: str) -> None:
    """A stranger asks for alice's mail, and she brings the stranger's link or code to her own request, or back."""
    theirs = ask()
    their_letter = last_letter(alice.email)
    hers = ask()
    her_letter = last_letter(alice.email)
    for asker, letter in (
        (hers, their_letter),
        (theirs, her_letter),
        ("made up", her_letter),
        ("é", her_letter),
    ):
        assert problem_of(call(VERIFY, {"id": asker, **proof_by(secret, letter)})) == REFUSED
    assert call(VERIFY, {"id": hers, **proof_by(secret, her_letter)}).status_code == 200


def test_a_strangers_request_does_not_void_ones_own(alice: User) -> None:
    hers, letter = ask(), last_letter(alice.email)
    ask()
    assert call(VERIFY, {"id": hers, "code": letter.code}).status_code == 200


@pytest.mark.parametrize("secret", ["code", "token"])
def test_it_ends_after_ten_minutes(alice: User, secret: str) -> None:
    now = clock.now()
    asked = magic.request_code(alice.email, now=now)
    proof = magic.MailedProof(
        asker=asked.asker, kind=Session.Kind.API, **proof_by(secret, last_letter(alice.email))
    )
    late = now + timedelta(minutes=10)
    assert magic.with_mailed_secret(proof, now=late) == Refused(Reason.INVALID_CODE)
    assert isinstance(magic.with_mailed_secret(proof, now=late - timedelta(seconds=1)), SignedIn)


def test_five_guesses_are_heard(alice: User) -> None:
    asker, letter = ask(), last_letter(alice.email)
    for guess in [wrong(letter.code)] * SignInCode.MAX_GUESSES + [letter.code]:
        assert problem_of(call(VERIFY, {"id": asker, "code": guess})) == REFUSED
    assert call(VERIFY, {"id": asker, "token": letter.token}).status_code == 200


def test_who_was_suspended_meanwhile_stays_out(alice: User, olivia: User) -> None:
    asker, letter = ask(), last_letter(alice.email)
    users.suspend(actor=olivia, user=alice, now=clock.now())
    response = call(VERIFY, {"id": asker, "code": letter.code})
    assert problem_of(response) == (401, "AUTHENTICATION_ERROR", "account_suspended")
    assert not Session.objects.exists()


def test_an_address_that_changed_hands_takes_no_older_code(alice: User) -> None:
    asker, letter = ask(), last_letter(alice.email)
    User.objects.filter(id=alice.id).update(email="alice@example.net")
    UserFactory(email="alice@example.com")
    assert problem_of(call(VERIFY, {"id": asker, "code": letter.code})) == REFUSED


def test_a_new_password_voids_what_was_mailed(alice: User) -> None:
    asker, letter = ask(), last_letter(alice.email)
    recovery.request_reset(alice.email, now=clock.now())
    recovery.reset_by_link(last_letter(alice.email).token, f"new-{PASSWORD}", now=clock.now())
    assert problem_of(call(VERIFY, {"id": asker, "code": letter.code})) == REFUSED


@pytest.mark.parametrize(
    "body",
    [{}, {"id": "x"}, {"code": "12345678"}, {"id": "x", "code": "1", "token": "y"}, {"id": "x", "code": "1", "email": "a@b.de"}],
)  # fmt: skip
def test_a_bad_body_is_422(db: None, body: Any) -> None:
    assert problem_of(call(VERIFY, body))[0] == 422


def test_a_bad_address_is_422(db: None) -> None:
    assert problem_of(call(ASK, {"email": "nonsense"}))[0] == 422


def test_the_door_can_be_closed(alice: User, janua_options: Any) -> None:
    asker, letter = ask(), last_letter(alice.email)
    janua_options(magic_link="off")
    assert problem_of(call(ASK, {"email": alice.email}))[0] == 404
    assert problem_of(call(VERIFY, {"id": asker, "code": letter.code}))[0] == 404
    assert not Session.objects.exists()


def test_what_is_stored_opens_nothing(alice: User) -> None:
    asker, letter = ask(), last_letter(alice.email)
    row = SignInCode.objects.get()
    for value in (row.asker_hash, row.code_hash, row.link_hash):
        assert len(value) == 64
        assert value not in (asker, letter.code, letter.token)
    assert alice.email not in asker
