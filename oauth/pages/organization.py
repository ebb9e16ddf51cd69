"""Which organization an app gets tokens for: the person chooses, or reads that there is none for it, or what the one asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from accounts.models import Session
from login.destinations import Destination
from login.pages.flow import allow_form_origin
from oauth import redirect_uris
from oauth.authorization import Authorization
from oauth.organizations import Choice
from oauth.services import logos
from organizations.errors import EntryRefused
from organizations.middleware import facts_of


def which_organization(
    request: HttpRequest, authorization: Authorization, session: Session, choice: Choice
) -> HttpResponse:
    """What is taken goes into the address and nowhere else: in another account the question comes anew."""
    facts = {"choices": choice.among, "is_named": bool(authorization.organization)}
    return _page(request, "oauth/organization.html", authorization, session, facts)


def entry_refused(
    request: HttpRequest,
    authorization: Authorization,
    session: Session,
    choice: Choice,
    refusal: EntryRefused,
) -> HttpResponse:
    """The one it would be asks for another sign-in: how to come by that, another one, or back to the app."""
    facts = {**facts_of(request, refusal), "other_url": request.path if len(choice.among) > 1 else ""}
    return _page(
        request, "oauth/organization_refused.html", authorization, session, facts, status=refusal.status
    )


def _page(
    request: HttpRequest,
    template: str,
    authorization: Authorization,
    session: Session,
    more: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    client = authorization.client
    facts = {
        "app": client.display_name,
        "logo_url": logos.path_of(client),
        "user_email": session.user.email,
        "switch_url": f"/login/choose?{urlencode({'next': request.path})}",
        **more,
    }
    response = render(request, template, facts, status=status)
    origin = redirect_uris.origin_of(authorization.redirect_uri)
    return allow_form_origin(response, Destination(client.display_name, form_origin=origin))
