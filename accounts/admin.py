"""People and their sessions for operators. Acts are actions, through the services that audit them."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import search
from accounts.models import Session, User
from accounts.services import recovery, users
from core import clock
from core.errors import NotAllowed
from core.operators import ReadOnlyAdmin

Act = Callable[..., object]  # a service that takes actor, user and now


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    list_display = ("email", "name", "email_verified", "status", "role", "created_at", "last_login")
    list_filter = ("status", "role", "email_verified")
    search_fields = ("email",)  # shows the search box; what is looked into: get_search_results
    ordering = ("-created_at",)
    actions = ("suspend", "reactivate", "sign_out_everywhere", "require_password_reset")
    fields = (
        "id",
        "email",
        "email_verified",
        "given_name",
        "middle_name",
        "family_name",
        "nickname",
        "locale",
        "timezone",
        "phone_number",
        "phone_number_verified",
        "address",
        "website",
        "profile_url",
        "gender",
        "birthdate",
        "status",
        "role",
        "metadata",
        "created_at",
        "updated_at",
        "last_login",
        "password_changed_at",
        "password_reset_required",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """As over the API; an id finds its user."""
        if not search_term.strip():
            return queryset, False
        try:
            return queryset.filter(id=UUID(search_term.strip())), False
        except ValueError:
            return search.matching(queryset, search_term), False

    @admin.action(description="Suspend the selected people")
    def suspend(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._each(request, chosen, users.suspend)

    @admin.action(description="Reactivate the selected people")
    def reactivate(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._each(request, chosen, users.reactivate)

    @admin.action(description="Sign the selected people out everywhere")
    def sign_out_everywhere(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._each(request, chosen, users.sign_out_everywhere)

    @admin.action(description="Make the selected people choose a new password")
    def require_password_reset(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        self._each(request, chosen, recovery.require_reset)

    def _each(self, request: HttpRequest, chosen: QuerySet[User], act: Act) -> None:
        """Do it to each, and say of whom it was refused."""
        actor = cast(User, request.user)
        for user in chosen:
            try:
                act(actor=actor, user=user, now=clock.now())
            except NotAllowed as error:
                messages.error(request, f"Not done for {user.email}: {error.detail}")
            else:
                messages.success(request, f"Done for {user.email}.")


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin[Session]):
    list_display = ("user", "kind", "ip", "created_at", "last_seen_at", "expires_at", "ended_at")
    list_filter = ("kind",)
    list_select_related = ("user",)
    search_fields = ("user__email", "id")
    ordering = ("-created_at",)
    fields = (
        "id",
        "user",
        "kind",
        "amr",
        "acr",
        "auth_time",
        "created_at",
        "last_seen_at",
        "idle_until",
        "expires_at",
        "ended_at",
        "ip",
        "user_agent",
    )
