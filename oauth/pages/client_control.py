"""/account/clients/{client_id}/secrets and /danger: what a client lives by, and what ends it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import needs_sudo, required_session
from accounts.models import Session, User
from accounts.operators import is_operator
from core import clock
from core.errors import DomainError
from core.identifiers import find_uuid
from oauth.models import Client
from oauth.pages.client_forms import DeleteForm, TransferForm
from oauth.pages.clients import after_change, client_or_404
from oauth.services import client_secrets, clients, consents
from oauth.services.clients import Registered


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def client_secret_list(request: HttpRequest, client_id: str) -> HttpResponse:
    session = required_session(request)
    client = client_or_404(session.user, client_id)
    now = clock.now()
    if request.method == "POST":
        try:
            if "rotate" in request.POST:
                _row, secret = client_secrets.rotate(session=session, client=client, now=now)
                return after_change(request, Registered(client, secret), _("The app has a new secret."))
            if secret_id := find_uuid(request.POST.get("secret_id", "")):
                client_secrets.revoke(session=session, client=client, secret_id=secret_id, now=now)
                messages.success(request, _("The secret works no more."))
        except DomainError as error:
            messages.error(request, error.detail)
        return HttpResponseRedirect(f"/account/clients/{client.client_id}/secrets", status=303)
    facts = {
        "client": client,
        "secrets": client_secrets.living_of(client, now=now),
        "uses_secrets": client_secrets.needs_secret(client),
        "grace_hours": settings.JANUA.client_secret_rotation_grace_hours,
    }
    return render(request, "account/clients/secrets.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_sudo
def client_danger(request: HttpRequest, client_id: str) -> HttpResponse:
    session = required_session(request)
    user, client = session.user, client_or_404(session.user, client_id)
    if request.method != "POST":
        return _danger_page(request, user, client)
    act = request.POST.get("act", "")
    if act == "delete":
        return _delete(request, session, client)
    if act == "transfer":
        return _transfer(request, session, client)
    if act in _ACTS:
        try:
            messages.success(request, _ACTS[act](user, client))
        except DomainError as error:
            messages.error(request, error.detail)
    return HttpResponseRedirect(f"/account/clients/{client.client_id}/danger", status=303)


def _danger_page(request: HttpRequest, user: User, client: Client, **forms: Any) -> HttpResponse:
    facts = {
        "client": client,
        "people": consents.living_of_client(client).count(),
        "is_operator": is_operator(user),
        "delete_form": DeleteForm(name=client.display_name),
        "transfer_form": TransferForm(),
        **forms,
    }
    return render(request, "account/clients/danger.html", facts, status=422 if forms else 200)


def _delete(request: HttpRequest, session: Session, client: Client) -> HttpResponse:
    form = DeleteForm(request.POST, name=client.display_name)
    if not form.is_valid():
        return _danger_page(request, session.user, client, delete_form=form, form=form)
    clients.delete(session=session, client=client, now=clock.now())
    messages.success(request, _("The app is deleted."))
    return HttpResponseRedirect("/account/clients", status=303)


def _transfer(request: HttpRequest, session: Session, client: Client) -> HttpResponse:
    form = TransferForm(request.POST)
    if form.is_valid():
        try:
            clients.transfer(
                session=session, client=client, email=form.cleaned_data["email"], now=clock.now()
            )
        except DomainError as error:
            form.add_error("email", error.detail)
        else:
            messages.success(request, _("The app has a new owner."))
            return HttpResponseRedirect(f"/account/clients/{client.client_id}/danger", status=303)
    return _danger_page(request, session.user, client, transfer_form=form, form=form)


def _disable(user: User, client: Client) -> str:
    clients.disable(actor=user, client=client, now=clock.now())
    return _("The app is disabled: it can sign nobody in.")


def _enable(user: User, client: Client) -> str:
    clients.enable(actor=user, client=client)
    return _("The app is enabled again.")


def _end_tokens(user: User, client: Client) -> str:
    ended = clients.end_tokens(actor=user, client=client, now=clock.now())
    return ngettext("%(n)d sign-in has ended.", "%(n)d sign-ins have ended.", ended) % {"n": ended}


def _end_consents(user: User, client: Client) -> str:
    ended = consents.end_for_client(actor=user, client=client, now=clock.now())
    return ngettext("%(n)d person is asked anew.", "%(n)d people are asked anew.", ended) % {"n": ended}


def _verify(user: User, client: Client) -> str:
    clients.set_verified(actor=user, client=client, is_verified=True)
    return _("The publisher is marked as verified.")


def _withdraw(user: User, client: Client) -> str:
    clients.set_verified(actor=user, client=client, is_verified=False)
    return _("The publisher is not marked as verified any more.")


_ACTS: dict[str, Callable[[User, Client], str]] = {
    "disable": _disable,
    "enable": _enable,
    "end_tokens": _end_tokens,
    "end_consents": _end_consents,
    "verify": _verify,
    "withdraw": _withdraw,
}
