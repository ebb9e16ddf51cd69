"""A session below the level that an application asks for: off to prove it, or what to do where that cannot be."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode

from accounts import levels
from accounts.http import required_session
from login.destinations import Destination
from login.pages import brands
from login.pages.flow import allow_form_origin
from oauth import redirect_uris
from oauth.authorization import Authorization
from oauth.services import logos
from oauth.step_up import StepUp
from organizations.services import branding


def to_step_up(request: HttpRequest, step: StepUp) -> HttpResponse:
    """To the page that asks for a factor which reaches the level, and back here."""
    query = urlencode({"next": request.path, "level": step.level})
    return HttpResponseRedirect(f"/account/confirm?{query}", status=303)


def out_of_reach(request: HttpRequest, authorization: Authorization, step: StepUp) -> HttpResponse:
    """What is asked for, the way to set it up, and the way back; the request goes on waiting."""
    client, here = authorization.client, urlencode({"next": request.path})
    facts = {
        "app": client.display_name,
        "logo_url": logos.path_of(client),
        "needs_key": step.level == levels.PHISHING_RESISTANT,
        "user_email": required_session(request).user.email,
        "set_up_url": f"/account/security?{here}",
        "switch_url": f"/login/choose?{here}",
    }
    brands.show(request, branding.of_organization(client.organization_id))
    response = render(request, "oauth/out_of_reach.html", facts)
    origin = redirect_uris.origin_of(authorization.redirect_uri)
    return allow_form_origin(response, Destination(client.display_name, form_origin=origin))
