"""/organizations/{slug}/danger: to leave, to hand over, to delete and to take back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import required_session, to_confirm
from accounts.services import sudo
from core import clock
from core.errors import DomainError, ReauthenticationRequired
from organizations.http import actor_of_page
from organizations.pages.acts import done
from organizations.pages.forms import FaultyForm, HandOverForm, OrganizationDeletionForm
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
        return done(
            request,
            lambda: members.leave(**_here(request, access)),
            notice=_("You have left {name}.").format(name=access.organization.name),
            to="/organizations",
        )
    if act == "cancel":
        return done(
            request,
            lambda: deletion.cancel(**_here(request, access)),
            notice=_("The organization stays. It is open again."),
            to=request.path,
        )
    if act == "transfer":
        return _transfer(request, access)
    if act == "delete":
        return _delete(request, access)
    return _page(request, access)


def _transfer(request: HttpRequest, access: Access) -> HttpResponse:
    form = HandOverForm(request.POST)
    if form.is_valid():
        try:
            members.transfer_to(**_here(request, access), email=form.cleaned_data["email"])
        except ReauthenticationRequired:
            return to_confirm(request)
        except DomainError as error:
            form.put_fault(error)
        else:
            messages.success(request, _("The organization is handed over. You are an admin now."))
            return HttpResponseRedirect(request.path, status=303)
    return _page(request, access, transfer_form=form)


def _delete(request: HttpRequest, access: Access) -> HttpResponse:
    form = OrganizationDeletionForm(request.POST)
    if form.is_valid():
        try:
            deletion.request(**_here(request, access), typed_slug=form.cleaned_data["slug"])
        except ReauthenticationRequired:
            return to_confirm(request)
        except DomainError as error:
            form.put_fault(error)
        else:
            messages.success(request, _("The organization is closed."))
            return HttpResponseRedirect(request.path, status=303)
    return _page(request, access, delete_form=form)


def _page(request: HttpRequest, access: Access, **forms: FaultyForm) -> HttpResponse:
    facts: dict[str, Any] = {
        "may_transfer": access.has(Permission.ORGANIZATION_TRANSFER),
        "may_delete": access.has(Permission.ORGANIZATION_DELETE),
        "grace_days": deletion.grace_days(),
        "transfer_form": HandOverForm(),
        "delete_form": OrganizationDeletionForm(),
        "form": next(iter(forms.values()), None),
        **forms,
    }
    shown = {**shell(request, access, "organization_danger"), **facts}
    return render(request, "organizations/danger.html", shown, status=422 if forms else 200)


def _here(request: HttpRequest, access: Access) -> dict[str, Any]:
    return {
        "actor": actor_of_page(request),
        "organization_id": access.organization.id,
        "now": clock.now(),
    }
