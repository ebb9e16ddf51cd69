"""Once two-step sign-in is on, what was proven before it opens nothing sensitive any more."""

from typing import Any

import pyotp
import pytest

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.services import recovery, sudo
from accounts.tests.browsers import proven, signed_in
from accounts.tests.mails import last_letter
from core import clock
from core.errors import ReauthenticationRequired
from login.services import reauthentication
from login.tests.api import call, problem_of
from mfa.factories import enrol_totp, give_passkey, proven_twice
from mfa.models import Factor, Passkey
from mfa.services import own_factors, passkeys, set_ups, totp

NEW = "copper-lantern-meadow-31"


def test_a_thiefs_fresh_password_does_not_turn_it_off_again(alice: User) -> None:
    """The thief signed in a minute before the owner turned it on."""
    thief, tokens = signed_in(alice), call("login", {"email": alice.email, "password": PASSWORD}).json()
    factor = enrol_totp(alice)
    answer = thief.post(f"/account/security/factors/{factor.id}", {"remove": "1"})
    assert answer["Location"].startswith("/account/confirm")
    answer = call("mfa/disable", {}, token=tokens["tokens"]["access_token"])
    assert problem_of(answer) == (401, "AUTHENTICATION_ERROR", "reauthentication_required")
    assert Factor.objects.count() == 1


def test_nor_in_a_request_that_was_under_way(alice: User) -> None:
    session = proven(alice)
    session.user = User.objects.get(id=alice.id)
    passkey = give_passkey(alice)
    enrol_totp(alice)
    assert sudo.is_open(session, now=clock.now()), "as the request read it"
    for act in (
        lambda: totp.begin(session=session, now=clock.now()),
        lambda: own_factors.disable(session=session, now=clock.now()),
        lambda: passkeys.remove(session=session, passkey_id=passkey.id, now=clock.now()),
    ):
        session.user = User(id=alice.id, email=alice.email)
        with pytest.raises(ReauthenticationRequired):
            act()
    assert (Factor.objects.count(), Passkey.objects.count()) == (1, 1)


def test_a_password_is_not_changed_by_the_old_one_alone(alice: User) -> None:
    """By who has the password, at a browser that is trusted or left signed in: it would throw the owner out."""
    enrol_totp(alice)
    browser = signed_in(alice)
    form = {"current_password": PASSWORD, "new_password": NEW}
    assert browser.post("/account/password", form)["Location"].startswith("/account/confirm")
    with pytest.raises(ReauthenticationRequired):
        recovery.change_password(
            user=alice,
            session=proven(alice),
            current_password=PASSWORD,
            new_password=NEW,
            now=clock.now(),
        )
    twice = proven_twice(alice).session
    recovery.change_password(
        user=alice, session=twice, current_password=PASSWORD, new_password=NEW, now=clock.now()
    )


def test_strangers_at_the_door_of_the_mailbox_do_not_shut_the_owners_sudo(
    alice: User, janua_options: Any
) -> None:
    janua_options(rate_limits="on", redis_url="")
    alice.set_unusable_password()
    alice.save()
    session = proven(alice)
    asked = call("magic-link/request", {"email": alice.email}).json()
    for _ in range(11):
        call("magic-link/verify", {"id": asked["id"], "code": "00000000"})
    reauthentication.send(session, reauthentication.Way.MAILED_CODE, now=clock.now())
    code = last_letter(alice.email).code
    reauthentication.confirm_with_mailed_code(session, code, now=clock.now())


def test_parallel_proofs_lose_nothing_of_each_other(alice: User) -> None:
    """The same session twice: what a key lifted it to stays, whichever request ends last."""
    session = proven(alice)
    session.user = alice
    begun = totp.begin(session=session, now=clock.now())
    type(session).objects.filter(id=session.id).update(amr=["pwd", "hwk", "user", "mfa"], acr="phr")
    code = pyotp.TOTP(begun.seed).at(clock.now())
    set_ups.confirm(session=session, factor_id=begun.id, code=code, now=clock.now())
    session.refresh_from_db()
    assert session.acr == "phr"
