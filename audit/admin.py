"""The trail for operators: to read, never to change."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.events import known_tags
from audit.models import Event
from core.operators import ReadOnlyAdmin


class ActionFilter(admin.SimpleListFilter):
    """The actions that the code knows, not those a scan of the table would find."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(tag, tag) for tag in known_tags()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin[Event]):
    list_display = (
        "at",
        "action",
        "result",
        "actor_type",
        "actor_id",
        "target_type",
        "target_id",
        "request_id",
    )
    list_display_links = ("at", "action")
    list_filter = (ActionFilter, "result")
    search_fields = ("actor_id", "target_id", "request_id")
    search_help_text = _("The whole id of an actor, a target or a request")
    ordering = ("-at",)
    sortable_by = ("at",)
    actions = None
    list_select_related = False
    exclude = ("data",)

    def get_readonly_fields(self, request: HttpRequest, obj: Event | None = None) -> tuple[str, ...]:
        return (
            *(field.name for field in Event._meta.fields if field.name != "data"),
            "facts",
            "personal_data",
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """Whole ids only: each is a look-up in an index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        where = Q(target_id=term) | Q(request_id=term)
        with suppress(ValueError):
            where |= Q(actor_id=UUID(term))
        return queryset.filter(where), False

    @admin.display(description=_("data"))
    def facts(self, event: Event) -> str:
        return _readable(event.data)

    @admin.display(description=_("personal data"))
    def personal_data(self, event: Event) -> str:
        if hasattr(event, "personal"):
            return _readable(event.personal.data)
        return str(_("erased") if event.personal_digest else _("none"))


def _readable(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True)
