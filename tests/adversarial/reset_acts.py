"""How lost second factors are reset, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.factories import PASSWORD
from mfa.factories import enrol_totp
from tests.adversarial.people_acts import rest
from tests.adversarial.tools import code_in, newest_mail, token_in


def _at_the_challenge(scene: Any) -> Browser:
    enrol_totp(scene.alice)
    browser = Browser()
    browser.post("/login", {"email": scene.alice.email, "password": PASSWORD})
    return browser


def _ask(scene: Any) -> Any:
    return scene.page("/login/recover", {}, _at_the_challenge(scene))


def _begin(scene: Any) -> Any:
    browser = _at_the_challenge(scene)
    browser.post("/login/recover")
    return scene.page("/login/recover/code", {"code": code_in(newest_mail(scene.alice.email))}, browser)


def _cancel(scene: Any) -> Any:
    _begin(scene)
    return scene.page(
        f"/login/recover/cancel?token={token_in(newest_mail(scene.alice.email))}", {}, Browser()
    )


def _waiting(scene: Any) -> str:
    enrol_totp(scene.alice)
    body = {"email": scene.alice.email, "password": PASSWORD}
    token: str = scene.json("auth/login", body).json()["mfa_token"]
    return token


def _begin_api(scene: Any) -> Any:
    token = _waiting(scene)
    scene.json("auth/mfa/recover", {"mfa_token": token})
    body = {"mfa_token": token, "code": code_in(newest_mail(scene.alice.email))}
    return scene.json("auth/mfa/recover/verify", body)


def _by_operator(scene: Any) -> Any:
    enrol_totp(scene.alice)
    return rest("POST", "/mfa/reset", '{"reason": "showed a passport"}')(scene)


RESET_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "sign_in_recover": (_ask, "mfa.reset_code_sent"),
    "sign_in_recover_code": (_begin, "mfa.reset_begun"),
    "factor_reset_cancel": (_cancel, "mfa.reset_cancelled"),
    "api_mfa_recover": (
        lambda scene: scene.json("auth/mfa/recover", {"mfa_token": _waiting(scene)}),
        "mfa.reset_code_sent",
    ),
    "api_mfa_recover_verify": (_begin_api, "mfa.reset_begun"),
    "api_user_mfa_reset": (_by_operator, "mfa.removed_by_operator"),
}
