"""Organizations for operators. Secrets are hashes and stay out of sight; what changes something is an act of a service."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.http import required_session
from core import clock
from core.errors import DomainError
from core.operators import ReadOnlyAdmin
from organizations.models import ApiKey, AppPermission, Invitation, Membership, Organization, Role
from organizations.services import operators


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status, status.title()) for status in operators.STATUSES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organization]) -> QuerySet[Organization]:
        return queryset.filter(operators.STATUSES.get(self.value() or "", Q()))


class ActWithReason(ActionForm):
    """Beside the choice of the act: why. The owners read it."""

    reason = forms.CharField(max_length=operators.MAX_REASON, required=False, label="Reason:")


@admin.register(Organization)
class OrganizationAdmin(ReadOnlyAdmin[Organization]):
    list_display = ("name", "slug", "created_at", "suspended_at", "deletion_due_at")
    list_filter = (StatusFilter,)
    search_fields = ("name",)  # shows the search box; what is looked into: get_search_results
    search_help_text = "A part of name or slug, or the whole id"
    ordering = ("-created_at",)
    actions = ("suspend", "reopen")
    action_form = ActWithReason
    fields = (
        *("id", "name", "slug", "owners", "metadata", "created_at", "updated_at", "suspended_at"),
        "deletion_due_at",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Organization], search_term: str
    ) -> tuple[QuerySet[Organization], bool]:
        """As over the API; an id finds its organization."""
        if not search_term.strip():
            return queryset, False
        try:
            return queryset.filter(id=UUID(search_term.strip())), False
        except ValueError:
            return operators.matching(queryset, search_term), False

    @admin.display(description="Owners")
    def owners(self, organization: Organization) -> str:
        return ", ".join(owner.email for owner in operators.owners(organization))

    @admin.action(description="Suspend the selected organizations (with a reason)")
    def suspend(self, request: HttpRequest, chosen: QuerySet[Organization]) -> None:
        self._each(request, chosen, operators.suspend)

    @admin.action(description="Reopen the selected organizations (with a reason)")
    def reopen(self, request: HttpRequest, chosen: QuerySet[Organization]) -> None:
        self._each(request, chosen, operators.reopen)

    def _each(
        self, request: HttpRequest, chosen: QuerySet[Organization], act: Callable[..., Organization]
    ) -> None:
        """Do it to each, and say to which it was refused."""
        facts = {"session": required_session(request), "reason": request.POST.get("reason", "")}
        for organization in chosen:
            try:
                act(organization_id=organization.id, now=clock.now(), **facts)
            except DomainError as error:
                messages.error(request, f"Not done for {organization.slug}: {error.detail}")
            else:
                messages.success(request, f"Done for {organization.slug}.")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin[Membership]):
    list_display = ("user", "organization", "role", "joined_at", "suspended_at")
    list_select_related = ("user", "organization", "role")
    search_fields = ("=user__email", "=organization__slug")
    search_help_text = "A whole address, or the whole slug of an organization"
    ordering = ("-joined_at",)
    fields = ("id", "organization", "user", "role", "is_default", "joined_at", "suspended_at")


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin[Role]):
    list_display = ("name", "key", "organization", "created_at")
    list_select_related = ("organization",)
    search_fields = ("key", "=organization__slug")
    ordering = ("-created_at",)
    fields = ("id", "organization", "key", "name", "description", "permissions", "created_at", "updated_at")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin[Invitation]):
    list_display = ("email", "organization", "role", "created_at", "expires_at", "used_at", "revoked_at")
    list_select_related = ("organization", "role")
    search_fields = ("=email", "=organization__slug")
    search_help_text = "A whole address, or the whole slug of an organization"
    ordering = ("-created_at",)
    fields = (
        *("id", "organization", "email", "role", "invited_by", "created_at", "sent_at", "expires_at"),
        *("used_at", "declined_at", "revoked_at"),
    )


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin[ApiKey]):
    list_display = ("hint", "name", "organization", "user", "service_account", "last_used_at", "revoked_at")
    list_select_related = ("organization", "user", "service_account")
    search_fields = ("=hint", "=user__email", "=organization__slug")
    search_help_text = "How it begins, a whole address, or the whole slug of an organization"
    ordering = ("-created_at",)
    fields = (
        *("id", "organization", "user", "service_account", "name", "hint", "scopes", "networks"),
        *("created_at", "expires_at", "last_used_at", "revoked_at"),
    )


@admin.register(AppPermission)
class AppPermissionAdmin(ReadOnlyAdmin[AppPermission]):
    list_display = ("name", "client_id", "description", "created_at")
    search_fields = ("name", "client_id")
    ordering = ("name",)
    fields = ("name", "client_id", "description", "created_at")
