"""Files that are written while they are sent."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse


def streamed(pieces: Iterable[str], *, file_name: str, content_type: str) -> StreamingHttpResponse:
    """The pieces as one file to keep. `file_name` is ours: nothing that people typed."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
