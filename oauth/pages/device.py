"""/device: a person enters the code that a device shows, and answers what it asks (RFC 8628 section 3.3)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.devices import describe as device_in_words
from accounts.http import required_session, user_of
from accounts.models import Session
from core import clock, context, cookies, throttle
from core.errors import RateLimited
from login.destinations import Destination, describes_itself
from login.pages import brands
from login.pages.flow import page, refuse
from login.pages.forms import Form
from oauth import organizations, scopes, step_up, user_codes
from oauth.models import Client, DeviceGrant
from oauth.organizations import Choice
from oauth.pages.step_up import to_step_up
from oauth.services import clients, device_answers, devices
from organizations.errors import EntryRefused
from organizations.middleware import facts_of
from organizations.services import branding

SALT = "janua.user-code"


class UserCodeForm(Form):
    user_code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=user_codes.MAX_TYPED,
        widget=forms.TextInput(
            attrs={
                "class": "device-code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "XXXX-XXXX",
            }
        ),
    )

    def clean_user_code(self) -> str:
        code = user_codes.canonical(self.cleaned_data["user_code"])
        if not code:
            raise ValidationError(
                _("A code has eight letters, such as BCDF-GHJK. Look at your device again.")
            )
        return code


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """GET fills in what the link brought and does nothing else: the person compares it, and sends it."""
    if request.method != "POST":
        code = user_codes.canonical(request.GET.get("user_code", ""))
        form = UserCodeForm(initial={"user_code": user_codes.shown(code) if code else ""})
        return page(request, "oauth/device.html", form, {"is_filled": bool(code)})
    form = UserCodeForm(request.POST)
    return _look_up(request, form) if form.is_valid() else page(request, "oauth/device.html", form, {})


def _look_up(request: HttpRequest, form: UserCodeForm) -> HttpResponse:
    try:
        found = device_answers.find_waiting(form.cleaned_data["user_code"], user_of(request), now=clock.now())
    except RateLimited as error:
        response = page(request, "oauth/device.html", form, {}, status=refuse(form, error))
        response["Retry-After"] = str(error.retry_after_seconds)
        return response
    if found is None:
        sentence = _("No device waits with this code. It may have expired: let your device show a new one.")
        form.add_error("user_code", sentence)
        return page(request, "oauth/device.html", form, {}, status=404)
    return _remember(HttpResponseRedirect(f"/device/{found.id}", status=303), found)


def _remember(response: HttpResponse, grant: DeviceGrant) -> HttpResponse:
    """Note in the browser that the code was entered here."""
    value = signing.dumps(str(grant.id), salt=SALT)
    return cookies.keep(
        response, settings.USER_CODE_COOKIE_NAME, value, seconds=devices.LIFETIME.total_seconds()
    )


def _was_entered_here(request: HttpRequest, grant_id: UUID) -> bool:
    """Whoever enters a code may pass the page's address on; its question is put to no other browser.

    RFC 8628 section 5.4: the person who answers has to have seen the code.
    """
    try:
        entered = signing.loads(
            request.COOKIES.get(settings.USER_CODE_COOKIE_NAME, ""), salt=SALT, max_age=devices.LIFETIME
        )
    except signing.BadSignature:
        return False
    return bool(entered == str(grant_id))


def describe(grant_id: UUID) -> Destination | None:
    """What the sign-in page says while the device waits."""
    now = clock.now()
    grant = DeviceGrant.objects.filter(id=grant_id, expires_at__gt=now).first()
    client = clients.find_enabled(grant.client_id) if grant else None
    if grant is None or client is None:
        return None
    return Destination(
        client.display_name,
        needs_proof_since=_needs_proof_since(grant, client),
        level=step_up.wanted(client.default_acr_values).preferred,
        brand=branding.of_organization(client.organization_id),
    )


@describes_itself(describe)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """What the device asks, to the first person who opens it; to everybody else it is not there."""
    session, now = required_session(request), clock.now()
    grant = device_answers.claim(grant_id, session.user)
    if grant is None:
        raise Http404
    if not _was_entered_here(request, grant_id):
        return HttpResponseRedirect("/device", status=303)
    client = clients.find_enabled(grant.client_id)
    if client is None or (grant.expires_at <= now and not grant.is_decided):
        return _expired(request)
    if grant.is_decided:
        return _decided(request, grant)
    since = _needs_proof_since(grant, client)
    if since and session.auth_time < since:
        return HttpResponseRedirect(f"/login?{urlencode({'next': request.path})}", status=303)
    if (step := step_up.find(step_up.wanted(client.default_acr_values), session, now=now)) is not None:
        return to_step_up(request, step)
    if request.method == "POST":
        return _answer(request, grant, client, session)
    return _ask(request, grant, client, session, _organization(grant, session))


def _answer(request: HttpRequest, grant: DeviceGrant, client: Client, session: Session) -> HttpResponse:
    """Act, and show what is the case then: a double click meets its own answer."""
    if "switch" in request.POST:
        device_answers.release(grant, session.user)
        return HttpResponseRedirect(f"/login/choose?{urlencode({'next': request.path})}", status=303)
    match request.POST.get("decision"):
        case "allow":
            choice = _organization(grant, session, picked=request.POST.get("organization", ""))
            if not choice.is_made:  # nothing taken, it closed meanwhile, or asks for another sign-in
                return _ask(request, grant, client, session, choice, status=422)
            device_answers.approve(
                grant, client, session, organization_id=choice.organization_id, now=clock.now()
            )
        case "deny":
            device_answers.deny(grant, client, session.user, now=clock.now())
    return HttpResponseRedirect(request.path, status=303)


def _organization(grant: DeviceGrant, session: Session, *, picked: str = "") -> Choice:
    return organizations.choose(
        session,
        grant.scope.split(),
        name=grant.asked_organization,
        picked=picked,
        ip=context.current().ip,
        now=clock.now(),
    )


def _ask(
    request: HttpRequest,
    grant: DeviceGrant,
    client: Client,
    session: Session,
    choice: Choice,
    *,
    status: int = 200,
) -> HttpResponse:
    """The question; where the organization asks for another sign-in, that, and how to say no to the device."""
    brands.show(request, branding.of_organization(client.organization_id))
    if choice.refusal:
        return _entry_refused(request, client, session, choice, choice.refusal)
    facts: dict[str, Any] = {
        "client": client,
        "user_email": session.user.email,
        "scopes": scopes.in_words(grant.scope.split()),
        "choice": choice,
        "is_unanswered": status == 422,
        "device": device_in_words(grant.user_agent),
        "ip": grant.ip,
        "is_your_network": bool(grant.ip) and throttle.network_of(str(grant.ip)) == throttle.visitor(),
        "requested_at": grant.requested_at,
        "is_new": clock.now() - grant.requested_at < timedelta(minutes=1),
    }
    return render(request, "oauth/device_confirm.html", facts, status=status)


def _entry_refused(
    request: HttpRequest, client: Client, session: Session, choice: Choice, refusal: EntryRefused
) -> HttpResponse:
    facts = {
        **facts_of(request, refusal),
        "is_device": True,
        "app": client.display_name,
        "user_email": session.user.email,
        "other_url": request.path if len(choice.among) > 1 else "",
    }
    return render(request, "oauth/organization_refused.html", facts, status=refusal.status)


def _decided(request: HttpRequest, grant: DeviceGrant) -> HttpResponse:
    if not grant.is_allowed:
        facts = {
            "icon": "alert",
            "heading": _("Nothing was allowed"),
            "text": _("The device gets no access to your account."),
        }
    else:
        facts = {
            "heading": _("Your device is connected"),
            "text": _("Go on there. You can take this back at any time, on the Apps page of your account."),
        }
    return render(request, "login/done.html", facts)


def _expired(request: HttpRequest) -> HttpResponse:
    facts = {
        "icon": "alert",
        "heading": _("This code has expired"),
        "text": _("Let your device show a new one, and enter that."),
        "action_url": "/device",
        "action_label": _("Enter a new code"),
    }
    return render(request, "login/done.html", facts, status=410)


def _needs_proof_since(grant: DeviceGrant, client: Client) -> datetime | None:
    """OpenID Connect Registration 1.0 section 2: `default_max_age` counts where a request cannot say it."""
    if client.default_max_age is None:
        return None
    return grant.requested_at - timedelta(seconds=client.default_max_age)
