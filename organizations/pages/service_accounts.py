"""/organizations/{slug}/service-accounts: programs that work in the organization."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import NotFound
from organizations.pages.acts import attempt, by, press, told
from organizations.pages.key_forms import ServiceAccountForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import service_accounts
from organizations.services.access import Access
from organizations.services.service_accounts import Changes

VIEW = "organization_service_accounts"


@require_http_methods(["GET", "HEAD", "POST"])
def account_list(request: HttpRequest, slug: str) -> HttpResponse:
    access = open_page(request, slug, Permission.KEY_MANAGE)
    form = _form(request, access, initial={"role": "member"})
    answer, status = attempt(
        request,
        form,
        lambda: service_accounts.create(**by(access), **form.cleaned_data),
        lambda made: told(
            request, _("The service account is made. Now it needs a key."), _address(slug, made.id)
        )(made),
    )
    facts = {"accounts": service_accounts.rows_of(**by(access)), "form": form}
    return answer or _page(request, access, "list", facts, status)


@require_http_methods(["GET", "HEAD", "POST"])
def account_page(request: HttpRequest, slug: str, account_id: UUID) -> HttpResponse:
    access = open_page(request, slug, Permission.KEY_MANAGE)
    which, act = {**by(access), "account_id": account_id}, request.POST.get("act", "")
    if act in _ACTS:
        service, notice = _ACTS[act]
        to = reverse(VIEW, args=[slug]) if act == "delete" else ""
        return press(request, lambda: service(**which), told(request, notice(), to))
    try:
        account = service_accounts.get(**which)
    except NotFound:
        raise Http404 from None
    initial = {"name": account.name, "description": account.description, "role": account.role.key}
    form = _form(request, access, initial=initial, is_sent=act == "save")
    answer, status = attempt(
        request,
        form,
        lambda: service_accounts.update(**which, changes=Changes(**form.cleaned_data)),
        told(request, _("The changes are saved.")),
    )
    return answer or _page(request, access, "account", {"account": account, "form": form}, status)


_ACTS: dict[str, tuple[Callable[..., object], Callable[[], str]]] = {
    "disable": (service_accounts.disable, lambda: _("It is disabled: none of its keys works.")),
    "enable": (service_accounts.enable, lambda: _("It is enabled again.")),
    "delete": (service_accounts.delete, lambda: _("The service account and its keys are deleted.")),
}


def _form(
    request: HttpRequest, access: Access, *, initial: dict[str, str], is_sent: bool = True
) -> ServiceAccountForm:
    sent = request.POST if request.method == "POST" and is_sent else None
    return ServiceAccountForm(sent, roles=service_accounts.roles_for(access), initial=initial)


def _address(slug: str, account_id: UUID) -> str:
    return reverse("organization_service_account", args=[slug, account_id])


def _page(
    request: HttpRequest, access: Access, name: str, facts: dict[str, Any], status: int
) -> HttpResponse:
    facts = {**shell(request, access, VIEW), **facts}
    return render(request, f"organizations/service_accounts/{name}.html", facts, status=status)
