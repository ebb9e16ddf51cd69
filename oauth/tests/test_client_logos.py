"""Logos: taken in as pictures, given out as our own PNG under an address that never changes."""

import hashlib
import os
from io import BytesIO
from typing import Any

import pytest
from django.test import Client as Browser
from PIL import Image

from accounts.models import User
from accounts.tests.browsers import signed_in
from audit.models import Event
from core import clock
from core.errors import NotFound, ValidationFailed
from oauth import pictures
from oauth.factories import register_client
from oauth.models import Client, ClientLogo
from oauth.services import clients, logos
from oauth.tests.flows import authorize
from oauth.tests.pictures import opened, picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_format_comes_out_as_a_small_png(kind: str) -> None:
    png = opened(pictures.encode_logo(picture(kind)))
    assert (png.format, png.size, png.mode) == ("PNG", (256, 171), "RGBA")


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(pictures.encode_logo(picture(size=(40, 30)))).size == (40, 30)


def test_noise_is_made_smaller_until_it_fits() -> None:
    noise = BytesIO()
    Image.frombytes("RGBA", (256, 256), os.urandom(256 * 256 * 4)).save(noise, "PNG")
    png = pictures.encode_logo(noise.getvalue())
    assert len(png) <= 64 * 1024
    assert opened(png).width >= 96


def test_a_picture_that_takes_minutes_to_unpack_is_refused_before() -> None:
    jpeg = picture("JPEG", size=(2048, 2048), progressive=True)
    last = jpeg[jpeg.rindex(pictures.SCAN) : -2]  # the last pass; libjpeg does it again as often as it comes
    assert opened(pictures.encode_logo(jpeg)).size == (256, 256)
    for times in (pictures.MAX_SCANS, 20_000):
        bomb = jpeg[:-2] + last * times + jpeg[-2:]
        with pytest.raises(pictures.NotAPicture, match="scans"):
            pictures.encode_logo(bomb[: pictures.MAX_UPLOAD_BYTES])


def test_only_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    png = opened(pictures.encode_logo(out.getvalue()))
    assert getattr(png, "n_frames", 1) == 1
    assert png.getpixel((5, 5)) == (255, 0, 0, 255)


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "taken at home"
    png = pictures.encode_logo(picture("JPEG", size=(100, 50), exif=exif))
    assert opened(png).size == (50, 100)
    assert b"taken at home" not in png


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"<svg/>", picture()[:60], picture("JPEG")[:100], b"BM" + bytes(100), picture("BMP")],
    ids=["empty", "a letter", "SVG", "cut PNG", "cut JPEG", "BMP head", "BMP"],
)
def test_what_is_no_picture_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(pictures.NotAPicture):
        pictures.encode_logo(data)


@pytest.fixture
def acme(alice: User) -> Client:
    return register_client(owner=alice).client


def put(actor: User, client: Client, data: bytes | None = None) -> ClientLogo:
    return logos.put(actor=actor, client=client, picture=data or picture(), now=clock.now())


def test_it_is_served_as_a_picture_and_nothing_else(alice: User, acme: Client) -> None:
    logo = put(alice, acme)
    path = logos.path_of(acme)
    assert path == f"/oauth/clients/{acme.client_id}/logo/{logo.digest}.png"
    response: Any = Browser().get(path)
    assert response.content == bytes(ClientLogo.objects.get().png)
    assert hashlib.sha256(response.content).hexdigest().startswith(logo.digest)
    expected = {
        "Content-Type": "image/png",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'inline; filename="logo.png"',
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    assert {name: response[name] for name in expected} == expected
    assert not response.cookies


def test_a_new_picture_has_a_new_address_and_the_old_one_is_gone(alice: User, acme: Client) -> None:
    put(alice, acme)
    old = logos.path_of(acme)
    put(alice, acme, picture(colour="red"))
    assert Browser().get(old).status_code == 404
    assert Browser().get(logos.path_of(acme)).status_code == 200
    logos.remove(actor=alice, client=acme)
    logos.remove(actor=alice, client=acme)
    assert logos.path_of(acme) == ""
    digests = list(
        Event.objects.filter(action="client.logo_changed").order_by("seq").values_list("data", flat=True)
    )
    assert [bool(data["digest"]) for data in digests] == [True, True, False]


def test_another_clients_picture_is_not_under_this_ones_address(alice: User, acme: Client) -> None:
    logo = put(alice, acme)
    other = register_client(owner=alice).client
    assert Browser().get(logos.path_to(other.client_id, logo.digest)).status_code == 404


def test_strangers_set_and_remove_nothing(alice: User, bob: User, acme: Client) -> None:
    put(alice, acme)
    with pytest.raises(NotFound):
        put(bob, acme)
    with pytest.raises(NotFound):
        logos.remove(actor=bob, client=acme)
    assert logos.path_of(acme)


def test_a_bad_picture_leaves_the_old_one(alice: User, acme: Client) -> None:
    put(alice, acme)
    before = logos.path_of(acme)
    with pytest.raises(ValidationFailed):
        put(alice, acme, b"<svg onload=alert(1)>")
    assert logos.path_of(acme) == before


def test_an_owners_new_logo_takes_the_verified_mark_away(alice: User, olivia: User, acme: Client) -> None:
    clients.set_verified(actor=olivia, client=acme, is_verified=True)
    put(olivia, acme)
    assert Client.objects.get(pk=acme.pk).is_verified
    put(alice, acme, picture(colour="red"))
    assert not Client.objects.get(pk=acme.pk).is_verified


def test_people_see_it_where_they_sign_in_and_where_they_allow(alice: User, bob: User) -> None:
    registered = register_client(owner=alice)
    put(alice, registered.client)
    path = logos.path_of(registered.client)
    waiting = authorize(Browser(), registered)["Location"]
    assert f'src="{path}"' in Browser().get("/login", {"next": waiting}).content.decode()
    consent = signed_in(bob).get(authorize(signed_in(bob), registered)["Location"])
    assert f'src="{path}"' in consent.content.decode()
