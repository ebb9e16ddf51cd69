"""Pictures from outside, encoded anew: what goes out are our own pixels and nothing that came with them."""

from io import BytesIO
from threading import Lock

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAX_UPLOAD_BYTES = 1000 * 1000  # a form around it still passes the limit of all bodies
MAX_SIDE = 4096
MAX_PIXELS = 2048 * 2048
MAX_PNG_BYTES = 64 * 1024
_one_at_a_time = Lock()  # a decoded picture takes some 90 MB at most, and each process has many threads
JPEG = b"\xff\xd8"
SCAN = b"\xff\xda"  # in a JPEG; cannot occur inside of its compressed data
MAX_SCANS = 50  # each passes over the whole picture, sixteen bytes are enough for one; cameras write ten
SIDES = (256, 192, 128, 96)  # 96 x 96 x 4 bytes fit in whatever the picture shows


class NotAPicture(ValueError):
    """Refused; the sentence is for people."""


def encode_png(data: bytes, *, square: bool = False) -> bytes:
    """A PNG of at most 256 x 256 pixels and 64 kB: the first frame, upright, without metadata.

    `square`: only the middle of it. Raises `NotAPicture`. The size is read from the header before a pixel is
    unpacked.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise NotAPicture(_("The picture is larger than 1 MB."))
    with _one_at_a_time:
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as picture:
                _require_bounded(picture, data)
                pixels = picture.convert("RGBA")
            if square:
                pixels = ImageOps.fit(pixels, (min(*pixels.size, SIDES[0]),) * 2)
            pixels.thumbnail((SIDES[0], SIDES[0]))
            ImageOps.exif_transpose(pixels, in_place=True)
        except NotAPicture:
            raise
        except Exception:  # noqa: BLE001 - decoders of hostile bytes raise whatever they like
            raise NotAPicture(_("This is not a PNG, JPEG, WebP or GIF picture that we can read.")) from None
    return _smallest(pixels)


def _require_bounded(picture: Image.Image, data: bytes) -> None:
    if max(picture.size) > MAX_SIDE or picture.width * picture.height > MAX_PIXELS:
        raise NotAPicture(_("The picture has too many pixels: at most 2048 x 2048."))
    if data.startswith(JPEG) and data.count(SCAN) > MAX_SCANS:
        raise NotAPicture(_("The picture has too many scans: at most {n}.").format(n=MAX_SCANS))


def _smallest(pixels: Image.Image) -> bytes:
    """The largest of our sizes whose PNG is small enough."""
    png = b""
    for side in SIDES:
        pixels.thumbnail((side, side))
        clean = Image.new("RGBA", pixels.size)
        clean.paste(pixels)  # pixels only: no text chunks, no profile, no EXIF
        out = BytesIO()
        clean.save(out, "PNG", optimize=True)
        png = out.getvalue()
        if len(png) <= MAX_PNG_BYTES:
            break
    return png
