"""/login/email, /login/code and /login/link: signing in by mail, in the browser that asked."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import emails
from accounts.models import Session
from core import clock
from core.errors import DomainError, NotFound
from login import devices
from login.destinations import level_of
from login.outcomes import ChallengeRequired, Outcome, Reason, Refused, SignedIn
from login.pages import brands
from login.pages.enter import go_on
from login.pages.flow import (
    Flow,
    next_of,
    page,
    read_flow,
    refuse,
    secret_in_address,
    write_flow,
)
from login.pages.forms import CodeForm, ConfirmForm, Form, MailedCodeForm
from login.services import magic


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a code, here or by the second button of the sign-in form. The next page is the same for every address."""
    _require_on()
    next_path = next_of(request)
    # The sign-in form's button with no address typed yet: this page asks for it, without a reproach.
    is_sent = request.method == "POST" and ("ask" not in request.POST or request.POST.get("email"))
    form = MailedCodeForm(request.POST if is_sent else None, initial={"next": next_path})
    status = 200
    if is_sent and form.is_valid():
        data = form.cleaned_data
        flow = Flow(
            email=data["email"], next=next_path, keep=data["keep"], organization=brands.slug_of(request)
        )
        try:
            return _sent(request, flow)
        except DomainError as error:
            status = refuse(form, error)
    return page(request, "login/email.html", form, {}, next_path=next_path, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Enter the mailed code."""
    _require_on()
    flow = read_flow(request)
    if flow is None or not flow.asker:
        return HttpResponseRedirect("/login/email")
    if "resend" in request.POST:
        return _resend(request, flow)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _finish(request, flow, form, "login/code.html", code=form.cleaned_data["code"])
    return page(request, "login/code.html", form, {"email": flow.email}, next_path=flow.next)


@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest) -> HttpResponse:
    """The mail's link: GET only shows a button, and only where somebody asked; POST acts."""
    _require_on()
    flow = read_flow(request)
    if flow is None or not flow.asker:
        return secret_in_address(page(request, "login/link_elsewhere.html", Form(), {}))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        token = request.GET.get("token", "")[:128]
        return secret_in_address(_finish(request, flow, form, "login/link.html", token=token))
    return secret_in_address(
        page(request, "login/link.html", form, {"email": flow.email}, next_path=flow.next)
    )


def _finish(request: HttpRequest, flow: Flow, form: Form, template: str, **secret: str) -> HttpResponse:
    outcome = _outcome(request, flow, **secret)
    match outcome:
        case SignedIn() | ChallengeRequired():
            return go_on(request, outcome, flow.next, keep=flow.keep)
        case Refused():
            is_about_code = outcome.reason == Reason.INVALID_CODE and "code" in form.fields
            form.add_error("code" if is_about_code else None, outcome.sentence)
            status = 429 if outcome.reason == Reason.RATE_LIMITED else 401
            response = page(
                request, template, form, {"email": flow.email}, next_path=flow.next, status=status
            )
            if outcome.retry_after_seconds:
                response["Retry-After"] = str(outcome.retry_after_seconds)
            return response


def _outcome(request: HttpRequest, flow: Flow, **secret: str) -> Outcome:
    proof = magic.MailedProof(
        asker=flow.asker,
        **secret,
        kind=Session.Kind.BROWSER,
        keep=flow.keep,
        device=devices.device_of(request),
        level=level_of(flow.next),
    )
    return magic.with_mailed_secret(proof, now=clock.now())


def _sent(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Mail a code, and let this browser, and no other, go on with it."""
    with brands.on_mails(request):
        asked = magic.request_code(flow.email, device=devices.device_of(request), now=clock.now())
    flow = replace(flow, email=emails.canonical(flow.email), asker=asked.asker)
    return write_flow(HttpResponseRedirect("/login/code", status=303), flow)


def _resend(request: HttpRequest, flow: Flow) -> HttpResponse:
    try:
        response = _sent(request, flow)
    except DomainError as error:
        facts = {"email": flow.email, "notice": error.detail}
        return page(request, "login/code.html", CodeForm(), facts, next_path=flow.next, status=429)
    messages.success(request, _("A new code is on its way. The one before no longer works here."))
    return response


def _require_on() -> None:
    try:
        magic.require_on()
    except NotFound as error:
        raise Http404(error.detail) from None
