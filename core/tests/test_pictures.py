"""Pictures from outside come out as small PNGs of our own encoding, or are refused."""

import os
from io import BytesIO

import pytest
from PIL import Image

from core import pictures
from core.tests.pictures import opened, picture


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_format_comes_out_as_a_small_png(kind: str) -> None:
    png = opened(pictures.encode_png(picture(kind)))
    assert (png.format, png.size, png.mode) == ("PNG", (256, 171), "RGBA")


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(pictures.encode_png(picture(size=(40, 30)))).size == (40, 30)


def test_noise_is_made_smaller_until_it_fits() -> None:
    noise = BytesIO()
    Image.frombytes("RGBA", (256, 256), os.urandom(256 * 256 * 4)).save(noise, "PNG")
    png = pictures.encode_png(noise.getvalue())
    assert len(png) <= 64 * 1024
    assert opened(png).width >= 96


def test_a_picture_that_takes_minutes_to_unpack_is_refused_before() -> None:
    jpeg = picture("JPEG", size=(2048, 2048), progressive=True)
    last = jpeg[jpeg.rindex(pictures.SCAN) : -2]  # the last pass; libjpeg does it again as often as it comes
    assert opened(pictures.encode_png(jpeg)).size == (256, 256)
    for times in (pictures.MAX_SCANS, 20_000):
        bomb = jpeg[:-2] + last * times + jpeg[-2:]
        with pytest.raises(pictures.NotAPicture, match="scans"):
            pictures.encode_png(bomb[: pictures.MAX_UPLOAD_BYTES])


def test_only_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    png = opened(pictures.encode_png(out.getvalue()))
    assert getattr(png, "n_frames", 1) == 1
    assert png.getpixel((5, 5)) == (255, 0, 0, 255)


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "taken at home"
    png = pictures.encode_png(picture("JPEG", size=(100, 50), exif=exif))
    assert opened(png).size == (50, 100)
    assert b"taken at home" not in png


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"<svg/>", picture()[:60], picture("JPEG")[:100], b"BM" + bytes(100), picture("BMP")],
    ids=["empty", "a letter", "SVG", "cut PNG", "cut JPEG", "BMP head", "BMP"],
)
def test_what_is_no_picture_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(pictures.NotAPicture):
        pictures.encode_png(data)


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (40, 30)])
def test_a_square_is_the_middle_of_the_picture(size: tuple[int, int]) -> None:
    wide = Image.new("RGB", size, "red")
    middle = Image.new("RGB", (min(size) // 2,) * 2, "blue")
    wide.paste(middle, tuple((side - middle.width) // 2 for side in size))
    out = BytesIO()
    wide.save(out, "PNG")
    png = opened(pictures.encode_png(out.getvalue(), square=True))
    side = min(*size, 256)
    assert png.size == (side, side)
    assert png.getpixel((side // 2, side // 2)) == (0, 0, 255, 255)
    assert png.getpixel((1, side // 2)) == (255, 0, 0, 255)


def test_a_square_of_a_photograph_is_upright_too() -> None:
    photograph, exif = Image.new("RGB", (200, 200), "red"), Image.Exif()
    photograph.paste("blue", (0, 0, 100, 200))
    exif[0x0112] = 6  # to be turned by a quarter: left comes up
    out = BytesIO()
    photograph.save(out, "JPEG", exif=exif, quality=100)
    png = opened(pictures.encode_png(out.getvalue(), square=True))
    up, down = png.getpixel((100, 20)), png.getpixel((100, 180))
    assert isinstance(up, tuple)
    assert isinstance(down, tuple)
    assert up[2] > 200 > down[2]
