"""PUT and DELETE /api/v1/users/me/avatar, and what is served at the picture's address."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import Avatar, User
from accounts.services import avatars
from accounts.tests.test_me_api import bearer
from audit.models import Event
from core import clock
from core.errors import ValidationFailed
from core.tests.pictures import opened, picture

AVATAR = "/api/v1/users/me/avatar"


def put(user: User, data: bytes, content_type: str = "image/png") -> Any:
    return Client().generic("PUT", AVATAR, data, content_type=content_type, headers=bearer(user))


def test_it_comes_out_square_under_an_address_that_names_nobody(alice: User) -> None:
    address = put(alice, picture("JPEG", size=(900, 600)), "image/jpeg").json()["picture"]
    path = urlsplit(address).path
    assert str(alice.id) not in path
    assert len(path) == len("/avatars/.png") + 43
    response: Any = Client().get(path)
    assert opened(response.content).size == (256, 256)
    expected = {
        "Content-Type": "image/png",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'inline; filename="picture.png"',
        "Cache-Control": "public, max-age=86400, immutable",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    assert {name: response[name] for name in expected} == expected
    assert not response.cookies


def test_the_same_picture_again_has_another_address(alice: User) -> None:
    first = put(alice, picture()).json()["picture"]
    second = put(alice, picture()).json()["picture"]
    assert first != second
    assert Client().get(urlsplit(first).path).status_code == 404
    assert Client().get(urlsplit(second).path).status_code == 200


def test_it_is_removed_once(alice: User) -> None:
    path = urlsplit(put(alice, picture()).json()["picture"]).path
    for _ in range(2):
        assert Client().delete(AVATAR, headers=bearer(alice)).status_code == 204
    assert Client().get(path).status_code == 404
    assert Client().get("/api/v1/users/me", headers=bearer(alice)).json()["picture"] == ""
    told = Event.objects.filter(action="user.avatar_changed").order_by("seq").values_list("data", flat=True)
    assert list(told) == [{"has_picture": True}, {"has_picture": False}]


def test_a_bad_picture_leaves_the_old_one(alice: User) -> None:
    before = avatars.put(user=alice, picture=picture(), now=clock.now()).picture
    with pytest.raises(ValidationFailed):
        avatars.put(user=alice, picture=b"<svg/>", now=clock.now())
    assert User.objects.get(id=alice.id).picture == before


@pytest.mark.parametrize("data", [b"", b"x"])
def test_no_picture_at_all_is_422(alice: User, data: bytes) -> None:
    answer = put(alice, data)
    assert (answer.status_code, answer.json()["reason"]) == (422, "bad_picture")


def test_it_goes_with_the_person_and_nobody_elses(alice: User, bob: User) -> None:
    for person in (alice, bob):
        avatars.put(user=person, picture=picture(), now=clock.now())
    alice.delete()
    assert [avatar.user for avatar in Avatar.objects.all()] == [bob]
