"""People and their sessions for operators. Acts are actions, through the services that audit them."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import search
from accounts.models import ConsentPurpose, Session, TermsVersion, User
from accounts.services import purposes, recovery, terms, users
from core import clock
from core.errors import Conflict, NotAllowed
from core.operators import ReadOnlyAdmin

M = TypeVar("M", TermsVersion, ConsentPurpose)
Act = Callable[..., object]  # a service that takes actor, user and now


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    list_display: tuple[str, ...] = (
        "email",
        "name",
        "email_verified",
        "status",
        "role",
        "created_at",
        "last_login",
    )
    list_filter: ClassVar[tuple[Any, ...]] = ("status", "role", "email_verified")
    search_fields = ("email",)  # shows the search box; what is looked into: get_search_results
    ordering = ("-created_at",)
    actions: tuple[str, ...] = (
        "suspend",
        "reactivate",
        "sign_out_everywhere",
        "require_password_reset",
    )
    fields: ClassVar[tuple[str, ...]] = (
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
            except (Conflict, NotAllowed) as error:
                messages.error(request, f"Not done for {user.email}: {error.detail}")
            else:
                messages.success(request, f"Done for {user.email}.")


class PublishedAdmin(ReadOnlyAdmin[M]):
    """What operators add and never change: a new version is a new row."""

    asked: tuple[str, ...]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj else self.asked

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """The audit trail has it; Django's own log stays empty."""


@admin.register(TermsVersion)
class TermsVersionAdmin(PublishedAdmin[TermsVersion]):
    list_display = ("kind", "version", "url", "is_required", "effective_at", "published_at")
    list_filter = ("kind", "is_required")
    ordering = ("-effective_at",)
    asked = ("kind", "version", "url", "text", "is_required", "effective_at")
    fields = (*asked, "published_at")

    def save_model(self, request: HttpRequest, obj: TermsVersion, form: Any, change: bool) -> None:
        document = terms.Document(**form.cleaned_data)
        obj.pk = terms.publish(document, actor=cast(User, request.user), now=clock.now()).pk


@admin.register(ConsentPurpose)
class ConsentPurposeAdmin(PublishedAdmin[ConsentPurpose]):
    list_display = ("name", "version", "title", "is_offered", "created_at")
    list_filter = ("is_offered",)
    ordering = ("name", "-version")
    asked = ("name", "title", "text", "is_offered")
    fields = (*asked, "version", "created_at")

    def save_model(self, request: HttpRequest, obj: ConsentPurpose, form: Any, change: bool) -> None:
        made = purposes.define(**form.cleaned_data, actor=cast(User, request.user), now=clock.now())
        obj.pk = made.pk


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
