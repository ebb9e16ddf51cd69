"""Lists that go on from a cursor: `{"data": […], "next_cursor": "…"}`."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import serializers

from core.api.lists import MAX_PER_PAGE
from core.api.serializers import StrictSerializer
from core.keyset import Page

M = TypeVar("M", bound=Model)


class CursorQuery(StrictSerializer):
    """The query of a list that goes on from a cursor."""

    cursor = serializers.CharField(max_length=200, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_PER_PAGE, default=20)


class CursorOutput(serializers.Serializer[Any]):
    """`next_cursor` is null on the last page."""

    next_cursor = serializers.CharField(allow_null=True)


def cursor_list_of(item: type[serializers.BaseSerializer[Any]]) -> type[CursorOutput]:
    """The serializer of a list of such items, for the document."""

    def get_fields(self: CursorOutput) -> dict[str, Any]:
        return {"data": item(many=True), **CursorOutput.get_fields(self)}

    return type(
        item.__name__.replace("Serializer", "Output").replace("Output", "PageOutput"),
        (CursorOutput,),
        {"get_fields": get_fields},
    )


def paged(page: Page[M], show: Callable[[M], Any]) -> dict[str, Any]:
    """The page as JSON."""
    return {"data": [show(row) for row in page.rows], "next_cursor": page.next_cursor}
