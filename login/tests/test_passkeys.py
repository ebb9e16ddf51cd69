"""Passkeys and security keys: made, used at the door and after another proof, copied, removed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Session, User
from accounts.tests.browsers import proven
from audit.models import Event
from core.errors import Conflict, NotFound, ReauthenticationRequired, ValidationFailed
from core.models import Mail
from login.outcomes import Outcome, Reason, Refused, SignedIn
from login.services.passkey import with_passkey
from mfa import relying_party
from mfa.models import Passkey, RecoveryCode, WebAuthnChallenge
from mfa.services import passkeys
from tests.support.authenticator import EDDSA, ES256, ES384, RS256, Authenticator, b64

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Kind, Purpose = Passkey.Kind, WebAuthnChallenge.Purpose
REFUSED = Refused(Reason.INVALID_CREDENTIALS)
BROWSER = "browser:one"


def device(**knobs: Any) -> Authenticator:
    return Authenticator(origin=relying_party.origins()[0], rp_id=relying_party.rp_id(), **knobs)


def register(user: User, key: Authenticator, *, kind: Passkey.Kind = Kind.PASSKEY, **more: Any) -> Passkey:
    session = proven(user, at=NOW)
    options = passkeys.begin_registration(session=session, kind=kind, now=NOW)
    kept = passkeys.finish_registration(session=session, credential=key.register(options), now=NOW, **more)
    return kept.passkey


def asked(*, holder: str = BROWSER, now: datetime = NOW) -> dict[str, Any]:
    return passkeys.begin_authentication(purpose=Purpose.SIGN_IN, holder=holder, user=None, now=now)


def enter(credential: dict[str, Any], *, holder: str = BROWSER, now: datetime = NOW) -> Outcome:
    return with_passkey(credential, holder=holder, kind=Session.Kind.BROWSER, now=now)


@pytest.fixture
def key(alice: User) -> Authenticator:
    """Alice's passkey."""
    made = device()
    register(alice, made)
    return made


@pytest.mark.parametrize("alg", [ES256, EDDSA, RS256])
def test_it_signs_in_by_itself_and_counts_as_two(alice: User, alg: int) -> None:
    key = device(alg=alg)
    passkey = register(alice, key, name="Laptop")
    outcome = enter(key.sign(asked()))
    assert isinstance(outcome, SignedIn)
    session = outcome.new.session
    assert (session.user, session.amr, session.acr) == (alice, ["hwk", "user", "mfa"], "phr")
    assert (session.door, session.sudo_until) == ("passkey", NOW + timedelta(minutes=15))
    passkey.refresh_from_db()
    assert (passkey.sign_count, passkey.last_used_at, passkey.transports) == (1, NOW, ["internal"])
    alice.refresh_from_db()
    assert not alice.has_mfa, "a passkey alone turns nothing on"


def test_a_synced_one_counts_as_software(alice: User) -> None:
    key = device(is_synced=True)
    assert register(alice, key).is_backup_eligible
    outcome = enter(key.sign(asked()))
    assert isinstance(outcome, SignedIn)
    assert outcome.new.session.amr == ["swk", "user", "mfa"]


def test_making_one_needs_a_fresh_proof_and_tells_the_owner(alice: User) -> None:
    old = proven(alice, at=NOW - timedelta(hours=1))
    with pytest.raises(ReauthenticationRequired):
        passkeys.begin_registration(session=old, kind=Kind.PASSKEY, now=NOW)
    register(alice, device())
    assert Event.objects.filter(action="passkey.added", actor_id=alice.id).count() == 1
    assert Mail.objects.filter(kind="factor_added", recipient=alice.email).count() == 1


def test_s151_a_challenge_is_used_once(key: Authenticator) -> None:
    signed = key.sign(asked())
    assert isinstance(enter(signed), SignedIn)
    assert enter(signed) == REFUSED


def test_s151_of_another_browser_expired_or_of_another_ceremony(alice: User, key: Authenticator) -> None:
    assert enter(key.sign(asked(holder="browser:two"))) == REFUSED
    assert enter(key.sign(asked()), now=NOW + timedelta(minutes=5)) == REFUSED
    session = proven(alice, at=NOW)
    making = passkeys.begin_registration(session=session, kind=Kind.PASSKEY, now=NOW)
    assert enter(key.sign(making)) == REFUSED
    assert enter(key.sign(making), holder=f"session:{session.id}") == REFUSED
    confirming = passkeys.begin_authentication(purpose=Purpose.CONFIRM, holder=BROWSER, user=alice, now=NOW)
    assert enter(key.sign(confirming)) == REFUSED
    with pytest.raises(ValidationFailed):
        passkeys.finish_registration(
            session=session, credential=device().register({**asked(), "user": {"id": ""}}), now=NOW
        )


def test_s151_made_for_one_session_it_is_of_no_use_in_another(alice: User, bob: User) -> None:
    options = passkeys.begin_registration(session=proven(alice, at=NOW), kind=Kind.PASSKEY, now=NOW)
    for thief in (proven(alice, at=NOW), proven(bob, at=NOW)):
        with pytest.raises(ValidationFailed):
            passkeys.finish_registration(session=thief, credential=device().register(options), now=NOW)
    assert not Passkey.objects.exists()


TURNS: dict[str, Callable[[Authenticator], Any]] = {
    "look-alike host": lambda key: setattr(key, "origin", f"{key.origin}.evil.test"),
    "sub-domain": lambda key: setattr(key, "origin", key.origin.replace("://", "://a.")),
    "another scheme": lambda key: setattr(key, "origin", key.origin.replace("https://", "http://") if key.origin.startswith("https") else key.origin.replace("http://", "https://")),
    "another port": lambda key: setattr(key, "origin", f"{key.origin.rpartition(':')[0] if key.origin.count(':') > 1 else key.origin}:9999"),
    "no origin": lambda key: setattr(key, "origin", ""),
    "rp id of another": lambda key: setattr(key, "rp_id", "evil.test"),
    "type swapped": lambda key: setattr(key, "type", "webauthn.create"),
    "framed": lambda key: setattr(key, "cross_origin", True),
    "framed, oddly": lambda key: setattr(key, "cross_origin", "yes"),
    "nobody there": lambda key: setattr(key, "is_present", False),
    "owner not asked": lambda key: setattr(key, "is_verified", False),
    "made to be synced, suddenly": lambda key: setattr(key, "is_synced", True),
    "another key": lambda key: setattr(key, "key", device().key),
    "unknown credential": lambda key: setattr(key, "credential_id", b"x" * 32),
}  # fmt: skip


@pytest.mark.parametrize("turn", TURNS)
def test_s152_s153_s154_what_is_not_right_does_not_sign_in(key: Authenticator, turn: str) -> None:
    TURNS[turn](key)
    assert enter(key.sign(asked())) == REFUSED
    assert Session.objects.filter(door="passkey").count() == 0


@pytest.mark.parametrize(
    "turn",
    [
        turn
        for turn in TURNS
        if turn not in {"another key", "unknown credential", "made to be synced, suddenly"}
    ],
)
def test_s152_s153_what_is_not_right_is_not_registered(alice: User, turn: str) -> None:
    key = device()
    TURNS[turn](key)
    if turn == "type swapped":
        key.type = "webauthn.get"
    with pytest.raises(ValidationFailed):
        register(alice, key)


def test_s154_ids_and_handles_must_agree(alice: User, bob: User, key: Authenticator) -> None:
    assert enter(key.sign(asked(), rawId=b64(b"y" * 32))) == REFUSED
    assert enter(key.sign(asked(), handle=b64(bob.id.bytes))) == REFUSED
    assert enter(key.sign(asked(), handle=None)) == REFUSED
    bobs = device()
    register(bob, bobs)
    stolen = replace(bobs, handle=b64(alice.id.bytes))
    assert enter(stolen.sign(asked())) == REFUSED


def test_s155_a_counter_that_goes_back_suspends_the_key(alice: User, key: Authenticator) -> None:
    key.steps = 5
    assert isinstance(enter(key.sign(asked())), SignedIn)
    copy = replace(key, count=2, steps=1)
    assert enter(copy.sign(asked())) == REFUSED
    assert enter(key.sign(asked())) == REFUSED, "nor does the one it was copied from"
    assert Passkey.objects.get().suspended_at == NOW
    assert Event.objects.filter(action="passkey.suspended", target_id=str(alice.id)).count() == 1
    assert Mail.objects.filter(kind="key_suspended", recipient=alice.email).count() == 1


def test_s155_a_forged_low_counter_suspends_nothing(key: Authenticator) -> None:
    key.steps = 5
    assert isinstance(enter(key.sign(asked())), SignedIn)
    forged = replace(key, count=0, key=device().key)
    assert enter(forged.sign(asked())) == REFUSED
    assert isinstance(enter(key.sign(asked())), SignedIn)


def test_an_authenticator_without_a_counter_is_fine(alice: User) -> None:
    key = device(steps=0)
    register(alice, key)
    assert isinstance(enter(key.sign(asked())), SignedIn)
    assert isinstance(enter(key.sign(asked())), SignedIn)


def test_s156_a_credential_is_one_persons(alice: User, bob: User, key: Authenticator) -> None:
    with pytest.raises(Conflict):
        register(bob, replace(key))
    with pytest.raises(Conflict):
        register(alice, replace(key))
    assert Passkey.objects.get().user == alice


@pytest.mark.parametrize("alg", [ES384])
def test_an_algorithm_that_was_not_offered_is_refused(alice: User, alg: int) -> None:
    with pytest.raises(ValidationFailed):
        register(alice, device(alg=alg))


def test_self_attestation_is_checked_and_a_list_of_models_holds(alice: User, janua_options: Any) -> None:
    model = bytes(range(16))
    assert register(alice, device(format="packed", aaguid=model)).attestation_format == "packed"
    janua_options(webauthn_aaguids=("00010203-0405-0607-0809-0a0b0c0d0e0f",))
    register(alice, device(aaguid=model))
    with pytest.raises(ValidationFailed):
        register(alice, device())


def test_the_id_told_is_the_one_attested(alice: User) -> None:
    session = proven(alice, at=NOW)
    for told, attested in (
        (b"y" * 32, b"x" * 32),
        (b"y" * 32, b"x" * 2000),
    ):  # over 1,023 bytes is no id at all
        options = passkeys.begin_registration(session=session, kind=Kind.PASSKEY, now=NOW)
        made = device(credential_id=attested).register(options, id=b64(told), rawId=b64(told))
        with pytest.raises(ValidationFailed):
            passkeys.finish_registration(session=session, credential=made, now=NOW)
    assert not Passkey.objects.exists()


def test_what_the_door_and_a_new_passkey_cost(alice: User, django_assert_num_queries: Any) -> None:
    key, session = device(), proven(alice, at=NOW)
    with django_assert_num_queries(3):
        options = passkeys.begin_registration(session=session, kind=Kind.PASSKEY, now=NOW)
    with django_assert_num_queries(12):
        passkeys.finish_registration(session=session, credential=key.register(options), now=NOW)
    with django_assert_num_queries(1):
        options = asked()
    signed = key.sign(options)
    with django_assert_num_queries(17):
        assert isinstance(enter(signed), SignedIn)


def test_a_security_key_need_not_ask_but_never_signs_in_alone(alice: User) -> None:
    key = device(is_verified=False)
    register(alice, key, kind=Kind.SECURITY_KEY)
    alice.refresh_from_db()
    assert alice.has_mfa
    assert RecoveryCode.objects.filter(user=alice).count() == 10
    key.is_verified = True
    assert enter(key.sign(asked())) == REFUSED


BROKEN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no response": lambda told: told.pop("response"),
    "response is text": lambda told: told.update(response="x"),
    "client data is not base64": lambda told: told["response"].update(clientDataJSON="%%%"),
    "client data is no object": lambda told: told["response"].update(clientDataJSON=b64(b"[]")),
    "client data is a number": lambda told: told["response"].update(clientDataJSON=7),
    "huge": lambda told: told["response"].update(signature="A" * 20_000),
    "data is short": lambda told: told["response"].update(authenticatorData="AA"),
    "signature is empty": lambda told: told["response"].update(signature=""),
    "id is a list": lambda told: told.update(id=[]),
    "id is NUL": lambda told: told.update(id="\0"),
    "type is another": lambda told: told.update(type="password"),
    "handle is a number": lambda told: told["response"].update(userHandle=5),
}


@pytest.mark.parametrize("how", BROKEN)
def test_nonsense_is_refused(key: Authenticator, how: str) -> None:
    told = key.sign(asked())
    BROKEN[how](told)
    assert enter(told) == REFUSED


def test_a_huge_attestation_is_not_decoded(alice: User) -> None:
    session = proven(alice, at=NOW)
    options = passkeys.begin_registration(session=session, kind=Kind.PASSKEY, now=NOW)
    told = device().register(options)
    told["response"]["attestationObject"] += "A" * 60_000
    with pytest.raises(ValidationFailed):
        passkeys.finish_registration(session=session, credential=told, now=NOW)
    assert WebAuthnChallenge.objects.filter(used_at=None).count() == 1


def test_the_last_way_in_stays(alice: User, bob: User, key: Authenticator) -> None:
    session, passkey = proven(alice, at=NOW), Passkey.objects.get()
    with pytest.raises(NotFound):
        passkeys.remove(session=proven(bob, at=NOW), passkey_id=passkey.id, now=NOW)
    User.objects.filter(id=alice.id).update(password="!")
    with pytest.raises(Conflict):
        passkeys.remove(session=session, passkey_id=passkey.id, now=NOW)
    register(alice, device())
    passkeys.remove(session=session, passkey_id=passkey.id, now=NOW)
    assert enter(key.sign(asked())) == REFUSED
    assert Event.objects.filter(action="passkey.removed").count() == 1


def test_options_name_nobody_before_the_passkey_does(alice: User, key: Authenticator) -> None:
    options = asked()
    assert not options.get("allowCredentials")
    assert options["userVerification"] == "required"
    assert options["rpId"] == relying_party.rp_id()
    assert settings.JANUA.webauthn_attestation == "none"
