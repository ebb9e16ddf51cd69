"""What every operation's documentation shares: the problem shape and the statuses it may answer."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from core.api.problems import CODES, PROBLEM_JSON

ALWAYS = (400, 503)


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457, with a stable `code` and, where it helps, a finer `reason`."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    request_id = serializers.CharField()
    reason = serializers.CharField(required=False)
    details = serializers.DictField(required=False)


class EndedOutput(serializers.Serializer[Any]):
    """How many of them an act ended."""

    ended = serializers.IntegerField()


def answers(success: int, body: Any, *problems: int, description: str = "Done.") -> dict[Any, Any]:
    """The `responses` of `extend_schema`: the success and every refusal that may come instead."""
    responses: dict[Any, Any] = {success: OpenApiResponse(body, description=description)}
    for status in sorted({*ALWAYS, *problems}):
        responses[status, PROBLEM_JSON] = OpenApiResponse(ProblemSerializer, description=CODES[status][1])
    return responses
