"""Pictures for tests, good and bad."""

from io import BytesIO
from typing import Any

from PIL import Image


def picture(
    kind: str = "PNG", size: tuple[int, int] = (300, 200), colour: str = "teal", **more: Any
) -> bytes:
    out = BytesIO()
    mode = "RGB" if kind == "JPEG" else "RGBA"
    Image.new(mode, size, colour).save(out, kind, **more)
    return out.getvalue()


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=["PNG"])
