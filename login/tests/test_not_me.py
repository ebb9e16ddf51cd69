"""The mail about a new device, and its link that locks everybody out."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import Device, User
from accounts.services import alarms
from accounts.tests.browsers import signed_in
from accounts.tests.mails import last_letter, letters_to
from audit.models import Event
from core import clock
from core.errors import ValidationFailed
from login.devices import SALT
from login.tests.api import call

pytestmark = pytest.mark.django_db
NEW = "copper-lantern-meadow-31"


def sign_in(user: User, browser: Client | None = None, password: str = PASSWORD) -> Client:
    browser = browser or Client()
    browser.post("/login", {"email": user.email, "password": password})
    return browser


@pytest.fixture
def thief(alice: User) -> Client:
    """Somebody who knows the password, on a device of their own."""
    sign_in(alice)
    return sign_in(alice)


def token_of(user: User) -> str:
    letter = last_letter(user.email)
    assert letter.kind == "sign_in_new_device"
    return letter.token


def test_a_known_browser_is_not_told_of_a_forgotten_one_is(alice: User, thief: Client) -> None:
    assert [letter.kind for letter in letters_to(alice.email)] == ["sign_in_new_device"]
    sign_in(alice, thief)
    assert len(letters_to(alice.email)) == 1
    device = Device.objects.latest("last_seen_at")
    signed_in(alice).post("/account/sessions", {"device_id": str(device.id)})
    sign_in(alice, thief)
    assert len(letters_to(alice.email)) == 2


def test_opening_the_link_changes_nothing(alice: User, thief: Client) -> None:
    page = Client().get(f"/not-me?token={token_of(alice)}")
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "strict-origin"
    assert thief.get("/account").status_code == 200


def test_it_locks_everybody_out_and_the_owner_back_in(alice: User, thief: Client) -> None:
    tokens = call("login", {"email": alice.email, "password": PASSWORD}).json()["tokens"]
    owner = Client()
    answer = owner.post(f"/not-me?token={token_of(alice)}", {"next": ""})
    assert (answer.status_code, answer["Location"]) == (303, "/password/reset")
    assert thief.get("/account").status_code == 302
    assert call("me", token=tokens["access_token"], method="GET").status_code == 401
    assert call("token/refresh", {"refresh_token": tokens["refresh_token"]}).status_code == 401
    assert call("login", {"email": alice.email, "password": PASSWORD}).status_code == 401
    assert "the old password works no more" in owner.get("/password/reset").content.decode()
    form = {"code": last_letter(alice.email).code, "new_password": NEW}
    assert owner.post("/password/reset", form).status_code == 200
    assert call("login", {"email": alice.email, "password": NEW}).status_code == 200
    event = Event.objects.get(action="user.sign_in_disowned")
    assert event.data == {"sessions": 3}
    assert not Device.objects.filter(revoked_at=None).exists()


def test_it_works_once_and_for_seven_days(alice: User, thief: Client) -> None:
    token, now = token_of(alice), clock.now()
    for other in ("", "nonsense", token[:-1]):
        assert Client().post(f"/not-me?token={other}", {"next": ""}).status_code == 422
    with pytest.raises(ValidationFailed):
        alarms.disown(token, now=now + timedelta(days=7, seconds=1))
    assert alarms.disown(token, now=now + timedelta(days=6, hours=23)) == alice.email
    with pytest.raises(ValidationFailed):
        alarms.disown(token, now=now + timedelta(days=6, hours=23))


def test_its_own_cookie_goes_with_it(alice: User, thief: Client) -> None:
    answer = thief.post(f"/not-me?token={token_of(alice)}", {"next": ""})
    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == ""


def test_a_new_owner_of_the_address_gets_no_code_by_it(alice: User, thief: Client) -> None:
    """The thief was quick and changed the address: the account is locked all the same."""
    token = token_of(alice)
    User.objects.filter(id=alice.id).update(email="thief@example.com")
    answer = Client().post(f"/not-me?token={token}", {"next": ""})
    assert answer.status_code == 200
    assert "another address now" in answer.content.decode()
    assert thief.get("/account").status_code == 302
    assert not User.objects.get(id=alice.id).has_usable_password()
    assert letters_to("thief@example.com") == []


def test_a_new_password_makes_old_links_dead(alice: User, thief: Client, janua_options: Any) -> None:
    """Who has locked everybody out by a reset is not locked out by an old mail."""
    token = token_of(alice)
    browser = Client()
    browser.post("/password/forgot", {"email": alice.email})
    browser.post("/password/reset", {"code": last_letter(alice.email).code, "new_password": NEW})
    with pytest.raises(ValidationFailed):
        alarms.disown(token, now=clock.now())


def test_a_browsers_id_is_not_in_the_database(alice: User) -> None:
    cookie = sign_in(alice).cookies[settings.DEVICE_COOKIE_NAME].value
    assert signing.loads(cookie, salt=SALT)["id"] not in str(list(Device.objects.values()))
