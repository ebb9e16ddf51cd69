"""What the operators' console shares: tables to look at. Acts go through services, as admin actions."""

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import cached_property

M = TypeVar("M", bound=Model)


MAX_LISTED = 10_000
if TYPE_CHECKING:  # Django's paginator takes no type parameter at run time
    Pages = Paginator[Any]
else:
    Pages = Paginator


class CappedPaginator(Pages):
    """Counts no further than what anybody would page through: there are tables of millions of rows."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MAX_LISTED].count())


class ReadOnlyAdmin(admin.ModelAdmin[M]):
    """Lists and shows; adds, changes and deletes nothing. Every field that is shown is named."""

    show_full_result_count = False  # no count over a table of millions
    paginator = CappedPaginator
    view_on_site = False  # django-oauth-toolkit's client claims a page that we do not have

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters on the page: Django would also take `?password__startswith=`."""
        names = {getattr(entry, "parameter_name", entry) for entry in self.list_filter}
        return lookup.partition("__")[0] in names

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
