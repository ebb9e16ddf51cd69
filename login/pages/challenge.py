"""/login/challenge: the second factor of a login that waits in this browser."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock, sms
from core.errors import DomainError, RateLimited
from login import devices
from login.models import LoginAttempt
from login.outcomes import ChallengeRequired, Reason, Refused, SignedIn
from login.pages import brands
from login.pages.enter import enter
from login.pages.flow import Flow, forget_flow, page, read_flow, with_next
from login.pages.forms import FactorForm, FactorKeyForm, Form
from login.services import challenge
from mfa import codes
from mfa.factors import Answer, SendsCodes
from mfa.methods import LABELS, Method
from mfa.services import factors


@dataclass(frozen=True, slots=True)
class Scene:
    """The login that waits, what it may be answered with, and the method at hand."""

    flow: Flow
    waiting: LoginAttempt
    methods: tuple[Method, ...]
    method: Method


@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """One method at a time, the last used first; the others are a link away."""
    flow, now = read_flow(request), clock.now()
    waiting = challenge.find(flow.attempt, now=now) if flow else None
    methods = challenge.methods_of(waiting, now=now) if waiting else ()
    if flow is None or waiting is None:
        return _over(request, flow.next if flow else "")
    if not methods:
        is_lost = waiting.user.has_mfa
        return HttpResponseRedirect("/login/recover", status=303) if is_lost else _over(request, flow.next)
    scene = Scene(flow, waiting, methods, _chosen(request, methods))
    if request.method != "POST":
        return _page(request, scene, _form_of(scene.method))
    if "send" in request.POST:
        return _send(request, scene)
    form = _form_of(scene.method, request.POST)
    if not form.is_valid():
        return _page(request, scene, form)
    given = _given(scene.method, form)
    outcome = challenge.answer(flow.attempt, given, device=devices.device_of(request), now=now)
    match outcome:
        case SignedIn():
            trust = form.cleaned_data["trust"]
            return enter(request, outcome, flow.next, keep=waiting.keep, trust=trust)
        case Refused(reason=Reason.WRONG_FACTOR):
            form.add_error("code" if "code" in form.fields else None, outcome.sentence)
            return _page(request, scene, form, status=401)
        case Refused(reason=Reason.RATE_LIMITED):
            form.add_error(None, outcome.sentence)
            response = _page(request, scene, form, status=429)
            response["Retry-After"] = str(outcome.retry_after_seconds)
            return response
        case Refused() | ChallengeRequired():
            return _over(request, flow.next)


def _send(request: HttpRequest, scene: Scene) -> HttpResponse:
    """The button: have a code sent, or another one."""
    try:
        is_call = request.POST["send"] == "call"
        with brands.on_mails(request):
            challenge.send(scene.flow.attempt, scene.method, is_call=is_call, now=clock.now())
    except DomainError as error:
        status = 429 if isinstance(error, RateLimited) else 422
        response = _page(request, scene, FactorForm(), fault=error.detail, status=status)
        if isinstance(error, RateLimited):
            response["Retry-After"] = str(error.retry_after_seconds)
        return response
    messages.success(request, _("We are calling you.") if is_call else _("A new code is on its way."))
    return HttpResponseRedirect(f"{request.path}?method={scene.method}", status=303)


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
    request: HttpRequest, scene: Scene, form: Form, *, fault: str = "", status: int = 200
) -> HttpResponse:
    facts = {
        "fault": fault,
        "method": scene.method,
        "label": LABELS[scene.method],
        "has_mfa": scene.waiting.user.has_mfa,
        "trust_days": settings.JANUA.trusted_browser_days if scene.waiting.user.has_mfa else 0,
        "others": [(other, LABELS[other]) for other in scene.methods if other != scene.method],
        **_sending(scene),
    }
    return page(request, "login/challenge.html", form, facts, next_path=scene.flow.next, status=status)


def _sending(scene: Scene) -> dict[str, object]:
    """For methods that send a code: where to, and whether one is on its way."""
    user = scene.waiting.user
    factor = factors.plug_in(user, scene.method)
    if not isinstance(factor, SendsCodes):
        return {}
    is_sent = factor.is_on_its_way(user, holder=scene.waiting.holder, now=clock.now())
    return {
        "sent_to": factor.destination(user),  # `destination` is the app that waits (`flow.page`)
        "is_sent": is_sent,
        "may_call": scene.method == Method.SMS and sms.may_call(),
    }


def _over(request: HttpRequest, next_path: str) -> HttpResponse:
    """The login has ended, or never was: begin again."""
    messages.warning(request, Refused(Reason.ATTEMPT_OVER).sentence)
    again = with_next("/login", next_path, brands.slug_of(request))
    return forget_flow(HttpResponseRedirect(again, status=303))
