"""How each route of social login is made to change something, and the one event that says so (S260)."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.test import Client as Browser
from django.test import override_settings

from accounts.models import Identity
from sso.engine import documents
from sso.factories import add_provider
from tests.adversarial.tools import api_login, bearer, code_in, newest_mail, post_json
from tests.support.identity_providers.journeys import local, query_of, set_out, sign_in, through
from tests.support.identity_providers.openid import OpenIDProvider

APP, DORA = "https://app.example/back", "dora@example.com"
API = "/api/v1/oauth"


def at_herbs(act: Callable[[Any, OpenIDProvider], Any]) -> Callable[[Any], Any]:
    """The act, while a provider is there."""

    def run(scene: Any) -> Any:
        documents.forget()
        options = {"outbound_allow": (ip_network("127.0.0.0/8"),), "social_redirect_uris": (APP,)}
        with OpenIDProvider() as herbs, override_settings(JANUA=settings.JANUA.model_copy(update=options)):
            add_provider("herbs", issuer=herbs.base_url)
            return act(scene, herbs)

    return run


def _callback(scene: Any, _herbs: OpenIDProvider) -> Any:
    browser = Browser()
    return browser.get(local(through(set_out(browser, "herbs"))), **scene.headers)


def _waiting(herbs: OpenIDProvider) -> Browser:
    herbs.claims = {"email_verified": False}
    browser = Browser()
    sign_in(browser, "herbs")
    return browser


def _email(scene: Any, herbs: OpenIDProvider) -> Any:
    return scene.page("/sso/social/email", {"email": DORA}, _waiting(herbs))


def _code(scene: Any, herbs: OpenIDProvider) -> Any:
    browser = _waiting(herbs)
    browser.post("/sso/social/email", {"email": DORA})
    return scene.page("/sso/social/code", {"code": code_in(newest_mail(DORA))}, browser)


def _connect(scene: Any) -> Identity:
    going = scene.browser.post("/account/connections", {"connect": "herbs"})
    scene.browser.get(local(through(going.context["url"])))
    return Identity.objects.get()


def _disconnect(scene: Any, _herbs: OpenIDProvider) -> Any:
    return scene.page("/account/connections", {"disconnect": str(_connect(scene).id)})


def _answer(path: str, **headers: Any) -> dict[str, str]:
    """What an app holds after the way through the provider."""
    begun = post_json(Browser(), f"{API}/{path}", {"redirect_uri": APP}, **headers).json()
    forwarded = Browser().get(local(through(begun["authorization_url"])))
    return {**query_of(forwarded["Location"]), "binding": begun["binding"]}


def _api_callback(scene: Any, _herbs: OpenIDProvider) -> Any:
    return scene.json("oauth/callback/herbs", _answer("authorize/herbs"))


def _handle(herbs: OpenIDProvider) -> str:
    herbs.claims = {"email_verified": False}
    answer = post_json(Browser(), f"{API}/callback/herbs", _answer("authorize/herbs"))
    return str(answer.json()["handle"])


def _api_email(scene: Any, herbs: OpenIDProvider) -> Any:
    return scene.json("oauth/email", {"handle": _handle(herbs), "email": DORA})


def _api_email_verify(scene: Any, herbs: OpenIDProvider) -> Any:
    handle = _handle(herbs)
    post_json(Browser(), f"{API}/email", {"handle": handle, "email": DORA})
    return scene.json("oauth/email/verify", {"handle": handle, "code": code_in(newest_mail(DORA))})


def _api_link_callback(scene: Any, _herbs: OpenIDProvider) -> Any:
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return scene.json("oauth/link/herbs/callback", _answer("link/herbs", **header), **header)


def _api_unlink(scene: Any, _herbs: OpenIDProvider) -> Any:
    identity = _connect(scene)
    header = bearer(api_login(Browser(), scene.alice)["access_token"])
    return Browser().delete(f"{API}/unlink/{identity.id}", **scene.headers, **header)


SOCIAL_ACTS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "social_callback": (at_herbs(_callback), "login.succeeded"),
    "social_email": (at_herbs(_email), "identity.proof_sent"),
    "social_code": (at_herbs(_code), "identity.connected"),
    "account_connections": (at_herbs(_disconnect), "identity.disconnected"),
    "api_social_callback": (at_herbs(_api_callback), "login.succeeded"),
    "api_social_email": (at_herbs(_api_email), "identity.proof_sent"),
    "api_social_email_verify": (at_herbs(_api_email_verify), "identity.connected"),
    "api_social_link_callback": (at_herbs(_api_link_callback), "identity.connected"),
    "api_social_unlink": (at_herbs(_api_unlink), "identity.disconnected"),
}
SETS_OUT = {"social_start", "api_social_authorize", "api_social_link"}
"""Only lead to a provider; what comes back changes something."""
