"""/login and /logout."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.http import forget_session_cookie, session_of
from accounts.models import Session
from accounts.services import sessions, verification
from core import clock
from core.errors import RateLimited
from login import devices
from login.destinations import destination_of, level_of
from login.outcomes import ChallengeRequired, Reason, Refused, SignedIn
from login.pages import brands, browser_accounts
from login.pages.enter import go_on
from login.pages.flow import Flow, home_or, next_of, page, with_next, write_flow
from login.pages.forms import SignInForm
from login.services.password import PasswordProof, with_password


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The password door. Who is signed in already goes straight on, unless a fresh proof is asked for."""
    next_path = next_of(request)
    if request.method != "POST":
        if "another" not in request.GET and _is_proven_enough(session_of(request), next_path):
            return HttpResponseRedirect(home_or(next_path))
        return _page(request, _blank_form(next_path), next_path)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, next_path)
    data = form.cleaned_data
    proof = PasswordProof(
        email=data["email"],
        password=data["password"],
        keep=data["keep"],
        kind=Session.Kind.BROWSER,
        device=devices.device_of(request),
        level=level_of(next_path),
    )
    outcome = with_password(proof, now=clock.now())
    match outcome:
        case SignedIn() | ChallengeRequired():
            return go_on(request, outcome, next_path, keep=data["keep"])
        case Refused(reason=Reason.EMAIL_NOT_VERIFIED):
            return _on_to_verification(request, data["email"], next_path)
        case Refused(reason=Reason.PASSWORD_RESET_REQUIRED):
            return on_to_reset(request, data["email"], next_path)
        case Refused():
            return _refused(request, form, outcome, next_path)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """GET asks, POST ends the session. Other accounts of the browser stay, but none takes over by itself."""
    session, now = session_of(request), clock.now()
    others = browser_accounts.others(request, now=now)
    if request.method != "POST":
        if session is None:
            return HttpResponseRedirect("/login")
        facts = {"user_email": session.user.email, "cancel_url": "/account", "others": others}
        return render(request, "login/sign_out.html", facts)
    if session:
        sessions.end_session(user=session.user, session_id=session.id, reason="signed_out", now=now)
    door = "/login/choose" if others else "/login"
    next_path = next_of(request)
    if next_path:
        response: HttpResponse = HttpResponseRedirect(with_next(door, next_path), status=303)
    else:
        facts = {"signin_url": "/login", "choose_url": door if others else ""}
        response = render(request, "login/signed_out.html", facts)
    forget_session_cookie(response)
    return response


def refused_page(
    request: HttpRequest, fault: str, next_path: str, signals: str = "", *, status: int
) -> HttpResponse:
    """The sign-in page after another door of it refused: what went wrong, and what password managers are to know."""
    facts = {"fault": fault, "signals": signals}
    return _page(request, _blank_form(next_path), next_path, facts, status=status)


def _page(
    request: HttpRequest,
    form: SignInForm,
    next_path: str,
    more: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The form, and the other ways in."""
    has_others = bool(browser_accounts.others(request, now=clock.now()))
    facts = {
        "last_door": devices.last_door(request),
        "magic_link_is_on": settings.JANUA.magic_link == "on",
        "choose_url": with_next("/login/choose", next_path, brands.slug_of(request))
        if has_others or session_of(request)
        else "",
        **(more or {}),
    }
    return page(request, "login/sign_in.html", form, facts, next_path=next_path, status=status)


def _is_proven_enough(session: Session | None, next_path: str) -> bool:
    if session is None:
        return False
    destination = destination_of(next_path)
    since = destination.needs_proof_since if destination else None
    return since is None or session.auth_time >= since


def _blank_form(next_path: str) -> SignInForm:
    destination = destination_of(next_path)
    return SignInForm(initial={"next": next_path, "email": destination.login_hint if destination else ""})


def _on_to_verification(request: HttpRequest, email: str, next_path: str) -> HttpResponse:
    """The password was right and the mailbox is unproven: a new code, and the page to enter it."""
    # Asked too often: the earlier codes still work, and the page offers to ask again later.
    with suppress(RateLimited), brands.on_mails(request):
        verification.send_again(email, now=clock.now())
    flow = Flow(email=email, next=next_path, has_password=True, organization=brands.slug_of(request))
    return write_flow(HttpResponseRedirect("/signup/verify", status=303), flow)


def on_to_reset(request: HttpRequest, email: str, next_path: str) -> HttpResponse:
    """The password was right and has to be replaced: a code was mailed, and the page to enter it."""
    flow = Flow(email=email, next=next_path, is_required=True, organization=brands.slug_of(request))
    return write_flow(HttpResponseRedirect("/password/reset", status=303), flow)


def _refused(request: HttpRequest, form: SignInForm, refused: Refused, next_path: str) -> HttpResponse:
    form.add_error(None, refused.sentence)
    status = 429 if refused.reason == Reason.RATE_LIMITED else 401
    response = _page(request, form, next_path, status=status)
    if refused.retry_after_seconds:
        response["Retry-After"] = str(refused.retry_after_seconds)
    return response
