"""Bodies of the API: strict JSON of bounded size (`core.strict_json`)."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from core.strict_json import parse_object

MAX_BODY_BYTES = 256 * 1024


class BodyTooLarge(APIException):
    status_code = 413
    default_detail = "The body is larger than 256 kB."


class StrictJSONParser(BaseParser):
    """Parses an object; anything else is refused with a sentence that says why."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        raw = stream.read(MAX_BODY_BYTES + 1)
        if len(raw) > MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            data = parse_object(raw)
        except ValueError as error:
            raise ParseError(str(error)) from None
        return data
