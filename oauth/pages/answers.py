"""Answers of the authorization endpoint: on their way to the client, or as a page of ours."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from core import context, languages
from login.destinations import Destination
from login.pages.flow import allow_form_origin
from oauth import redirect_uris
from oauth.authorization import Authorization
from oauth.errors import OAuthError
from oauth.pages.errors import DeveloperDetails


def back(request: HttpRequest, authorization: Authorization, answer: dict[str, str]) -> HttpResponse:
    """To the client's redirect URI, with `state` and `iss` (RFC 9207), in the response mode it asked for."""
    state = authorization.parameters.get("state")
    answer = {**answer, **({"state": state} if state else {}), "iss": settings.JANUA.base_url}
    if authorization.parameters.get("response_mode") == "form_post":
        response = _by_form(request, authorization, answer)
    else:
        response = _by_redirect(authorization, answer)
    languages.end_carrying(request, response)
    return response


def back_with_error(request: HttpRequest, authorization: Authorization, error: OAuthError) -> HttpResponse:
    """RFC 6749 section 4.1.2.1."""
    return back(request, authorization, error.on_the_wire)


def error_page(
    request: HttpRequest, error: OAuthError, *, developer: DeveloperDetails | None = None
) -> HttpResponse:
    """For errors that must not be redirected: we do not know whose address it is."""
    facts = {
        "error": error.error,
        "detail": error.description,
        "request_id": context.current().request_id,
        "developer": developer,
    }
    return render(request, "oauth/error.html", facts, status=400)


def _by_redirect(authorization: Authorization, answer: dict[str, str]) -> HttpResponse:
    joint = "&" if urlsplit(authorization.redirect_uri).query else "?"
    # Not HttpResponseRedirect: it refuses the private-use schemes of native clients (RFC 8252 section 7.1).
    location = f"{authorization.redirect_uri.removesuffix('?')}{joint}{urlencode(answer)}"
    return HttpResponse(status=303, headers={"Location": location})


def _by_form(request: HttpRequest, authorization: Authorization, answer: dict[str, str]) -> HttpResponse:
    """OAuth 2.0 Form Post Response Mode: a form that sends itself; without scripts, a button."""
    name = authorization.client.display_name
    facts = {"action": authorization.redirect_uri, "fields": answer, "client_name": name}
    response = render(request, "oauth/form_post.html", facts)
    origin = redirect_uris.origin_of(authorization.redirect_uri)
    return allow_form_origin(response, Destination(name, form_origin=origin))
