"""Roles and permissions of apps for operators. They are changed over REST (docs/roles.md)."""

from django.contrib import admin

from core.operators import ReadOnlyAdmin
from organizations.models import AppPermission, Role


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin[Role]):
    """The system's, with what operators let them do in apps, and those of organizations."""

    list_display = ("name", "key", "organization", "permissions", "updated_at")
    list_select_related = ("organization",)
    search_fields = ("name", "key", "organization__name", "organization__slug")
    ordering = ("-updated_at",)
    fields = ("name", "key", "organization", "description", "permissions", "created_at", "updated_at")


@admin.register(AppPermission)
class AppPermissionAdmin(ReadOnlyAdmin[AppPermission]):
    list_display = ("name", "client_id", "description", "created_at")
    search_fields = ("name", "client_id")
    ordering = ("name",)
    fields = ("name", "client_id", "description", "created_at")
