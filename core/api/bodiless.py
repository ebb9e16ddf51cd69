"""Operations that take no body refuse one, as those that take one refuse unknown fields: nothing is silently dropped."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from rest_framework.request import Request

from core.api.serializers import StrictSerializer, parse

Method = TypeVar("Method", bound=Callable[..., Any])
REFUSED = (413, 415, 422)
"""What the document says of them besides."""


class _Nothing(StrictSerializer):
    """No field is known."""


def bodiless(method: Method) -> Method:
    """For the method of a view: nothing may be sent but an empty object."""

    @wraps(method)
    def refusing(view: Any, request: Request, *args: Any, **kwargs: Any) -> Any:
        parse(_Nothing, request)
        return method(view, request, *args, **kwargs)

    return cast(Method, refusing)
