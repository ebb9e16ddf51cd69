"""Permissions of apps for operators. They are changed over REST (docs/roles.md)."""

from django.contrib import admin

from core.operators import ReadOnlyAdmin
from organizations.models import AppPermission


@admin.register(AppPermission)
class AppPermissionAdmin(ReadOnlyAdmin[AppPermission]):
    list_display = ("name", "client_id", "description", "created_at")
    search_fields = ("name", "client_id")
    ordering = ("name",)
    fields = ("name", "client_id", "description", "created_at")
