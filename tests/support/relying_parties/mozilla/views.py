"""Who is signed in, and how to sign out at the provider too."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import format_html

PAGE = """<!doctype html>
<html lang="en"><head><title>Relying party</title></head><body>{}</body></html>"""


def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        link = format_html('<a id="login" href="{}">Sign in</a>', reverse("oidc_authentication_init"))
        return HttpResponse(format_html(PAGE, link))
    signed_in = format_html(
        '<p>Signed in as <span id="email">{}</span></p><form method="post" action="{}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button name="logout" value="1">Sign out</button></form>',
        request.user.get_username(),
        reverse("oidc_logout"),
        get_token(request),
    )
    return HttpResponse(format_html(PAGE, signed_in))


def failed(request: HttpRequest) -> HttpResponse:
    return HttpResponse(format_html(PAGE, "Sign-in failed"), status=403)


def username_of(email: str) -> str:
    """The e-mail address itself, instead of the library's hash of it."""
    return email


def end_session_url(request: HttpRequest) -> str:
    """OpenID Connect RP-Initiated Logout 1.0 section 2."""
    parameters = {"post_logout_redirect_uri": request.build_absolute_uri("/")}
    id_token = request.session.get("oidc_id_token")
    if id_token:
        parameters["id_token_hint"] = id_token
    return f"{settings.OIDC_OP_END_SESSION_ENDPOINT}?{urlencode(parameters)}"
