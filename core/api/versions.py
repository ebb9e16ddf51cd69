"""`ETag` and `If-Match`: a change is made only to what its maker has seen (RFC 9110 sections 8.8.3, 13.1.1)."""

from django.utils.http import parse_etags
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag that was read: 412 if it is another now."
)


def with_version(response: Response, version: str) -> Response:
    response["ETag"] = f'"{version}"'
    return response


def versions_asked_for(request: Request) -> frozenset[str] | None:
    """The versions that `If-Match` names; None where any will do. Weak ones never match."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    return frozenset(tag.strip('"') for tag in parse_etags(header) if tag.startswith('"'))
