"""What the door's pages share: the small signed cookie of a sign-up or reset, and rendering inside a flow."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from core import cookies
from core.errors import DomainError, RateLimited
from login.destinations import HOME, Destination, destination_of, safe_next
from login.pages import brands
from login.pages.forms import Form

SALT = "janua.flow"
LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Flow:
    """Which mailbox this browser is about to prove. It grants nothing without the mailed code."""

    email: str
    verification_id: str = ""
    next: str = ""
    has_password: bool = False  # the person typed the account's password in this browser
    is_required: bool = False  # the password was right, and only opens the way to a new one
    asker: str = ""  # this browser asked to sign in by mail: without it the mail's code and link do nothing
    keep: bool = False
    attempt: str = ""  # a login that waits for a second factor (`login.services.challenge`)
    organization: str = ""  # whose look the pages have, by its slug

    @property
    def sign_up_id(self) -> UUID | None:
        return UUID(self.verification_id) if self.verification_id else None


def read_flow(request: HttpRequest) -> Flow | None:
    try:
        value: Any = signing.loads(
            request.COOKIES.get(settings.FLOW_COOKIE_NAME, ""), salt=SALT, max_age=LIFETIME
        )
    except signing.BadSignature:
        return None
    flow = Flow(**value)
    request.flow = flow  # type: ignore[attr-defined]  # the page at hand belongs to it (`login.pages.brands`)
    return flow


def write_flow(response: HttpResponse, flow: Flow) -> HttpResponse:
    value = signing.dumps(asdict(flow), salt=SALT)
    return cookies.keep(response, settings.FLOW_COOKIE_NAME, value, seconds=LIFETIME.total_seconds())


def forget_flow(response: HttpResponse) -> HttpResponse:
    return cookies.forget(response, settings.FLOW_COOKIE_NAME)


def next_of(request: HttpRequest) -> str:
    """The safe path the person is on the way to, from the form or the query; may be empty."""
    return safe_next(request.POST.get("next", "") or request.GET.get("next", ""))


def with_next(path: str, next_path: str, organization: str = "") -> str:
    known = {"next": next_path, "organization": organization}
    query = urlencode({name: value for name, value in known.items() if value})
    return f"{path}?{query}" if query else path


def page(
    request: HttpRequest,
    template: str,
    form: Form,
    context: dict[str, Any],
    *,
    next_path: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page of the flow: the application's name on it, its origin in form-action."""
    destination = destination_of(next_path)
    brands.show(request, destination.brand if destination else None)
    slug = brands.slug_of(request)
    links = {
        "signin_url": with_next("/login", next_path, slug),
        "signup_url": with_next("/signup", next_path, slug),
        "forgot_url": with_next("/password/forgot", next_path, slug),
        "organization_slug": slug,
    }
    facts = {"form": form, "destination": destination, **links, **context}
    if form.errors and status == 200:
        status = 422
    response = render(request, template, facts, status=status)
    return allow_form_origin(response, destination)


def allow_form_origin(response: HttpResponse, destination: Destination | None) -> HttpResponse:
    """Chromium holds form-action against every redirect that follows a form, the one to the client too."""
    if destination and destination.form_origin:
        response._csp_update = {"form-action": [destination.form_origin]}  # type: ignore[attr-defined]
    return response


def secret_in_address(response: HttpResponse) -> HttpResponse:
    """The page's address holds a token: let nobody read it from a Referer. (`no-referrer` would also
    turn Origin into `null`, which the CSRF check must refuse.)"""
    response["Referrer-Policy"] = "strict-origin"
    return response


def refuse(form: Form, error: DomainError) -> int:
    """Put a domain error onto the form; the status to answer with."""
    form.refuse(error.details, error.detail)
    return 429 if isinstance(error, RateLimited) else 422


def home_or(next_path: str) -> str:
    return next_path or HOME
