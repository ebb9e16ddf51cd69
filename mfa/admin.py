"""What the operators' console shows of people's second factors, and how it helps who lost them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import UserAdmin
from accounts.http import required_session
from accounts.models import User
from core.operators import ReadOnlyAdmin
from mfa.models import FactorReset
from mfa.services import operator_resets, recovery_codes
from mfa.shown import status_of


class TwoStepFilter(admin.SimpleListFilter):
    title = "two-step"
    parameter_name = "two_step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("on", "On"), ("off", "Off")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        wanted = self.value()
        return queryset.filter(mfa_enabled_at__isnull=wanted == "off") if wanted else queryset


class PersonAdmin(UserAdmin):
    """The table of people, with what this floor knows of them."""

    list_display = (*UserAdmin.list_display, "two_step")
    list_filter = (*UserAdmin.list_filter, TwoStepFilter)
    actions = (*UserAdmin.actions, "remove_second_factors")
    fields = (*UserAdmin.fields, "mfa_enabled_at", "second_factors", "recovery_codes_left")

    @admin.display(description="Two-step", boolean=True)
    def two_step(self, user: User) -> bool:
        return user.has_mfa

    @admin.display(description="Second factors")
    def second_factors(self, user: User) -> str:
        return ", ".join(factor.label for factor in status_of(user).methods)

    @admin.display(description="Recovery codes left")
    def recovery_codes_left(self, user: User) -> int:
        return recovery_codes.count_left(user)

    @admin.action(description="Remove second factors of the selected people")
    def remove_second_factors(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        session = required_session(request)

        def act(**who: Any) -> None:
            operator_resets.approve_or_remove(session=session, reason="console", **who)

        self._each(request, chosen, act)


admin.site.unregister(User)
admin.site.register(User, PersonAdmin)


@admin.register(FactorReset)
class FactorResetAdmin(ReadOnlyAdmin[FactorReset]):
    list_display = ("user", "asked_at", "due_at", "expires_at", "ended_at", "outcome")
    list_filter = ("outcome",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-asked_at",)
    fields = ("id", "user", "asked_at", "due_at", "expires_at", "approved_by", "ended_at", "outcome")
