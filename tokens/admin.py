"""Signing keys for operators: states and dates, never the private half."""

from django.contrib import admin

from core.operators import ReadOnlyAdmin
from tokens.models import SigningKey, TokenFamily


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin[SigningKey]):
    list_display = ("kid", "algorithm", "state", "created_at", "activated_at", "dead_at")
    list_filter = ("state", "algorithm")
    ordering = ("-created_at",)
    fields = ("kid", "algorithm", "state", "public_jwk", "created_at", "activated_at", "dead_at")


@admin.register(TokenFamily)
class TokenFamilyAdmin(ReadOnlyAdmin[TokenFamily]):
    list_display = (
        "id",
        "user",
        "client_id",
        "scope",
        "created_at",
        "expires_at",
        "revoked_at",
        "revoked_reason",
    )
    list_select_related = ("user",)
    search_fields = ("user__email", "client_id", "id")
    ordering = ("-created_at",)
    fields = (
        "id",
        "user",
        "session",
        "client_id",
        "scope",
        "audience",
        "created_at",
        "expires_at",
        "revoked_at",
        "revoked_reason",
    )
