"""POST /oauth/device_authorization: a device gets its two codes (RFC 8628 sections 3.1 and 3.2)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from audit.models import Event
from core import clock
from oauth import tasks, user_codes
from oauth.factories import register_client
from oauth.models import DEVICE_CODE, DeviceGrant
from oauth.tests.device_flow import begin, register_tv
from oauth.tests.flows import FORM, ISSUER, basic, error_of, post

pytestmark = pytest.mark.django_db
PATH = "/oauth/device_authorization"


def test_a_device_gets_its_codes() -> None:
    response = post(PATH, register_tv(), scope="openid email")
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert body.keys() == {
        "device_code",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
        "expires_in",
        "interval",
    }
    assert (body["expires_in"], body["interval"]) == (600, 5)
    assert body["verification_uri"] == f"{ISSUER}/device"
    assert body["verification_uri_complete"] == f"{ISSUER}/device?user_code={body['user_code']}"
    assert body["device_code"].startswith("jnu_dc_")
    first, second = body["user_code"].split("-")
    assert len(first) == len(second) == 4
    assert set(first + second) <= set("BCDFGHJKLMNPQRSTVWXZ")


def test_neither_code_is_stored() -> None:
    body = begin(register_tv())
    row = str(DeviceGrant.objects.values().get())
    assert body["device_code"] not in row
    assert body["user_code"] not in row
    assert body["user_code"].replace("-", "") not in row


def test_it_is_remembered_who_asked_from_where() -> None:
    tv = register_tv()
    agent = {"User-Agent": "TellyOS/7", "Content-Type": FORM}
    Client().post(PATH, f"client_id={tv.client.client_id}", content_type=FORM, headers=agent)
    row = DeviceGrant.objects.get()
    assert (row.client_id, row.ip, row.user_agent) == (tv.client.client_id, "127.0.0.1", "TellyOS/7")
    assert (row.user, row.session, row.scope, row.is_decided) == (None, None, "", False)
    assert row.expires_at - row.requested_at == timedelta(minutes=10)
    event = Event.objects.get(action="device_code.issued")
    assert (event.target_id, event.client_id) == (str(row.id), tv.client.client_id)


def test_a_confidential_client_authenticates() -> None:
    hub = register_client(grant_types=[DEVICE_CODE], redirect_uris=[])
    assert post(PATH, hub, scope="openid").status_code == 200
    body = f"client_id={hub.client.client_id}"
    assert error_of(Client().post(PATH, body, content_type=FORM)) == (401, "invalid_client")
    wrong = basic(hub.client.client_id, "jnu_cs_" + "x" * 43)
    assert error_of(Client().post(PATH, "scope=openid", content_type=FORM, headers=wrong)) == (
        401,
        "invalid_client",
    )
    assert not DeviceGrant.objects.exclude(client_id=hub.client.client_id).exists()


def test_the_client_must_be_registered_for_it() -> None:
    assert error_of(post(PATH, register_client(), scope="openid")) == (400, "unauthorized_client")


def test_a_scope_beyond_the_clients_is_refused() -> None:
    tv = register_tv(scope="openid")
    assert error_of(post(PATH, tv, scope="openid email")) == (400, "invalid_scope")
    assert not DeviceGrant.objects.exists()


def test_a_resource_must_be_one_of_the_clients() -> None:
    """RFC 8707 section 2.1."""
    tv = register_tv(resources=["https://films.example/"])
    assert error_of(post(PATH, tv, scope="openid", resource="https://else.example/")) == (
        400,
        "invalid_target",
    )
    assert begin(tv, resource="https://films.example/")


def test_only_a_form_by_post() -> None:
    assert Client().get(PATH).status_code == 405
    assert error_of(Client().post(PATH, {}, content_type="application/json")) == (400, "invalid_request")


def test_one_client_on_one_network_may_not_ask_for_ever(janua_options: Any) -> None:
    janua_options(rate_limits="on", redis_url="")
    tv, other = register_tv(), register_tv()
    for _ in range(60):
        begin(tv)
    response = post(PATH, tv)
    assert error_of(response) == (429, "temporarily_unavailable")
    assert int(response["Retry-After"]) > 0
    begin(other)


def test_a_user_code_that_is_taken_is_not_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["BBBBBBBB", "BBBBBBBB", "CCCCCCCC"])
    monkeypatch.setattr(user_codes, "new", lambda: next(drawn))
    tv = register_tv()
    assert [begin(tv)["user_code"] for _ in range(2)] == ["BBBB-BBBB", "CCCC-CCCC"]


@pytest.mark.parametrize(
    "typed", ["BCDF-GHJK", "bcdfghjk", "bcdf ghjk", " b c d f - g h j k ", "BCDF–GHJK", "BCDF—GHJK"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert user_codes.canonical(typed) == "BCDFGHJK"


@pytest.mark.parametrize(
    "typed", ["", "BCDF-GHJ", "BCDF-GHJKL", "ACDF-GHJK", "BCDF-GHJ1", "ＢCDF-GHJK", "ſCDFGHJK"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert user_codes.canonical(typed) == ""


def test_new_codes_differ_and_are_canonical() -> None:
    codes = {user_codes.new() for _ in range(200)}
    assert len(codes) == 200
    assert all(user_codes.canonical(user_codes.shown(code)) == code for code in codes)


def test_old_devices_are_swept_a_day_after_they_expired() -> None:
    tv = register_tv()
    begin(tv)
    DeviceGrant.objects.update(expires_at=clock.now() - timedelta(hours=25))
    begin(tv)
    tasks.purge_authorizations()
    assert DeviceGrant.objects.get().expires_at > clock.now()
