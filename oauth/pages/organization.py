"""Which organization an app gets tokens for: the person chooses, or reads that there is none for it."""

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


def which_organization(
    request: HttpRequest, authorization: Authorization, session: Session, choice: Choice
) -> HttpResponse:
    """What is taken goes into the address and nowhere else: in another account the question comes anew."""
    client = authorization.client
    facts = {
        "app": client.display_name,
        "logo_url": logos.path_of(client),
        "user_email": session.user.email,
        "switch_url": f"/login/choose?{urlencode({'next': request.path})}",
        "choices": choice.among,
        "is_named": bool(authorization.organization),
    }
    response = render(request, "oauth/organization.html", facts)
    origin = redirect_uris.origin_of(authorization.redirect_uri)
    return allow_form_origin(response, Destination(client.display_name, form_origin=origin))
