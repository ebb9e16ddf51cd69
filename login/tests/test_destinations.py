"""Where a sign-in may lead: a path of our own pages, in no spelling anywhere else."""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from login import devices
from login.destinations import destination_of, safe_next
from login.devices import MAX_ACCOUNTS, device_of

FOREIGN = [
    "",
    "account",
    "https://evil.example/",
    "//evil.example/account",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "/account\n",
    " /account",
    "/account evil",
    "javascript:alert(1)",
    "/nowhere",
    "/api/v1/auth/me",
    "/static/app.js",
    "http:///evil.example",
    "/%2f%2fevil.example",
    "/account\u202e",
    "/" + "x" * 2000,
    "/account?" + "x" * 2000,
]


@pytest.mark.parametrize("raw", FOREIGN)
def test_anything_else_leads_nowhere(raw: str) -> None:
    assert safe_next(raw) == ""


@pytest.mark.parametrize(
    "raw",
    [
        "/account",
        "/account?a=1&b=%2F%2Fevil.example",
        "/account#top",
        "/admin/",
        "/",
        "/oauth/authorize/3f0f3b0e-0000-4000-8000-000000000001",
    ],
)
def test_our_pages_are_kept_as_they_are(raw: str) -> None:
    assert safe_next(raw) == raw


@pytest.mark.parametrize("path", ["", "/account", "/oauth/authorize/not-a-uuid", "/nowhere"])
def test_pages_that_say_nothing_of_themselves(path: str) -> None:
    assert destination_of(path) is None


def with_cookie(value: str) -> HttpRequest:
    request = RequestFactory().get("/login")
    request.COOKIES[settings.DEVICE_COOKIE_NAME] = value
    return request


def remembered(request: HttpRequest, user_id: object, door: str = "password") -> str:
    response = HttpResponse()
    devices.remember(request, response, user_id, door=door)  # type: ignore[arg-type]
    return response.cookies[settings.DEVICE_COOKIE_NAME].value


def test_a_device_remembers_the_last_accounts(db: None) -> None:
    value = ""
    for number in range(MAX_ACCOUNTS + 2):
        value = remembered(with_cookie(value), f"user-{number}")
    device = device_of(with_cookie(value))
    assert device is not None
    assert device.user_ids == {f"user-{number}" for number in range(2, MAX_ACCOUNTS + 2)}


def test_a_device_remembers_the_last_door(db: None) -> None:
    first = remembered(with_cookie(""), "a", "google")
    assert devices.last_door(with_cookie(first)) == "google"
    assert devices.last_door(with_cookie(remembered(with_cookie(first), "b", "password"))) == "password"


def test_a_device_keeps_its_id(db: None) -> None:
    first = remembered(with_cookie(""), "a")
    second = remembered(with_cookie(first), "b")
    one, two = device_of(with_cookie(first)), device_of(with_cookie(second))
    assert one is not None
    assert two is not None
    assert one.id == two.id


@pytest.mark.parametrize("value", ["", "nonsense", "a:b:c"])
def test_a_cookie_that_is_not_ours_is_nobodys_device(value: str) -> None:
    assert device_of(with_cookie(value)) is None
