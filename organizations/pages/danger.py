"""/organizations/{slug}/danger: to leave, to hand over, to delete and to take back."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import required_session, to_confirm
from accounts.services import sudo
from core import clock
from organizations.pages.acts import attempt, by, press, told
from organizations.pages.forms import HandOverForm, OrganizationDeletionForm
from organizations.pages.shell import open_page, shell
from organizations.permissions import Permission
from organizations.services import deletion, members
from organizations.services.access import Access


@require_http_methods(["GET", "HEAD", "POST"])
def organization_danger(request: HttpRequest, slug: str) -> HttpResponse:
    """Owners prove themselves before they type anything; whoever can only leave does not."""
    access = open_page(request, slug, Permission.ORGANIZATION_READ)
    ends_it = access.has(Permission.ORGANIZATION_DELETE) or access.has(Permission.ORGANIZATION_TRANSFER)
    if ends_it and not sudo.is_open(required_session(request), now=clock.now()):
        return to_confirm(request)
    act = request.POST.get("act", "")
    if act == "leave":
        notice = _("You have left {name}.").format(name=access.organization.name)
        return press(request, lambda: members.leave(**by(access)), told(request, notice, "/organizations"))
    if act == "cancel":
        notice = _("The organization stays. It is open again.")
        return press(request, lambda: deletion.cancel(**by(access)), told(request, notice))
    if act == "transfer":
        return _transfer(request, access)
    if act == "delete":
        return _delete(request, access)
    return _page(request, access)


def _transfer(request: HttpRequest, access: Access) -> HttpResponse:
    form = HandOverForm(request.POST)
    answer, status = attempt(
        request,
        form,
        lambda: members.transfer_to(**by(access), email=form.cleaned_data["email"]),
        told(request, _("The organization is handed over. You are an admin now.")),
    )
    return answer or _page(request, access, status=status, transfer_form=form)


def _delete(request: HttpRequest, access: Access) -> HttpResponse:
    form = OrganizationDeletionForm(request.POST)
    answer, status = attempt(
        request,
        form,
        lambda: deletion.request(**by(access), typed_slug=form.cleaned_data["slug"]),
        told(request, _("The organization is closed.")),
    )
    return answer or _page(request, access, status=status, delete_form=form)


def _page(request: HttpRequest, access: Access, *, status: int = 200, **refused: forms.Form) -> HttpResponse:
    facts: dict[str, Any] = {
        "may_transfer": access.has(Permission.ORGANIZATION_TRANSFER),
        "may_delete": access.has(Permission.ORGANIZATION_DELETE),
        "grace_days": deletion.grace_days(),
        "transfer_form": HandOverForm(),
        "delete_form": OrganizationDeletionForm(),
        "form": next(iter(refused.values()), None),
        **refused,
    }
    shown = {**shell(request, access, "organization_danger"), **facts}
    return render(request, "organizations/danger.html", shown, status=status)
