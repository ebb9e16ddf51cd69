"""A passkey or security key after a password, and again in sudo mode: bound to that login, that person, once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.factories import PASSWORD
from accounts.models import Session, User
from accounts.services import users
from audit.models import Event
from core.errors import ValidationFailed
from core.models import Mail
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.services import challenge
from login.tests.api import call, problem_of
from login.tests.test_passkeys import REFUSED, asked, device, enter, register
from login.tests.test_second_factor import NOW, knock
from mfa.factories import enrol_totp
from mfa.factors import Answer
from mfa.methods import Method
from mfa.models import Passkey, WebAuthnChallenge
from tests.support.authenticator import Authenticator, b64
from tests.support.junk import JUNK

Kind = Passkey.Kind
WRONG = Refused(Reason.WRONG_FACTOR)


@pytest.fixture
def passkey(alice: User) -> Authenticator:
    """Made before two-step sign-in was on: after that a password alone would not do."""
    made = device()
    register(alice, made)
    return made


@pytest.fixture
def key(alice: User) -> Authenticator:
    """Alice's security key, which turned two-step sign-in on; it asks nobody for a PIN."""
    made = device(is_verified=False)
    register(alice, made, kind=Kind.SECURITY_KEY)
    return made


def options(due: ChallengeRequired) -> dict[str, Any]:
    told = challenge.key_options(due.secret, now=NOW)
    assert isinstance(told, dict)
    return told


def answer(due: ChallengeRequired, credential: dict[str, Any]) -> Outcome:
    return challenge.answer(due.secret, Answer(method=Method.PASSKEY, credential=credential), now=NOW)


def test_s153_touching_it_is_enough_after_a_password(alice: User, key: Authenticator) -> None:
    due = knock(alice)
    assert due.methods[0] == Method.PASSKEY
    told = options(due)
    assert [each["id"] for each in told["allowCredentials"]] == [b64(key.credential_id)]
    assert told["userVerification"] == "preferred"
    outcome = answer(due, key.sign(told))
    assert isinstance(outcome, SignedIn)
    session = outcome.new.session
    assert (session.amr, session.acr, session.door) == (["pwd", "hwk", "mfa"], "phr", "password")


@pytest.mark.parametrize("handle", [None, ""])
def test_it_need_not_tell_whose_it_is_but_must_not_lie(
    alice: User, bob: User, key: Authenticator, handle: str | None
) -> None:
    due = knock(alice)
    assert answer(due, key.sign(options(due), handle=b64(bob.id.bytes))) == WRONG
    assert isinstance(answer(due, key.sign(options(due), handle=handle)), SignedIn)


def test_s151_once_and_for_this_login_only(alice: User, key: Authenticator) -> None:
    one, two = knock(alice), knock(alice)
    signed = key.sign(options(one))
    assert answer(two, signed) == WRONG, "another login of the same person"
    assert isinstance(answer(one, signed), SignedIn)
    assert answer(one, signed) == Refused(Reason.ATTEMPT_OVER)
    assert answer(two, signed) == WRONG
    assert isinstance(answer(two, key.sign(options(two))), SignedIn)


def test_s151_a_challenge_that_was_refused_is_used_up(alice: User, key: Authenticator) -> None:
    due = knock(alice)
    told = options(due)
    good = key.sign(told)
    assert answer(due, replace(key, key=device().key).sign(told)) == WRONG
    assert answer(due, good) == WRONG
    assert WebAuthnChallenge.objects.filter(used_at=None, purpose="second_factor").count() == 0


def test_s151_no_challenge_of_another_ceremony(
    alice: User, passkey: Authenticator, key: Authenticator
) -> None:
    due = knock(alice)
    assert answer(due, key.sign(asked())) == WRONG, "of the door"
    assert answer(due, key.sign(asked(holder=WebAuthnChallenge.objects.latest("created_at").holder))) == WRONG
    assert enter(passkey.sign(options(due))) == REFUSED, "nor at the door one of a second factor"
    assert Session.objects.filter(door__in=("password", "passkey")).count() == 0


def test_s154_another_persons_key_does_not_answer(alice: User, bob: User, key: Authenticator) -> None:
    bobs = device()
    register(bob, bobs)
    due = knock(alice)
    for handle in (None, b64(alice.id.bytes), b64(bob.id.bytes)):
        assert answer(due, bobs.sign(options(due), handle=handle)) == WRONG
    theirs = replace(bobs, credential_id=key.credential_id)
    assert answer(due, theirs.sign(options(due), handle=None)) == WRONG
    due = knock(alice)
    for told in ("", "é", "A\0", f"{b64(key.credential_id)}=", 5, [], {}):
        assert answer(due, {**key.sign(options(due)), "id": told}) == WRONG


def test_s155_a_copy_is_stopped_here_too(alice: User, key: Authenticator) -> None:
    enrol_totp(alice)
    key.steps = 5
    due = knock(alice)
    assert isinstance(answer(due, key.sign(options(due))), SignedIn)
    due, later = knock(alice), knock(alice)
    asked_before = options(later)
    assert answer(due, replace(key, count=1, steps=1).sign(options(due))) == WRONG
    assert Passkey.objects.get().suspended_at == NOW
    assert Event.objects.filter(action="passkey.suspended", target_id=str(alice.id)).count() == 1
    assert Event.objects.filter(action="login.factor_refused", target_id=str(alice.id)).count() == 1
    assert Mail.objects.filter(kind="key_suspended", recipient=alice.email).count() == 1
    with pytest.raises(ValidationFailed):
        options(later)
    assert answer(later, key.sign(asked_before)) == WRONG, "nor does the one it was copied from"
    alice.refresh_from_db()
    assert alice.has_mfa
    assert set(knock(alice).methods) == {Method.TOTP, Method.RECOVERY_CODE}


def test_who_was_suspended_meanwhile_is_out(
    alice: User, olivia: User, passkey: Authenticator, key: Authenticator
) -> None:
    due = knock(alice)
    signed, at_door = key.sign(options(due)), passkey.sign(asked())
    users.suspend(actor=olivia, user=alice, now=NOW)
    assert isinstance(answer(due, signed), Refused)
    assert enter(at_door) == Refused(Reason.ACCOUNT_SUSPENDED)
    forged = replace(passkey, key=device().key)
    assert enter(forged.sign(asked())) == REFUSED, "and only who proves it learns that"
    assert not Session.objects.filter(ended_at=None).exists()


def test_another_password_voids_it(alice: User, key: Authenticator) -> None:
    due = knock(alice)
    signed = key.sign(options(due))
    User.objects.filter(id=alice.id).update(password_changed_at=NOW + timedelta(seconds=1))
    assert answer(due, signed) == Refused(Reason.ATTEMPT_OVER)


def begun(user: User) -> tuple[str, dict[str, Any]]:
    """Over REST: the token of the login, and what is to be signed."""
    token = call("login", {"email": user.email, "password": PASSWORD}).json()["mfa_token"]
    told = call("mfa/challenge", {"mfa_token": token, "method": "passkey"})
    assert told.status_code == 200
    assert (told.json()["method"], told.json()["expires_in"]) == ("passkey", 300)
    return token, told.json()["public_key"]


def test_over_rest(alice: User, key: Authenticator) -> None:
    token, told = begun(alice)
    body = {"mfa_token": token, "credential": key.sign(told)}
    assert call("mfa/verify", body).status_code == 200
    session = Session.objects.latest("created_at")
    assert (session.kind, session.amr, session.acr) == ("api", ["pwd", "hwk", "mfa"], "phr")
    assert problem_of(call("mfa/verify", body)) == (401, "AUTHENTICATION_ERROR", "invalid_mfa_token")
    other, _told = begun(alice)
    refused = call("mfa/verify", {**body, "mfa_token": other})
    assert problem_of(refused) == (401, "AUTHENTICATION_ERROR", "invalid_mfa_code")
    nobodys = {"mfa_token": "x" * 64, "method": "passkey"}
    assert problem_of(call("mfa/challenge", nobodys))[2] == "invalid_mfa_token"


def test_over_rest_it_is_the_credential_or_a_code(alice: User, key: Authenticator) -> None:
    token, told = begun(alice)
    for proof in (
        {},
        {"method": "passkey"},
        {"method": "passkey", "code": "123456"},
        {"credential": key.sign(told), "code": "123456"},
        *({"credential": odd} for odd in (None, "x", [], 5, {}, {"response": 1})),
    ):
        assert call("mfa/verify", {"mfa_token": token, **proof}).status_code == 422, proof


MEMBERS = (
    "clientDataJSON",
    "authenticatorData",
    "signature",
    "userHandle",
    "attestationObject",
    "transports",
)
OUTER = ("id", "rawId", "type", "authenticatorAttachment", "clientExtensionResults", "response", "more")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    outer=st.dictionaries(st.sampled_from(OUTER), JUNK),
    inner=st.dictionaries(st.sampled_from(MEMBERS), JUNK),
)
def test_nonsense_is_never_our_fault(
    alice: User, key: Authenticator, outer: dict[str, Any], inner: dict[str, Any]
) -> None:
    """Some members of a good answer are exchanged: at the door, in a login and in sudo mode."""
    token, told = begun(alice)
    good = key.sign(told)
    odd = {**good, "response": {**good["response"], **inner}, **outer}
    answered = call("mfa/verify", {"mfa_token": token, "credential": odd})
    same = {**good, "response": {**good["response"], "attestationObject": "", "transports": []}}
    assert answered.status_code in ((401, 422, 429) if _differs(odd, same) else (200, 401, 422, 429))
    asker = call("passkey/authenticate/options").json()
    good = key.sign(asker["public_key"])
    odd = {**good, "response": {**good["response"], **inner}, **outer}
    assert call("passkey/authenticate", {"id": asker["id"], "credential": odd}).status_code in (401, 422)


def _differs(odd: dict[str, Any], good: dict[str, Any]) -> bool:
    """In a member that is looked at."""
    looked_at = ("clientDataJSON", "authenticatorData", "signature")
    response = odd["response"] if isinstance(odd["response"], dict) else {}
    return any(odd.get(name) != good[name] for name in ("id", "rawId", "type")) or any(
        response.get(name) != good["response"][name] for name in looked_at
    )
