"""How the challenge of a login is answered, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

import pyotp
from django.test import Client as Browser

from accounts.factories import PASSWORD
from accounts.models import Session
from accounts.tests.address_cast import code_sent_to
from mfa.factories import SEED, enrol_sms, enrol_totp
from mfa.models import Factor
from tests.adversarial.tools import api_login, bearer

NUMBER = "+4915123456789"


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


def _begun(scene: Any) -> tuple[str, str]:
    """On the pages: where the set-up waits, and its code."""
    path = scene.browser.post("/account/security/app", {"name": "Phone"})["Location"]
    return path, pyotp.TOTP(scene.alice.factors.get().seed).now()


def _enrolled(scene: Any) -> Any:
    """Alice's authenticator app; her sessions have proven it, as sudo mode asks from then on."""
    factor = enrol_totp(scene.alice)
    Session.objects.filter(user=scene.alice).update(amr=["pwd", "otp", "mfa"], acr="aal2")
    return factor


def _confirm(scene: Any) -> Any:
    path, code = _begun(scene)
    return scene.page(path, {"code": code})


def _enrolled(scene: Any) -> Factor:
    """A factor that her sessions have proven."""
    factor = enrol_totp(scene.alice)
    Session.objects.filter(user=scene.alice).update(amr=["pwd", "otp", "mfa"], acr="aal2")
    return factor


def _rename(scene: Any) -> Any:
    return scene.page(f"/account/security/factors/{_enrolled(scene).id}", {"name": "Old phone"})


def _new_codes(scene: Any) -> Any:
    _enrolled(scene)
    return scene.page("/account/security/recovery-codes", {"make": "1"})


def _rest(method: str, path: str, body: str = "") -> Callable[[Any], Any]:
    """As alice, who enrolled the factor that `{factor}` stands for."""

    def act(scene: Any) -> Any:
        header = bearer(api_login(Browser(), scene.alice)["access_token"])
        address = f"/api/v1/auth/mfa{path.format(factor=_enrolled(scene).id)}"
        return Browser().generic(method, address, body, "application/json", **scene.headers, **header)

    return act


def _confirm_api(scene: Any) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    made = scene.json("auth/mfa/setup", {"method": "totp"}, **header).json()
    return scene.json(
        f"auth/mfa/setup/{made['id']}/confirm", {"code": pyotp.TOTP(made["secret"]).now()}, **header
    )


def _sent_code(scene: Any) -> Any:
    path = scene.browser.post("/account/security/sms", {"phone_number": NUMBER})["Location"]
    return scene.page(path, {"code": code_sent_to(NUMBER)})


def _sent_challenge(scene: Any) -> Any:
    enrol_sms(scene.alice)
    due = scene.json("auth/login", {"email": scene.alice.email, "password": PASSWORD}).json()
    return scene.json("auth/mfa/challenge", {"mfa_token": due["mfa_token"], "method": "sms"})


FACTOR_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "sign_in_challenge": (_challenge, "login.succeeded"),
    "api_mfa_verify": (_challenge_api, "login.succeeded"),
    "account_app_add": (lambda scene: scene.page("/account/security/app", {"name": ""}), "mfa.set_up_begun"),
    "account_app_confirm": (_confirm, "mfa.factor_added"),
    "api_mfa_challenge": (_sent_challenge, "mfa.code_sent"),
    "account_sms_add": (
        lambda scene: scene.page("/account/security/sms", {"phone_number": NUMBER}),
        "mfa.code_sent",
    ),
    "account_email_code_add": (lambda scene: scene.page("/account/security/email", {}), "mfa.code_sent"),
    "account_sent_confirm": (_sent_code, "mfa.factor_added"),
    "account_factor": (_rename, "mfa.factor_renamed"),
    "account_recovery_codes": (_new_codes, "mfa.recovery_codes_made"),
    "api_mfa_setup": (_rest("POST", "/setup", '{"method": "totp"}'), "mfa.set_up_begun"),
    "api_mfa_confirm": (_confirm_api, "mfa.factor_added"),
    "api_mfa_factor": (_rest("DELETE", "/factors/{factor}"), "mfa.factor_removed"),
    "api_mfa_recovery_codes": (_rest("POST", "/recovery-codes"), "mfa.recovery_codes_made"),
    "api_mfa_disable": (_rest("POST", "/disable"), "mfa.disabled"),
}
