"""/signup, and proving the mailbox by code or link."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.http import user_of
from accounts.services import sign_up as service
from accounts.services import terms, verification
from core import clock
from core.errors import DomainError
from login import devices
from login.destinations import level_of
from login.outcomes import ChallengeRequired, Reason, Refused, SignedIn
from login.pages import brands
from login.pages.enter import go_on
from login.pages.flow import (
    Flow,
    forget_flow,
    next_of,
    page,
    read_flow,
    refuse,
    secret_in_address,
    with_next,
    write_flow,
)
from login.pages.forms import CodeForm, ConfirmForm, SignUpForm
from login.pages.sign_in import on_to_reset
from login.services.mailbox import with_proven_mailbox


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for an account. The next page is the same whether or not the address has one already."""
    next_path = next_of(request)
    form = SignUpForm(request.POST or None, initial={"next": next_path})
    status = 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        applicant = service.Applicant(
            email=data["email"],
            password=data["password"],
            given_name=data["given_name"],
            family_name=data["family_name"],
            locale=get_language() or "",
            accepts_terms=data["accepts_terms"],
        )
        try:
            terms.require_accepted(applicant.accepts_terms, now=clock.now())
            with brands.on_mails(request):
                requested = service.request_sign_up(applicant, now=clock.now())
        except DomainError as error:
            status = refuse(form, error)
        else:
            flow = Flow(
                requested.email,
                str(requested.sign_up_id),
                next_path,
                has_password=True,
                organization=brands.slug_of(request),
            )
            return write_flow(HttpResponseRedirect("/signup/verify", status=303), flow)
    facts = {"terms": terms.required(now=clock.now())}
    return page(request, "login/sign_up.html", form, facts, next_path=next_path, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Enter the mailed code; the right one signs in, in the browser where the password was typed."""
    flow = read_flow(request)
    if flow is None or not flow.has_password:
        return HttpResponseRedirect("/signup")
    if "resend" in request.POST:
        return _resend(request, flow)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        try:
            user = verification.verify_by_code(
                flow.email, form.cleaned_data["code"], verification_id=flow.sign_up_id, now=now
            )
        except DomainError as error:
            status = refuse(form, error)
        else:
            outcome = with_proven_mailbox(
                user, device=devices.device_of(request), level=level_of(flow.next), now=now
            )
            match outcome:
                case SignedIn() | ChallengeRequired():
                    return go_on(request, outcome, flow.next, keep=False)
                case Refused(reason=Reason.PASSWORD_RESET_REQUIRED):
                    return on_to_reset(request, flow.email, flow.next)
                case Refused():
                    form.add_error(None, outcome.sentence)
                    status = 401
    return page(request, "login/verify.html", form, {"email": flow.email}, next_path=flow.next, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def verify_link(request: HttpRequest) -> HttpResponse:
    """The mail's link: GET only shows a button (mail scanners fetch links), POST acts."""
    form = ConfirmForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            token = request.GET.get("token", "")
            verification.verify_by_link(token, signed_in=user_of(request), now=clock.now())
        except DomainError as error:
            status = refuse(form, error)
        else:
            return _verified(request)
    return secret_in_address(page(request, "login/verify_link.html", form, {}, status=status))


def _verified(request: HttpRequest) -> HttpResponse:
    flow = read_flow(request)
    facts = {
        "heading": _("Your email address is verified"),
        "text": _("You can sign in now."),
        "action_url": with_next("/login", flow.next if flow else ""),
        "action_label": _("Continue to sign in"),
    }
    return forget_flow(render(request, "login/done.html", facts))


def _resend(request: HttpRequest, flow: Flow) -> HttpResponse:
    form = CodeForm()
    notice, status = _("A new code is on its way. The one before no longer works."), 200
    try:
        with brands.on_mails(request):
            verification.send_again(flow.email, verification_id=flow.sign_up_id, now=clock.now())
    except DomainError as error:
        notice, status = error.detail, 429
    return page(
        request,
        "login/verify.html",
        form,
        {"email": flow.email, "notice": notice},
        next_path=flow.next,
        status=status,
    )
