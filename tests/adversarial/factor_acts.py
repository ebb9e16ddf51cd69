"""How the challenge of a login is answered, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

import pyotp
from django.test import Client as Browser

from accounts.factories import PASSWORD
from mfa.factories import SEED, enrol_totp


def _code() -> str:
    return pyotp.TOTP(SEED).now()


def _challenge(scene: Any) -> Any:
    enrol_totp(scene.alice)
    browser = Browser()
    browser.post("/login", {"email": scene.alice.email, "password": PASSWORD})
    return scene.page("/login/challenge", {"code": _code()}, browser)


def _challenge_api(scene: Any) -> Any:
    enrol_totp(scene.alice)
    due = scene.json("auth/login", {"email": scene.alice.email, "password": PASSWORD}).json()
    return scene.json("auth/mfa/verify", {"mfa_token": due["mfa_token"], "code": _code()})


FACTOR_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "sign_in_challenge": (_challenge, "login.succeeded"),
    "api_mfa_verify": (_challenge_api, "login.succeeded"),
}
