"""Who is an operator: the exact domain of a verified address AND the role."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.emails import domain_of
from accounts.http import user_of
from accounts.models import Session
from admin_panel.events import ConsoleDenied
from audit import services as audit


def is_operator(session: Session | None) -> bool:
    """Whether this living session may enter /admin/. Both rules are read from the database, per request."""
    if session is None:
        return False
    user = session.user
    return (
        user.is_active
        and user.email_verified
        and domain_of(user.email) in settings.JANUA.allowed_admin_domains
        and user.role in settings.JANUA.allowed_admin_roles
        and user.role != ""
    )


def denied(request: HttpRequest) -> HttpResponse:
    """The page for everybody else, signed in or not."""
    user = user_of(request)
    if user:
        with transaction.atomic():
            audit.record(ConsoleDenied(actor_type="user", actor_id=user.id, result="denied"))
    facts = {"user_email": user.email if user else None, "signin_url": "/login?next=/admin/"}
    return render(request, "admin/access_denied.html", facts, status=403)
