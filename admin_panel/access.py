"""The door of the operators' console."""

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts import operators, two_step
from accounts.http import user_of
from accounts.models import Session
from accounts.services import detours
from admin_panel.events import ConsoleDenied
from audit import services as audit


def is_operator(session: Session | None) -> bool:
    """Whether this living session may enter /admin/. Both rules are read from the database, per request."""
    return session is not None and operators.is_operator(session.user)


def needs_factor(session: Session, *, now: datetime) -> str:
    """Where an operator has to go first, if second factors are demanded and this session has none; else nothing."""
    if not two_step.is_missing(session, now=now):
        return ""
    return "/account/confirm" if session.user.has_mfa else detours.SECURITY


def denied(request: HttpRequest) -> HttpResponse:
    """The page for everybody else, signed in or not."""
    user = user_of(request)
    if user:
        with transaction.atomic():
            audit.record(ConsoleDenied(actor_type="user", actor_id=user.id, result="denied"))
    facts = {"user_email": user.email if user else None, "signin_url": "/login?next=/admin/"}
    return render(request, "admin/access_denied.html", facts, status=403)
