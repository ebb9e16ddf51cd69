"""How each route for addresses and numbers is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from typing import Any

from django.test import Client as Browser

from accounts.tests.address_cast import code_sent_to, further
from tests.adversarial.tools import api_login, bearer, code_in, newest_mail, token_in

NEW, NUMBER = "new@example.com", "+4915123456789"


def _page(path: str, form: dict[str, str]) -> Callable[[Any], Any]:
    return lambda scene: scene.page(path, form)


def _on_a_further_address(act: str) -> Callable[[Any], Any]:
    return lambda scene: scene.page("/account/emails", {act: str(further(scene.alice).id)})


def _asked_on_page(scene: Any) -> str:
    path: str = scene.browser.post("/account/emails/add", {"email": NEW})["Location"]
    return path


def _code_on_page(scene: Any) -> Any:
    path = _asked_on_page(scene)
    return scene.page(path, {"code": code_in(newest_mail(NEW))})


def _link(scene: Any) -> Any:
    _asked_on_page(scene)
    return scene.page(f"/account/emails/link?token={token_in(newest_mail(NEW))}", {})


def _revert(scene: Any) -> Any:
    scene.browser.post("/account/emails", {"make_primary": str(further(scene.alice).id)})
    path = f"/email/revert?token={token_in(newest_mail(scene.alice.email))}"
    return scene.page(path, {}, Browser())


def _phone_on_page(scene: Any) -> Any:
    scene.browser.post("/account/phone", {"phone_number": NUMBER})
    return scene.page("/account/phone/verify", {"code": code_sent_to(NUMBER)})


class _Caller:
    """alice over REST."""

    def __init__(self, scene: Any) -> None:
        self.scene = scene
        self.header = bearer(api_login(Browser(), scene.alice)["access_token"])

    def __call__(self, path: str, body: Any = None) -> Any:
        return self.scene.json(path, body or {}, **self.header)

    def waiting(self) -> str:
        answer = Browser().post(
            "/api/v1/users/me/emails", {"email": NEW}, content_type="application/json", **self.header
        )
        return f"users/me/emails/{answer.json()['id']}"


def _add(scene: Any) -> Any:
    return _Caller(scene)("users/me/emails", {"email": NEW})


def _change(scene: Any) -> Any:
    return _Caller(scene)("auth/email/change", {"email": NEW})


def _send_again(scene: Any) -> Any:
    call = _Caller(scene)
    return call(f"{call.waiting()}/resend")


def _prove(scene: Any) -> Any:
    call = _Caller(scene)
    return call(f"{call.waiting()}/verify", {"code": code_in(newest_mail(NEW))})


def _make_primary(scene: Any) -> Any:
    return _Caller(scene)(f"users/me/emails/{further(scene.alice).id}/primary")


def _remove(scene: Any) -> Any:
    path = f"/api/v1/users/me/emails/{further(scene.alice).id}"
    return Browser().delete(path, **scene.headers, **_Caller(scene).header)


def _set_phone(scene: Any) -> Any:
    return _Caller(scene)("users/me/phone", {"phone_number": NUMBER})


def _verify_phone(scene: Any) -> Any:
    scene.browser.post("/account/phone", {"phone_number": NUMBER})
    return _Caller(scene)("users/me/phone/verify", {"code": code_sent_to(NUMBER)})


ADDRESS_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "account_emails": (_on_a_further_address("remove"), "user.email_removed"),
    "account_email_add": (_page("/account/emails/add", {"email": NEW}), "user.email_addition_requested"),
    "account_email_verify": (_code_on_page, "user.email_added"),
    "account_email_link": (_link, "user.email_added"),
    "email_revert": (_revert, "user.primary_email_reverted"),
    "account_phone": (_page("/account/phone", {"phone_number": NUMBER}), "user.phone_code_sent"),
    "account_phone_verify": (_phone_on_page, "user.phone_verified"),
    "api_emails": (_add, "user.email_addition_requested"),
    "api_email": (_remove, "user.email_removed"),
    "api_email_prove": (_prove, "user.email_added"),
    "api_email_send_again": (_send_again, "user.email_addition_requested"),
    "api_email_primary": (_make_primary, "user.primary_email_changed"),
    "api_email_change": (_change, "user.email_addition_requested"),
    "api_phone": (_set_phone, "user.phone_code_sent"),
    "api_phone_verify": (_verify_phone, "user.phone_verified"),
}
