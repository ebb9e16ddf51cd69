"""Walking the device grant (RFC 8628) with Django's test client."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from accounts.tests.browsers import signed_in
from core import clock
from oauth.factories import register_client
from oauth.models import DEVICE_CODE, DeviceGrant
from oauth.services.clients import Registered
from oauth.tests.flows import post


def register_tv(**members: Any) -> Registered:
    """A public client that a television would be."""
    given = {
        "client_name": "Telly",
        "redirect_uris": [],
        "grant_types": [DEVICE_CODE, "refresh_token"],
        "token_endpoint_auth_method": "none",
        **members,
    }
    return register_client(**given)


def begin(tv: Registered, **form: str) -> dict[str, Any]:
    """The codes that a device of this client gets."""
    response = post("/oauth/device_authorization", tv, **{"scope": "openid email", **form})
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def enter(browser: Client, user_code: str) -> HttpResponse:
    return browser.post("/device", {"user_code": user_code})  # type: ignore[return-value]


def page_of(browser: Client, user_code: str) -> str:
    """The address that the code leads to."""
    response = enter(browser, user_code)
    assert response.status_code == 303, response.content[:300]
    return str(response["Location"])


def answer(user: User, user_code: str, decision: str = "allow") -> HttpResponse:
    """The person signs in, enters the code and decides."""
    browser = signed_in(user)
    path = page_of(browser, user_code)
    assert browser.get(path).status_code == 200
    return browser.post(path, {"decision": decision})  # type: ignore[return-value]


def poll(tv: Registered, device_code: str) -> Any:
    return post("/oauth/token", tv, grant_type=DEVICE_CODE, device_code=device_code)


def wait(seconds: int) -> None:
    """As if the last poll lay further back."""
    earlier = clock.now() - timedelta(seconds=seconds)
    DeviceGrant.objects.exclude(last_polled_at=None).update(last_polled_at=earlier)


def expire() -> None:
    DeviceGrant.objects.update(expires_at=clock.now())
