"""The quiet upgrade: a passkey that a password manager made while nobody was there."""

import json
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from accounts.tests.browsers import signed_in
from mfa import relying_party
from mfa.models import Passkey
from tests.support.authenticator import Authenticator

ADD, OPTIONS = "/account/security/passkeys/add", "/account/security/passkeys/options"


def manager(**knobs: Any) -> Authenticator:
    return Authenticator(
        origin=settings.JANUA.base_url,
        rp_id=relying_party.rp_id(),
        is_present=False,
        is_verified=False,
        **knobs,
    )


def test_it_needs_nobody_and_is_an_ordinary_passkey_then(alice: User) -> None:
    browser, keeper = signed_in(alice), manager(is_synced=True)
    options = browser.post(OPTIONS, {"kind": "upgrade"}).json()
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    made = keeper.register(options)
    assert browser.post(ADD, {"kind": "upgrade", "credential": json.dumps(made)}).status_code == 303
    assert Passkey.objects.of(alice).get().kind == Passkey.Kind.PASSKEY
    # It opens the door only if it asks for its owner, like any other (S153).
    for is_verified, status in ((False, 401), (True, 303)):
        keeper.is_present, keeper.is_verified = True, is_verified
        signed = keeper.sign(browser.post("/login/passkey/options").json())
        assert browser.post("/login/passkey", {"credential": json.dumps(signed)}).status_code == status


@pytest.mark.parametrize(("asked", "sent"), [("passkey", "upgrade"), ("upgrade", "passkey")])
def test_a_challenge_of_the_one_is_no_good_for_the_other(alice: User, asked: str, sent: str) -> None:
    browser = signed_in(alice)
    made = manager().register(browser.post(OPTIONS, {"kind": asked}).json())
    assert browser.post(ADD, {"kind": sent, "credential": json.dumps(made)}).status_code == 422
    assert not Passkey.objects.exists()


def test_where_it_is_off_somebody_has_to_be_there(alice: User, janua_options: Any) -> None:
    janua_options(passkey_upgrade="off")
    browser = signed_in(alice)
    options = browser.post(OPTIONS, {"kind": "upgrade"}).json()
    assert options["authenticatorSelection"]["userVerification"] == "required"
    made = manager().register(options)
    assert browser.post(ADD, {"kind": "upgrade", "credential": json.dumps(made)}).status_code == 422
