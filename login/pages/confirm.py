"""/account/confirm: the fresh proof that sensitive acts, and apps that ask for a higher level, want to have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import levels
from accounts.http import required_session, set_session_cookie
from accounts.models import Session
from accounts.services.sessions import NewSession
from core import clock
from core.errors import DomainError, RateLimited
from core.forms import CodeField
from core.paths import safe_next
from login import devices
from login.destinations import destination_of
from login.pages import brands
from login.pages.flow import allow_form_origin
from login.services import reauthentication
from login.services.reauthentication import Way, Ways
from mfa import codes
from mfa.factors import FACTORS, Answer, SendsCodes
from mfa.forms import CredentialForm
from mfa.methods import LABELS, Method

HOME = "/account"
NAMES: dict[Method | Way, Any] = {
    **{method: LABELS[method] for method in Method},
    Way.PASSWORD: gettext_lazy("Password"),
    Way.MAILED_CODE: LABELS[Method.EMAIL],
}


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=8192,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = CodeField(max_length=codes.MAX_LENGTH)


FORMS: dict[Method | Way, type[forms.Form]] = {Way.PASSWORD: PasswordForm, Method.PASSKEY: CredentialForm}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who confirms, on the way to where, at which level, and how: by the way at hand, or another."""

    session: Session
    next: str
    level: str
    ways: Ways
    way: Method | Way

    def form(self, data: Any = None) -> forms.Form:
        return FORMS.get(self.way, CodeForm)(data)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "code")
def confirm(request: HttpRequest) -> HttpResponse:
    """One way at a time, the strongest or last used first; the others are a link away. Then on to where one was going."""
    session, now = required_session(request), clock.now()
    next_path, level = safe_next(_given(request, "next")) or HOME, _level(request)
    if request.method != "POST" and reauthentication.is_done(session, level=level, now=now):
        return HttpResponseRedirect(next_path, status=303)
    ways = reauthentication.ways_of(session, level=level, now=now)
    if not ways:
        return render(request, "account/confirm_unable.html", {"next": next_path}, status=409)
    asked = _given(request, "method")
    scene = Scene(session, next_path, level, ways, next((each for each in ways if each == asked), ways[0]))
    if request.method != "POST":
        return _page(request, scene, scene.form())
    if "send" in request.POST:
        return _send(request, scene)
    return _confirm(request, scene)


def _confirm(request: HttpRequest, scene: Scene) -> HttpResponse:
    form = scene.form(request.POST)
    if not form.is_valid():
        return _page(request, scene, form, status=422)
    try:
        renewed = _prove(request, scene, **form.cleaned_data)
    except DomainError as error:
        return _refused(request, scene, form, error)
    response = HttpResponseRedirect(scene.next, status=303)
    set_session_cookie(response, renewed, keep=scene.session.is_kept, now=clock.now())
    rotate_token(request)
    return response


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What a passkey or security key of the person is to sign, good for this session only."""
    try:
        return JsonResponse(reauthentication.passkey_options(required_session(request), now=clock.now()))
    except DomainError as error:
        return _with_wait(JsonResponse({}, status=error.status), error)


def _prove(
    request: HttpRequest,
    scene: Scene,
    *,
    password: str = "",
    code: str = "",
    credential: Mapping[str, Any] | None = None,
) -> NewSession:
    session, level, now = scene.session, scene.level, clock.now()
    match scene.way:
        case Way.PASSWORD:
            return reauthentication.confirm_with_password(session, password, level=level, now=now)
        case Way.MAILED_CODE:
            return reauthentication.confirm_with_mailed_code(session, codes.canonical(code), now=now)
        case Method():
            given = Answer(method=scene.way, code=codes.canonical(code), credential=credential)
            device = devices.device_of(request)
            return reauthentication.confirm_with_factor(session, given, device=device, level=level, now=now)


def _send(request: HttpRequest, scene: Scene) -> HttpResponse:
    try:
        reauthentication.send(scene.session, scene.way, level=scene.level, now=clock.now())
    except DomainError as error:
        page = _page(request, scene, scene.form(), {"fault": error.detail}, status=_status_of(error))
        return _with_wait(page, error)
    facts = {"notice": _("A code is on its way. Enter it here."), "is_sent": True}
    return _page(request, scene, scene.form(), facts)


def _page(
    request: HttpRequest,
    scene: Scene,
    form: forms.Form,
    more: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    facts = {
        "form": form,
        "scene": scene,
        "email": scene.session.user.email,
        "others": [(other, NAMES[other]) for other in scene.ways if other != scene.way],
        **_sending(scene),
        **({"is_sent": True} if form.is_bound else {}),
        **(more or {}),
    }
    destination = destination_of(scene.next)
    brands.show(request, destination.brand if destination else None)
    response = render(request, "account/confirm.html", facts, status=status)
    # An app that asked for more gets its answer.
    return allow_form_origin(response, destination)


def _sending(scene: Scene) -> dict[str, Any]:
    """For ways whose code is sent first: where to, and whether one is on its way."""
    user = scene.session.user
    if scene.way is Way.MAILED_CODE:
        return {"destination": user.email}
    factor = FACTORS.get(scene.way) if isinstance(scene.way, Method) else None
    if not isinstance(factor, SendsCodes):
        return {}
    holder = reauthentication.holder_of(scene.session)
    is_sent = factor.is_on_its_way(user, holder=holder, now=clock.now())
    return {"destination": factor.destination(user), "is_sent": is_sent}


def _given(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "") or request.GET.get(name, "")


def _level(request: HttpRequest) -> str:
    """The level that an app asks for; what is no level of ours asks for nothing."""
    wanted = _given(request, "level")
    return wanted if wanted in levels.ACR_VALUES else ""


def _refused(request: HttpRequest, scene: Scene, form: forms.Form, error: DomainError) -> HttpResponse:
    for field, sentences in (error.details or {"": [error.detail]}).items():
        form.add_error(field if field in form.fields else None, sentences)
    return _with_wait(_page(request, scene, form, status=_status_of(error)), error)


def _with_wait(response: HttpResponse, error: DomainError) -> HttpResponse:
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def _status_of(error: DomainError) -> int:
    return 429 if isinstance(error, RateLimited) else 422
