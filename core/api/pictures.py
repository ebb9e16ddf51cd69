"""Pictures as bodies of the API: the bytes themselves, as `image/png` and the like."""

from collections.abc import Mapping
from typing import IO, Any, cast

from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from core.api.parsers import BodyTooLarge
from core.pictures import MAX_UPLOAD_BYTES

MEDIA_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
PICTURE_BODY = dict.fromkeys(MEDIA_TYPES, OpenApiTypes.BINARY)
"""The `request` of `extend_schema`."""


class PictureParser(BaseParser):
    """The bytes of a picture as they came; whether they are one, the service judges."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, bytes]:
        raw = stream.read(MAX_UPLOAD_BYTES + 1)
        if len(raw) > MAX_UPLOAD_BYTES:
            raise BodyTooLarge("The picture is larger than 1 MB.")
        return {"picture": raw}


def _parser(media_type: str) -> type[BaseParser]:
    return type("PictureParser", (PictureParser,), {"media_type": media_type})


PICTURE_PARSERS = tuple(map(_parser, MEDIA_TYPES))


def picture_in(request: Request) -> bytes:
    """The body of a view with `PICTURE_PARSERS`; without one no parser was asked."""
    return cast(dict[str, bytes], request.data).get("picture", b"")
