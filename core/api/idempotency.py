"""`Idempotency-Key`: a POST that was sent twice, because its answer got lost, is done once and answered twice.

The key belongs to one caller, address and body for 24 hours. Only what succeeded is remembered; the answer
lies sealed, for it may hold a secret that is shown once.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock, crypto
from core.errors import Conflict, ValidationFailed
from core.models import IdempotentAnswer

KEY = re.compile(r"[\x21-\x7e]{8,255}")
KEPT = timedelta(hours=24)
LONGEST_REQUEST = timedelta(minutes=1)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="8 to 255 printable characters. The same request with the same key is done once in 24 hours.",
)

Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """For the method of a view that creates something, behind a bearer token or an API key."""

    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        row, is_first = _claim(request, key, now=clock.now())
        if not is_first:
            return Response(json.loads(row.answer), status=row.status)
        try:
            response = handler(view, request, *args, **kwargs)
        except BaseException:
            row.delete()  # nothing was done: the key may be tried again
            raise
        row.status = response.status_code
        row.answer = JSONRenderer().render(response.data).decode()
        row.expires_at = clock.now() + KEPT
        row.save()
        return response

    return once


def _claim(request: Request, key: str, *, now: datetime) -> tuple[IdempotentAnswer, bool]:
    """The key's row, and whether this request is the first with it; of parallel ones exactly one is."""
    if not KEY.fullmatch(key):
        raise ValidationFailed(
            "Idempotency-Key: send 8 to 255 printable characters.", reason="bad_idempotency_key"
        )
    body = request._request.body
    caller = request.user or request.auth  # an API key stands for itself
    key_hash = crypto.keyed_hash("idempotency", f"{caller.pk}\0{request.method} {request.path}\0{key}")
    IdempotentAnswer.objects.filter(key_hash=key_hash, expires_at__lte=now).delete()
    row, is_first = IdempotentAnswer.objects.get_or_create(
        key_hash=key_hash,
        defaults={
            "request_hash": hashlib.sha256(body).hexdigest(),
            "expires_at": now + LONGEST_REQUEST,
        },
    )
    if not is_first and row.request_hash != hashlib.sha256(body).hexdigest():
        raise ValidationFailed(
            "This Idempotency-Key was used for another request.", reason="idempotency_key_reused"
        )
    if not is_first and row.status is None:
        raise Conflict("The first request with this Idempotency-Key is still being done.", reason="busy")
    return row, is_first
