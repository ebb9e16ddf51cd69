"""/account/security/passkeys: the passkeys and security keys of the person who is signed in."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import needs_sudo, required_session
from accounts.models import User
from core import clock
from core.errors import Conflict, DomainError, NotFound
from mfa import authenticators
from mfa.forms import CredentialField
from mfa.methods import Method
from mfa.models import Passkey
from mfa.pages import passkey_offer
from mfa.pages.apps import enter_lifted
from mfa.pages.security import next_of
from mfa.services import factors, passkey_signals, passkeys
from mfa.shown import status_of

LIST = "/account/security/passkeys"
Kind = Passkey.Kind


@dataclass(frozen=True, slots=True)
class Shown:
    """A passkey as people see it: under its own name, with whoever keeps it."""

    passkey: Passkey
    provider: str
    icon: str | None

    @property
    def name(self) -> str:
        return authenticators.label_of(self.passkey)


class AddForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("So that you know it again, such as “Blue key” or “Work laptop”."),
    )
    credential = CredentialField()


class RenameForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=64)


@require_http_methods(["GET", "HEAD", "POST"])
def passkey_list(request: HttpRequest) -> HttpResponse:
    """All of them. Posting only puts the offer to add one away."""
    if request.method == "POST":
        return passkey_offer.put_away(HttpResponseRedirect("/account", status=303))
    session = required_session(request)
    found = [_shown(each) for each in _of(session.user).order_by("created_at")]
    facts = {
        "passkeys": found,
        "offers_keys": factors.is_offered(Method.PASSKEY),
        "signals": passkey_signals.about(session.user),
    }
    return render(request, "account/passkeys.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def add(request: HttpRequest) -> HttpResponse:
    """A new one: its kind is the query's, its challenge comes from `options`."""
    form = AddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = passkeys.finish_registration(
                session=required_session(request),
                **form.cleaned_data,
                is_upgrade=_is_upgrade(request),
                now=clock.now(),
            )
        except DomainError as error:
            form.add_error(None, error.detail)
        else:
            if kept.enrolled:
                return enter_lifted(request, kept.enrolled)
            messages.success(request, _("Added. It works from now on."))
            return HttpResponseRedirect(next_of(request) or LIST, status=303)
    facts = {"form": form, "kind": _kind_of(request)}
    if form.is_bound:  # what the browser just made is on no account: let its keeper put it away
        facts["signals"] = passkey_signals.about(required_session(request).user)
    return render(request, "account/passkey_add.html", facts, status=422 if form.errors else 200)


@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """What an authenticator is to make a passkey from, as JSON for `static/js/passkeys.js`."""
    kind = _kind_of(request)
    try:
        made = passkeys.begin_registration(
            session=required_session(request), kind=kind, is_upgrade=_is_upgrade(request), now=clock.now()
        )
    except DomainError as error:
        if isinstance(error, Conflict) and not _is_upgrade(request):
            messages.error(request, error.detail)  # the script opens the page anew, which says it
        return JsonResponse({}, status=error.status)
    return JsonResponse(made)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def passkey(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """One of them: another name for it, or its end."""
    session, now = required_session(request), clock.now()
    if "remove" in request.POST:
        return _remove(request, passkey_id=passkey_id)
    try:
        found = _get(session.user, passkey_id)
        form = RenameForm(request.POST or None, initial={"name": found.name})
        if request.method == "POST" and form.is_valid():
            passkeys.rename(session=session, passkey_id=passkey_id, **form.cleaned_data, now=now)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(LIST, status=303)
    except NotFound as error:
        return _back(request, error)
    confirming = [each.id for each in status_of(session.user).methods]
    facts = {"form": form, "shown": _shown(found), "is_last": confirming == [found.id]}
    return render(request, "account/passkey.html", facts, status=422 if form.errors else 200)


def _remove(request: HttpRequest, *, passkey_id: UUID) -> HttpResponse:
    try:
        passkeys.remove(session=required_session(request), passkey_id=passkey_id, now=clock.now())
    except DomainError as error:
        return _back(request, error)
    messages.success(request, _("Removed. It opens this account no more."))
    return HttpResponseRedirect(LIST, status=303)


def _back(request: HttpRequest, error: DomainError) -> HttpResponse:
    messages.error(request, error.detail)
    return HttpResponseRedirect(LIST, status=303)


def _of(user: User) -> QuerySet[Passkey]:
    """Suspended ones too: people should know, and can remove them."""
    found: QuerySet[Passkey] = Passkey.objects.filter(user=user, confirmed=True)
    return found


def _get(user: User, passkey_id: UUID) -> Passkey:
    found = _of(user).filter(id=passkey_id).first()
    if found is None:
        raise NotFound(_("This passkey is not on your account."))
    return found


def _shown(passkey: Passkey) -> Shown:
    provider, icon = authenticators.describe(passkey.aaguid)
    return Shown(passkey, provider, icon)


def _is_upgrade(request: HttpRequest) -> bool:
    """Made by the password manager by itself (`mfa.pages.passkey_offer`)."""
    return request.POST.get("kind") == "upgrade" and settings.JANUA.passkey_upgrade == "on"


def _kind_of(request: HttpRequest) -> Passkey.Kind:
    asked = request.POST.get("kind", "") or request.GET.get("kind", "")
    return Kind.SECURITY_KEY if asked == Kind.SECURITY_KEY else Kind.PASSKEY
