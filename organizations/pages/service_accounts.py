"""/organizations/{slug}/service-accounts: programs that work in the organization."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import to_confirm
from core import clock
from core.errors import DomainError, NotFound, ReauthenticationRequired
from organizations.http import actor_of_page
from organizations.pages.key_forms import ServiceAccountForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import service_accounts
from organizations.services.access import Access
from organizations.services.service_accounts import Changes


@require_http_methods(["GET", "HEAD", "POST"])
def account_list(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.KEY_MANAGE)
    form = _form(request, access, initial={"role": "member"})
    if request.method == "POST" and form.is_valid():
        try:
            account = service_accounts.create(**_place(request, access), **form.cleaned_data)
        except DomainError as error:
            form.put_fault(error)
        else:
            messages.success(request, _("The service account is made. Now it needs a key."))
            return _to(slug, account.id)
    facts = {"accounts": service_accounts.rows_of(**_place(request, access)), "form": form}
    return _page(request, access, "list", facts, form)


@require_http_methods(["GET", "HEAD", "POST"])
def account_page(request: HttpRequest, slug: str, account_id: UUID) -> HttpResponse:
    access = open_page(request, slug, Permission.KEY_MANAGE)
    place = {**_place(request, access), "account_id": account_id}
    try:
        account = service_accounts.get(**place)
        initial = {"name": account.name, "description": account.description, "role": account.role.key}
        act = request.POST.get("act", "")
        form = _form(request, access, initial=initial, is_sent=act == "save")
        if act in _ACTS:
            return _act(request, slug, place, act)
        if form.is_valid():
            service_accounts.update(**place, changes=Changes(**form.cleaned_data))
            messages.success(request, _("The changes are saved."))
            return _to(slug, account_id)
    except NotFound:
        raise Http404 from None
    except ReauthenticationRequired:
        return to_confirm(request)
    except DomainError as error:
        messages.error(request, error.detail)
        return _to(slug, account_id)
    return _page(request, access, "account", {"account": account, "form": form}, form)


def _act(request: HttpRequest, slug: str, place: dict[str, Any], act: str) -> HttpResponse:
    service, done = _ACTS[act]
    service(**place)
    messages.success(request, done())
    if act == "delete":
        return HttpResponseRedirect(reverse("organization_service_accounts", args=[slug]), status=303)
    return _to(slug, place["account_id"])


_ACTS: dict[str, tuple[Callable[..., object], Callable[[], str]]] = {
    "disable": (service_accounts.disable, lambda: _("It is disabled: none of its keys works.")),
    "enable": (service_accounts.enable, lambda: _("It is enabled again.")),
    "delete": (service_accounts.delete, lambda: _("The service account and its keys are deleted.")),
}


def _place(request: HttpRequest, access: Access) -> dict[str, Any]:
    return {
        "actor": actor_of_page(request),
        "organization_id": access.organization.id,
        "now": clock.now(),
    }


def _form(
    request: HttpRequest, access: Access, *, initial: dict[str, str], is_sent: bool = True
) -> ServiceAccountForm:
    sent = request.POST if request.method == "POST" and is_sent else None
    return ServiceAccountForm(sent, roles=service_accounts.roles_for(access), initial=initial)


def _to(slug: str, account_id: UUID) -> HttpResponse:
    path = reverse("organization_service_account", args=[slug, account_id])
    return HttpResponseRedirect(path, status=303)


def _page(
    request: HttpRequest, access: Access, name: str, facts: dict[str, Any], form: ServiceAccountForm
) -> HttpResponse:
    around = shell(request, access, "organization_service_accounts")
    status = 422 if form.errors else 200
    return render(request, f"organizations/service_accounts/{name}.html", around | facts, status=status)
