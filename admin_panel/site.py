"""Django's admin as the operators' console."""

from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.http import needs_sudo, session_of
from admin_panel import access


class OperatorSite(admin.AdminSite):
    """Signed in through the one path of a login; the gate in front asks for domain and role."""

    site_header = "Janua"
    site_title = "Janua operators"
    index_title = "Console"
    site_url = "/account"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        return access.is_operator(session_of(request))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Looking is free; every act of an operator asks for a fresh proof (sudo mode)."""
        look = super().admin_view(view, cacheable)
        act = needs_sudo(look)

        @wraps(look)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return (act if request.method == "POST" else look)(request, *args, **kwargs)

        return page

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return access.denied(request)

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponseBase:
        return redirect("/logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponseBase:
        """Django's own page knows neither our password rules nor our sessions, and leaves no audit line."""
        return redirect("/account/password")

    def password_change_done(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponseBase:
        return redirect("/account/password")
