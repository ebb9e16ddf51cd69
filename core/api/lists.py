"""Lists of the REST API: `{"data": […], "total", "page", "per_page", "total_pages"}`."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers

from core.api.serializers import StrictSerializer

M = TypeVar("M", bound=Model)
MAX_PER_PAGE = 100
MAX_PAGE = 1_000_000


class ListQuery(StrictSerializer):
    """The query of a list."""

    page = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, default=1)
    per_page = serializers.IntegerField(min_value=1, max_value=MAX_PER_PAGE, default=20)


class SearchQuery(ListQuery):
    search = serializers.CharField(max_length=200, required=False, allow_blank=True)


class ListOutput(serializers.Serializer[Any]):
    """What every list says besides its `data`."""

    total = serializers.IntegerField()
    page = serializers.IntegerField()
    per_page = serializers.IntegerField()
    total_pages = serializers.IntegerField()


def list_of(item: type[serializers.BaseSerializer[Any]]) -> type[ListOutput]:
    """The serializer of a list of such items, for the document."""

    def get_fields(self: ListOutput) -> dict[str, Any]:
        return {"data": item(many=True), **ListOutput.get_fields(self)}

    name = item.__name__.replace("Output", "ListOutput")
    return type(name, (ListOutput,), {"get_fields": get_fields})


def listed(rows: QuerySet[M], query: dict[str, Any], show: Callable[[M], Any]) -> dict[str, Any]:
    """One page of the rows, which must be in a whole order."""
    page, per_page, total = query["page"], query["per_page"], rows.count()
    start = (page - 1) * per_page
    return {
        "data": [show(row) for row in rows[start : start + per_page]],
        "total": total,
        "page": page,
        "per_page": per_page,
        "total_pages": -(-total // per_page),
    }
