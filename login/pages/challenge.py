"""/login/challenge: the second factor of a login that waits in this browser."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from login import devices
from login.outcomes import ChallengeRequired, Reason, Refused, SignedIn
from login.pages.enter import enter
from login.pages.flow import Flow, forget_flow, page, read_flow, with_next
from login.pages.forms import FactorForm, FactorKeyForm, Form
from login.services import challenge
from mfa import codes
from mfa.factors import Answer
from mfa.methods import LABELS, Method
from mfa.services import factors


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """One method at a time, the last used first; the others are a link away."""
    flow, now = read_flow(request), clock.now()
    waiting = challenge.find(flow.attempt, now=now) if flow else None
    if flow is None or waiting is None:
        return _over(request, flow.next if flow else "")
    methods = factors.methods_of(waiting.user, now=now)
    method = _chosen(request, methods)
    if request.method != "POST":
        return _page(request, flow, _form_of(method), methods, method)
    form = _form_of(method, request.POST)
    if not form.is_valid():
        return _page(request, flow, form, methods, method)
    given = _given(method, form)
    outcome = challenge.answer(flow.attempt, given, device=devices.device_of(request), now=now)
    match outcome:
        case SignedIn():
            trust = form.cleaned_data["trust"]
            return enter(request, outcome, flow.next, keep=waiting.keep, trust=trust)
        case Refused(reason=Reason.WRONG_FACTOR):
            if method == Method.PASSKEY:
                form.add_error(
                    None, _("This passkey or key was not accepted. Try again, or use another method.")
                )
            else:
                form.add_error("code", outcome.sentence)
            return _page(request, flow, form, methods, method, status=401)
        case Refused(reason=Reason.RATE_LIMITED):
            form.add_error(None, outcome.sentence)
            response = _page(request, flow, form, methods, method, status=429)
            response["Retry-After"] = str(outcome.retry_after_seconds)
            return response
        case Refused() | ChallengeRequired():
            return _over(request, flow.next)


def _chosen(request: HttpRequest, methods: tuple[Method, ...]) -> Method:
    """What the person picked, or used last."""
    asked = request.POST.get("method", "") or request.GET.get("method", "")
    return next((method for method in methods if method == asked), methods[0])


def _form_of(method: Method, data: Any = None) -> Form:
    return FactorKeyForm(data) if method == Method.PASSKEY else FactorForm(data)


def _given(method: Method, form: Form) -> Answer:
    if method == Method.PASSKEY:
        return Answer(method=method, credential=form.cleaned_data["credential"])
    return Answer(method=method, code=codes.canonical(form.cleaned_data["code"]))


def _page(
    request: HttpRequest,
    flow: Flow,
    form: Form,
    methods: tuple[Method, ...],
    method: Method,
    *,
    status: int = 200,
) -> HttpResponse:
    facts = {
        "method": method,
        "label": LABELS[method],
        "trust_days": settings.JANUA.trusted_browser_days,
        "others": [(other, LABELS[other]) for other in methods if other != method],
    }
    return page(request, "login/challenge.html", form, facts, next_path=flow.next, status=status)


def _over(request: HttpRequest, next_path: str) -> HttpResponse:
    """The login has ended, or never was: begin again."""
    messages.warning(request, Refused(Reason.ATTEMPT_OVER).sentence)
    return forget_flow(HttpResponseRedirect(with_next("/login", next_path), status=303))
