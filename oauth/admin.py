"""Clients and consents for operators. Secrets are hashes and stay out of sight.

What changes a client has its pages at /account/clients, which open to operators for every client.
"""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from core import clock
from core.operators import ReadOnlyAdmin
from oauth.models import Client, Consent
from oauth.services import clients


class ClientAdmin(ReadOnlyAdmin[Client]):
    """Named in settings: django-oauth-toolkit registers it for its application model."""

    list_display = (
        "display_name",
        "client_id",
        "user",
        "client_type",
        "grant_types",
        "is_enabled",
        "is_verified",
        "created",
    )
    list_filter = ("client_type", "is_enabled", "is_verified")
    list_select_related = ("user",)
    search_fields = ("name", "publisher", "client_id", "user__email")
    ordering = ("-created",)
    actions = ("disable", "enable", "verify", "withdraw")
    fields = (
        "client_id",
        "name",
        "user",
        "publisher",
        "client_type",
        "token_endpoint_auth_method",
        "grant_types",
        "redirect_uris",
        "post_logout_redirect_uris",
        "scope",
        "resources",
        "claim_mapping",
        "require_pkce",
        "skip_authorization",
        "subject_type",
        "sector_identifier",
        "jwks",
        "jwks_uri",
        "request_uris",
        "require_signed_request_object",
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "default_max_age",
        "default_acr_values",
        "require_auth_time",
        "access_token_lifetime_seconds",
        "id_token_lifetime_seconds",
        "refresh_token_lifetime_seconds",
        "client_uri",
        "logo_uri",
        "policy_uri",
        "tos_uri",
        "contacts",
        "is_enabled",
        "is_blocked",
        "is_verified",
        "created",
        "updated",
    )

    @admin.action(description="Disable the selected clients: their tokens end at once")
    def disable(self, request: HttpRequest, chosen: QuerySet[Client]) -> None:
        for client in chosen:
            clients.disable(actor=cast(User, request.user), client=client, now=clock.now())
            messages.success(request, f"Disabled: {client.display_name}.")

    @admin.action(description="Enable the selected clients")
    def enable(self, request: HttpRequest, chosen: QuerySet[Client]) -> None:
        for client in chosen:
            clients.enable(actor=cast(User, request.user), client=client)
            messages.success(request, f"Enabled: {client.display_name}.")

    @admin.action(description="Vouch for the publishers of the selected clients")
    def verify(self, request: HttpRequest, chosen: QuerySet[Client]) -> None:
        for client in chosen:
            clients.set_verified(actor=cast(User, request.user), client=client, is_verified=True)
            messages.success(request, f"Verified: {client.display_name}.")

    @admin.action(description="Take the verified mark of the selected clients away")
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Client]) -> None:
        for client in chosen:
            clients.set_verified(actor=cast(User, request.user), client=client, is_verified=False)
            messages.success(request, f"No longer verified: {client.display_name}.")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin[Consent]):
    list_display = ("user", "client", "scope", "granted_at", "revoked_at")
    list_select_related = ("user", "client")
    search_fields = ("user__email", "client__name", "client__client_id")
    ordering = ("-granted_at",)
    fields = ("user", "client", "scope", "granted_at", "revoked_at")
