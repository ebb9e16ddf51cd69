"""/login and /logout."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.http import forget_session_cookie, session_of, set_session_cookie
from accounts.models import Session
from accounts.services import sessions, verification
from accounts.services.devices import note as note_device
from core import clock
from core.errors import RateLimited
from login import devices
from login.destinations import destination_of
from login.outcomes import Reason, Refused, SignedIn
from login.pages.flow import Flow, home_or, next_of, page, with_next, write_flow
from login.pages.forms import SignInForm
from login.services.password import PasswordProof, with_password


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The password door. Who is signed in already goes straight on, unless a fresh proof is asked for."""
    next_path = next_of(request)
    if request.method != "POST":
        if _is_proven_enough(session_of(request), next_path):
            return HttpResponseRedirect(home_or(next_path))
        return page(request, "login/sign_in.html", _blank_form(next_path), {}, next_path=next_path)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return page(request, "login/sign_in.html", form, {}, next_path=next_path)
    data = form.cleaned_data
    proof = PasswordProof(
        email=data["email"],
        password=data["password"],
        keep=data["keep"],
        kind=Session.Kind.BROWSER,
        device=devices.device_of(request),
    )
    outcome = with_password(proof, now=clock.now())
    match outcome:
        case SignedIn():
            return enter(request, outcome, next_path, keep=data["keep"])
        case Refused(reason=Reason.EMAIL_NOT_VERIFIED):
            return _on_to_verification(data["email"], next_path)
        case Refused(reason=Reason.PASSWORD_RESET_REQUIRED):
            return on_to_reset(data["email"], next_path)
        case Refused():
            return _refused(request, form, outcome, next_path)


def enter(request: HttpRequest, outcome: SignedIn, next_path: str, *, keep: bool) -> HttpResponse:
    """The cookie of a new session. What the browser held before ends: a planted session gains nothing."""
    now = clock.now()
    previous = session_of(request)
    if previous:
        sessions.end_session(user=previous.user, session_id=previous.id, reason="replaced", now=now)
    response = HttpResponseRedirect(home_or(next_path), status=303)
    set_session_cookie(response, outcome.new, keep=keep, now=now)
    browser_id = devices.remember(request, response, outcome.new.session.user_id)
    note_device(outcome.new.session, browser_id=browser_id, now=now)
    rotate_token(request)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """GET asks, POST ends the session."""
    session = session_of(request)
    if request.method != "POST":
        if session is None:
            return HttpResponseRedirect("/login")
        return render(
            request, "login/sign_out.html", {"user_email": session.user.email, "cancel_url": "/account"}
        )
    if session:
        sessions.end_session(user=session.user, session_id=session.id, reason="signed_out", now=clock.now())
    next_path = next_of(request)  # "Not you?" on the way to an app: sign in as somebody else
    if next_path:
        response: HttpResponse = HttpResponseRedirect(with_next("/login", next_path), status=303)
    else:
        response = render(request, "login/signed_out.html", {"signin_url": "/login"})
    forget_session_cookie(response)
    return response


def _is_proven_enough(session: Session | None, next_path: str) -> bool:
    if session is None:
        return False
    destination = destination_of(next_path)
    since = destination.needs_proof_since if destination else None
    return since is None or session.auth_time >= since


def _blank_form(next_path: str) -> SignInForm:
    destination = destination_of(next_path)
    return SignInForm(initial={"next": next_path, "email": destination.login_hint if destination else ""})


def _on_to_verification(email: str, next_path: str) -> HttpResponse:
    """The password was right and the mailbox is unproven: a new code, and the page to enter it."""
    with suppress(RateLimited):  # the earlier codes still work; the page offers to ask again later
        verification.send_again(email, now=clock.now())
    flow = Flow(email=email, next=next_path, has_password=True)
    return write_flow(HttpResponseRedirect("/signup/verify", status=303), flow)


def on_to_reset(email: str, next_path: str) -> HttpResponse:
    """The password was right and has to be replaced: a code was mailed, and the page to enter it."""
    flow = Flow(email=email, next=next_path, is_required=True)
    return write_flow(HttpResponseRedirect("/password/reset", status=303), flow)


def _refused(request: HttpRequest, form: SignInForm, refused: Refused, next_path: str) -> HttpResponse:
    form.add_error(None, refused.sentence)
    status = 429 if refused.reason == Reason.RATE_LIMITED else 401
    response = page(request, "login/sign_in.html", form, {}, next_path=next_path, status=status)
    if refused.retry_after_seconds:
        response["Retry-After"] = str(refused.retry_after_seconds)
    return response
